// SPDX-License-Identifier: GPL-2.0-only
/* How PID namespaces come to be, and their first numbers. pid_namespaces(7) */
#include <sys/mman.h>

#include "helpers/nscheck.h"

#define GROUP "pid.create"

CASE(clone_newpid_child_is_pid_1)
{
	static const struct {
		const char *name;
		pid_t (*make)(unsigned long long flags);
	} calls[] = {{"clone", ns_clone}, {"clone3", ns_clone3}};
	static const unsigned long long flags[] = {CLONE_NEWPID, 0 /* control */};
	int status, shared = MAP_SHARED | MAP_ANONYMOUS;
	pid_t *seen = MUST(mmap(NULL, 2 * sizeof(*seen), PROT_READ | PROT_WRITE, shared, -1, 0));

	for (size_t i = 0; i < 4; i++) {
		NOTE("%s, %s CLONE_NEWPID", calls[i / 2].name, flags[i % 2] ? "with" : "without");
		pid_t pid = OK(calls[i / 2].make(flags[i % 2]));
		if (pid == 0) {
			seen[0] = getpid();
			seen[1] = gettid();
			_exit(42);
		}
		HOLDS(pid > 1);
		OK(kill(pid, 0));
		IS(waitpid(pid, &status, 0), pid);
		HOLDS(WIFEXITED(status));
		IS(WEXITSTATUS(status), 42);
		IS(seen[0], flags[i % 2] ? 1 : pid);
		IS(seen[1], flags[i % 2] ? 1 : pid);
	}
}

static void has_two_pids(struct child *box)
{
	long long own[32], pids[32];
	int levels = MUST(proc_status_numbers(0, "NSpid", own, 32));

	IS(HEAR_SENDER(box).pid, box->pid);
	IS(proc_status_numbers(box->pid, "NSpid", pids, 32), levels + 1);
	IS(pids[levels - 1], box->pid);
	IS(pids[levels], 1);
}

PAYLOAD(reporter)
{
	TELL(outer);
	HEAR(outer);
}

CASE(process_has_one_pid_per_level)
{
	CHILD(box, NS_PID) {
		IS(getpid(), 1);
		TELL(box);
		HEAR(box);
		EXEC(box, reporter);
	}
	has_two_pids(box);
	TELL(box);
	NOTE("after execve");
	has_two_pids(box);
	DISMISS(box);
}

CASE(numbers_start_at_1_and_grow)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		for (pid_t next = 2; next <= 4; next++) {
			CHILD(member, 0) {
				IS(getpid(), next);
				IS_NOT(MUST(proc_self()), next); /* by the procfs of the outer namespace */
			}
			IS(member->pid, next);
			EXITS(member, 0);
		}
	}
	EXITS(init, 0);
}

CASE(sibling_namespaces_reuse_numbers)
{
	struct child *inits[2];
	pid_t pids[4];

	for (int i = 0; i < 2; i++) {
		CHILD(init, NS_PID) {
			IS(getpid(), 1);
			CHILD(member, 0) {
				IS(getpid(), 2);
				TELL(member, MUST(proc_self())); /* by the procfs of the outer namespace */
				HEAR(member);
			}
			TELL(init, HEAR(member));
			HEAR(init);
			DISMISS(member);
		}
		inits[i] = init;
		pids[2 * i] = init->pid;
		pids[2 * i + 1] = (pid_t)HEAR(init);
	}
	for (int i = 0; i < 4; i++) {
		OK(kill(pids[i], 0));
		for (int j = 0; j < i; j++)
			IS_NOT(pids[i], pids[j]);
	}
	for (int i = 0; i < 2; i++)
		DISMISS(inits[i]);
}

static pid_t *by_address;

static int report_address(void *unused __attribute__((unused)))
{
	int word;

	by_address[1] = (pid_t)syscall(SYS_set_tid_address, &word);
	by_address[2] = gettid();
	return 0;
}

CASE(tid_stores_use_the_right_namespace)
{
	static char stack[16384] __attribute__((aligned(16)));
	int flags = CLONE_NEWPID | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID,
	    shared = MAP_SHARED | MAP_ANONYMOUS;
	pid_t outer;

	by_address = MUST(mmap(NULL, 3 * sizeof(*by_address), PROT_READ | PROT_WRITE, shared, -1, 0));
	CHILD(creator, NS_PID) { /* where no PID is what the initial namespace calls it */
		pid_t pid = OK(clone(report_address, stack + sizeof(stack), flags | SIGCHLD, NULL, &outer,
				     NULL, &by_address[0]));
		IS(orphan_reaped(pid), 0);
		IS(pid, 2);
		IS(outer, pid);
	}
	EXITS(creator, 0);
	IS(by_address[0], 1);
	IS(by_address[1], 1);
	IS(by_address[2], 1);
}
