// SPDX-License-Identifier: GPL-2.0-only
/* Another process in a running container. setns(2), cgroup_namespaces(7) */
#include <sys/pidfd.h>
#include <sys/ptrace.h>

#include "helpers/utsname.h"
#include "suites/runtime/eyes.h"

#define GROUP     "runtime.exec"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

PAYLOAD(idle)
{
	HEAR(outer);
}

PAYLOAD(joined)
{
	HOLDS(getpid() > 1);
	IS(getppid(), 0);
	HOLDS(file_exists(path("/proc/%d", getpid())));
	claim_joined();
	IS(uids_now(), "0 0 0");
	IS(file_read("/proc/self/uid_map"), file_read("/proc/1/uid_map"));
	TELL_TEXT(outer, OK(identity("/")));
	HEAR(outer);
}

CASE(joins_every_namespace)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, idle, .map = f->map, .hostname = "box");
		give_address(box);
		CONTAINER_EXEC(command, box, joined);
		IS(not_shared(box->pid, command->pid), 0);
		IS(not_shared(0, command->pid), container_of(box)->namespaces);
		IS(HEAR_TEXT(command), identity(container_of(box)->root));
		DISMISS(command);
		DISMISS(box);
	}
}

PAYLOAD(restricted)
{
	const char *fields[] = {"CapBnd", "CapPrm", "CapInh", "NoNewPrivs"};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		IS(proc_status(0, fields[i]), proc_status(1, fields[i]));
	IS(proc_status(0, "NoNewPrivs"), "1");
	IS(cgroup_of(0), "/");
	for (int i = 0; container_masked[i]; i++)
		if (mnt_count(container_masked[i]) > 0 && dir_count(container_masked[i]) < 0)
			IS(file_read(container_masked[i]), "");
	HEAR(outer);
}

/* What its limit counts: a runtime's helper that has not ended yet may be among them. */
static long long processes_in(const struct container *c)
{
	return c->cgroup ? file_number(path("%s/pids.current", cgroup_file(c->place))) : 0;
}

CASE(same_restrictions_as_init)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, idle, .map = f->map, .no_new_privs = true);
		long long before = processes_in(container_of(box));
		CONTAINER_EXEC(command, box, restricted);
		IS(cgroup_of(command->pid), cgroup_of(box->pid));
		if (container_of(box)->cgroup) {
			IS(cgroup_of(command->pid), container_of(box)->cgroup);
			HOLDS(processes_in(container_of(box)) > before);
		}
		DISMISS(command);
		DISMISS(box);
	}
}

/*
 * Claims that a process runs the payload's program, if it can be seen what it runs; `had`: something of it was had, so
 * it can be, unless it ends.
 */
static void claim_payload(pid_t pid, bool had)
{
	const char *program = identity(proc_path(pid, "exe"));

	if (program)
		IS(program, MUST(identity(CONTAINER_PROBE)));
	else if (had)
		HOLDS(errno == ENOENT || errno == ESRCH);
}

/* Traces a process until it is let go. False if it cannot be, or ends. */
static bool seize(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return false;
	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	return waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status);
}

/*
 * What can be had of a process by whoever may trace it is had only once it runs the payload: its program, the process
 * itself, where its descriptors lead (their numbers, root may always list), and its environment. It is looked at before
 * and after, since it may get to the payload meanwhile. 1 if all was had.
 */
static int look_into(pid_t pid)
{
	claim_payload(pid, false);
	bool traced = seize(pid);
	bool seen = link_read(proc_path(pid, "fd/0")) || link_read(proc_path(pid, "fd/3"));
	int environment = open(proc_path(pid, "environ"), O_RDONLY | O_CLOEXEC);

	claim_payload(pid, traced || seen || environment >= 0);
	if (traced)
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
	close(environment);
	return traced && seen && environment >= 0;
}

PAYLOAD(tracer)
{
	watch_others(outer, look_into);
}

CASE(cannot_be_traced_while_joining, .timeout = 30)
{
	EACH_FLAVOUR(f)
	{
		/* The root of the host's user namespace with CAP_SYS_PTRACE may trace anybody. */
		CONTAINER(box, tracer, .map = f->map,
			  .capabilities = f->map ? CONTAINER_ALL_CAPS : CONTAINER_CAPS);
		HEAR(box);
		exec_while_watched(box);
		DISMISS(box);
	}
}

CASE(fails_after_stop)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, idle, .map = f->map);
		int pidfd = MUST(pidfd_open(box->pid, 0));
		OK(ns_try_setns(pidfd, NS_UTS)); /* control */
		KILL(box);
		FAILS(ESRCH, ns_try_setns(pidfd, NS_UTS));
		CONTAINER_EXEC_REFUSED(box, idle);
		IS(file_read("/proc/thread-self/children"), "");
		close(pidfd);
	}
}
