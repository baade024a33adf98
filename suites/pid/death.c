// SPDX-License-Identifier: GPL-2.0-only
/* The end of a PID namespace. pid_namespaces(7) "The namespace init process" */
#include <sys/ptrace.h>

#include "suites/pid/patterns.h"

#define GROUP "pid.death"

CASE(init_exit_kills_every_member)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		HEAR(init);
		_exit(7);
	}
	struct child *witness = witness_of_the_end(init, 2);
	HOLDS(!ready(witness->pidfd)); /* control: the member lives */
	TELL(init);
	EXITS(witness, 0);
	EXITS(init, 7);
}

CASE(members_are_gone_when_init_is_reaped)
{
	pid_t members[20];

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
			CHILD(member, 0) {
				signal_block_all();
				TELL(member, MUST(proc_self())); /* by the outer procfs */
				for (;;)
					pause();
			}
			TELL(init, HEAR(member));
		}
		for (;;)
			pause();
	}
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		members[i] = (pid_t)HEAR(init);
		OK(kill(members[i], 0));
	}
	KILL(init);
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		FAILS(ESRCH, kill(members[i], 0));
}

static pid_t ended(pid_t pid)
{
	if (pid == 0)
		_exit(0);
	return pid;
}

static pid_t by_fork(void)
{
	return ended(fork());
}

static pid_t by_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static pid_t by_clone(void)
{
	return ended(ns_clone(0));
}

static pid_t by_clone3(void)
{
	return ended(ns_clone3(0));
}

CASE(fork_after_unshared_init_died_enomem)
{
	static const struct {
		const char *name;
		pid_t (*make)(void);
	} calls[] = {{"fork", by_fork}, {"vfork", by_vfork}, {"clone", by_clone}, {"clone3", by_clone3}};
	int home = MUST(ns_open(0, "pid"));

	MUST(unshare(CLONE_NEWPID));
	CHILD(init, 0) {
		IS(getpid(), 1);
	}
	EXITS(init, 0);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		NOTE("%s", calls[i].name);
		FAILS(ENOMEM, calls[i].make());
	}
	NOTE_END();
	MUST(setns(home, CLONE_NEWPID));
	CHILD(other, 0) {
		IS_NOT(getpid(), 1);
	}
	EXITS(other, 0);
}

CASE(init_not_waitable_before_injected_zombie_is_reaped)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		HEAR(init);
	}
	VISITOR(joiner, init, NS_PID) {
		CHILD(injected, 0) {
			IS(getpid(), 2);
			TELL(injected);
			for (;;)
				pause();
		}
		HEAR(injected);
		TELL(joiner);
		AWAIT_ZOMBIE(injected);
		TELL(joiner);
		HEAR(joiner);
		DIES_BY(injected, SIGKILL);
	}
	HEAR(joiner);
	OK(kill(init->pid, SIGKILL));
	HEAR(joiner);
	IS(waitpid(init->pid, NULL, WNOHANG), 0);
	HOLDS(!ready(init->pidfd));
	DISMISS(joiner);
	DIES_BY(init, SIGKILL);
}

CASE(init_not_waitable_before_traced_member_is_reaped_by_its_tracer)
{
	siginfo_t info;
	int status;

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		CHILD(member, 0) {
			TELL(member, MUST(proc_self()));
			for (;;)
				pause();
		}
		TELL(init, HEAR(member));
		HEAR(init);
	}
	pid_t member = (pid_t)HEAR(init);
	MUST(ptrace(PTRACE_SEIZE, member, NULL, NULL));
	OK(kill(init->pid, SIGKILL));
	OK(waitid(P_PID, (id_t)member, &info, WEXITED | WNOWAIT | __WALL));
	IS(info.si_code, CLD_KILLED);
	IS(info.si_status, SIGKILL);
	IS(waitpid(init->pid, NULL, WNOHANG), 0);
	HOLDS(!ready(init->pidfd));
	IS(waitpid(member, &status, __WALL), member);
	HOLDS(WIFSIGNALED(status));
	IS(WTERMSIG(status), SIGKILL);
	DIES_BY(init, SIGKILL);
}

CASE(procfs_of_dead_namespace_has_no_processes)
{
	pid_t pids[8];

	struct child *init = init_with_procfs("/tmp/proc");
	IS(proc_list("/tmp/proc", pids, 8), 1);
	IS(pids[0], 1);
	HOLDS(file_exists("/tmp/proc/1/status"));
	DISMISS(init);

	IS(proc_list("/tmp/proc", pids, 8), 0);
	FAILS(ENOENT, access("/tmp/proc/1", F_OK));
	FAILS(ENOENT, access("/tmp/proc/self", F_OK));
	HOLDS(strncmp(MUST(file_read("/tmp/proc/version")), "Linux", 5) == 0);
}
