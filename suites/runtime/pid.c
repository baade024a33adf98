// SPDX-License-Identifier: GPL-2.0-only
/* Processes of a container, from inside and from the host. pid_namespaces(7), OCI config.md "process" */
#include <sys/pidfd.h>

#include "suites/runtime/eyes.h"

#define GROUP     "runtime.pid"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

PAYLOAD(first)
{
	IS(getpid(), 1);
	IS(getppid(), 0);
	IS(link_read("/proc/self"), "1");
	IS(file_read("/proc/1/comm"), "probe");
	TELL(outer, HEAR(outer));
	HEAR(outer);
}

CASE(payload_is_pid_1)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, first, .map = f->map);
		long long pids[8];
		HOLDS(box->pid > 1);
		IS(proc_status_numbers(box->pid, "NSpid", pids, 8), 2);
		IS(pids[1], 1);
		TELL(box, 4711);
		IS(HEAR(box), 4711);
		DISMISS(box);
	}
}

PAYLOAD(reporter)
{
	TELL(outer, getpid());
	HEAR(outer);
}

static void claim_two_numbers(struct child *process)
{
	long long pids[8];

	IS(proc_status_numbers(process->pid, "NSpid", pids, 8), 2);
	IS(pids[0], process->pid);
	IS(pids[1], HEAR(process));
	IS_NOT(pids[0], pids[1]);
}

CASE(host_pid_and_container_pid_are_both_kept)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, reporter, .map = f->map);
		claim_two_numbers(box);
		if (runtime_claims(RUNTIME_EXEC)) {
			CONTAINER_EXEC(command, box, reporter);
			claim_two_numbers(command);
			DISMISS(command);
		}
		DISMISS(box);
	}
}

PAYLOAD(looker)
{
	pid_t host = (pid_t)HEAR(outer), pids[64];

	FAILS(ESRCH, kill(host, 0));
	FAILS(ESRCH, pidfd_open(host, 0));
	HOLDS(!file_exists(path("/proc/%d", host)));
	TELL(outer, MUST(proc_list("/proc", pids, 64)));
	HEAR(outer);
}

CASE(host_processes_are_hidden)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, looker, .map = f->map);
		OK(kill(getpid(), 0)); /* controls */
		close(OK(pidfd_open(getpid(), 0)));
		TELL(box, getpid());
		IS(HEAR(box), members_of(box->pid, NULL, 0));
		DISMISS(box);
	}
}

PAYLOAD(parent_of_three)
{
	CHILD(a, 0) {
		HEAR(a);
	}
	CHILD(b, 0) {
		HEAR(b);
	}
	CHILD(c, 0) {
		HEAR(c);
	}
	TELL(outer, a->pid);
	TELL(outer, b->pid);
	TELL(outer, c->pid);
	HEAR(outer);
	DISMISS(a);
	DISMISS(b);
	DISMISS(c);
}

CASE(host_sees_every_container_process)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, parent_of_three, .map = f->map);
		pid_t seen[3];
		for (int i = 0; i < 3; i++)
			seen[i] = OK(host_pid(box->pid, (pid_t)HEAR(box)));
		for (int i = 0; i < 3; i++) {
			SAME_NS(seen[i], box, NS_PID);
			OTHER_NS(seen[i], 0, NS_PID);
			IS_NOT(seen[i], seen[(i + 1) % 3]);
		}
		DISMISS(box);
	}
}

/* An orphan that ends with this status once it belongs to process 1; its number. */
static pid_t make_orphan(int status)
{
	CHILD(parent, 0) {
		CHILD(orphan, 0) {
			IS(orphan_parent(orphan), 1);
			_exit(status);
		}
		TELL(parent, orphan->pid);
		orphan_leave(orphan);
	}
	pid_t orphan = (pid_t)HEAR(parent);
	EXITS(parent, 0);
	return orphan;
}

PAYLOAD(reaper)
{
	sigset_t wanted = signal_block(SIGCHLD);

	IS(getpid(), 1);
	pid_t orphan = make_orphan(42);
	IS(orphan_reaped(orphan), 42);
	IS(sigwaitinfo(&wanted, NULL), SIGCHLD);
	TELL(outer);
	HEAR(outer);
}

CASE(init_reaps_orphans)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, reaper, .map = f->map);
		HEAR(box);
		IS(members_of(box->pid, NULL, 0), 1);
		IS(zombies_in(box->pid), 0);
		DISMISS(box);
	}
}

PAYLOAD(careless)
{
	pid_t orphan = make_orphan(0);

	IS(getpid(), 1);
	AWAIT(MUST(pidfd_open(orphan, 0)));
	IS(proc_state(orphan), 'Z');
	IS(proc_status(orphan, "PPid"), "1");
	TELL(outer, orphan);
	HEAR(outer);
	IS(proc_state(orphan), 'Z');
}

CASE(init_that_never_waits_collects_zombies)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, careless, .map = f->map);
		pid_t zombie = OK(host_pid(box->pid, (pid_t)HEAR(box)));
		IS(proc_state(zombie), 'Z');
		IS(zombies_in(box->pid), 1);
		DISMISS(box);
		FAILS(ESRCH, kill(zombie, 0));
	}
}
