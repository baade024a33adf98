// SPDX-License-Identifier: GPL-2.0-only
/* PID namespaces for later children. pid_namespaces(7) "setns(2) and unshare(2) semantics" */
/* Goes on from create.c. */
#include <pthread.h>

#include "helpers/nscheck.h"

#define GROUP "pid.create"

/* Lets a fork's child end at once. */
static pid_t ended(pid_t pid)
{
	if (pid == 0)
		_exit(0);
	return pid;
}

CASE(unshare_makes_first_child_pid_1)
{
	pid_t self = getpid();
	long long home = MUST(ns_id(0, "pid"));

	OK(unshare(CLONE_NEWPID));
	IS(getpid(), self);
	SAME_NS(0, home, NS_PID);
	CHILD(first, 0) {
		IS(getpid(), 1);
		HEAR(first);
	}
	CHILD(second, 0) {
		IS(getpid(), 2);
		HEAR(second);
	}
	OTHER_NS(first, home, NS_PID);
	SAME_NS(second, first, NS_PID);
	DISMISS(second);
	DISMISS(first);
}

static volatile pid_t seen_by_child;

static int look(void *unused __attribute__((unused)))
{
	seen_by_child = (pid_t)syscall(SYS_getpid);
	return 0;
}

CASE(vfork_after_unshare_is_pid_1)
{
	static const int flags[] = {CLONE_VM, CLONE_VM | CLONE_VFORK, CLONE_VM | CLONE_SIGHAND};
	static char stack[16384] __attribute__((aligned(16)));

	CHILD(unsharer, 0) {
		MUST(unshare(CLONE_NEWPID));
		pid_t pid = vfork();
		if (pid == 0) /* the bare call, which leaves the creator's memory alone */
			_exit(syscall(SYS_getpid) == 1 ? 0 : 1); // NOLINT(clang-analyzer-unix.Vfork)
		OK(pid);
		IS(orphan_reaped(pid), 0);
	}
	EXITS(unsharer, 0);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		NOTE("clone with flags 0x%x", (unsigned int)(flags[i] | CLONE_NEWPID));
		CHILD(cloner, 0) {
			pid_t pid = OK(
				clone(look, stack + sizeof(stack), flags[i] | CLONE_NEWPID | SIGCHLD, NULL));
			waitpid(pid, NULL, 0); /* ECHILD with CLONE_SIGHAND: a dying init ignores SIGCHLD */
			IS(seen_by_child, 1);
		}
		EXITS(cloner, 0);
	}
}

static void claim_unshares_no_more(void)
{
	FAILS(EINVAL, unshare(CLONE_NEWPID));
	FAILS(EINVAL, ended(ns_clone(CLONE_NEWPID)));
}

CASE(second_unshare_einval)
{
	OK(unshare(CLONE_NEWPID));
	claim_unshares_no_more();
	CHILD(init, 0) {
		IS(getpid(), 1);
		HEAR(init);
	}
	NOTE("while the first child lives");
	claim_unshares_no_more();
	DISMISS(init);
	NOTE("after the first child was reaped");
	claim_unshares_no_more();
}

CASE(unshare_works_again_after_setns_back)
{
	int home = MUST(ns_open(0, "pid"));

	OK(unshare(CLONE_NEWPID));
	CHILD(first, 0) {
		IS(getpid(), 1);
		HEAR(first);
	}
	OK(setns(home, CLONE_NEWPID));
	CHILD(between, 0) {
		HOLDS(getpid() > 1);
		SAME_NS(0, BEHIND(home), NS_PID);
	}
	EXITS(between, 0);
	OK(unshare(CLONE_NEWPID));
	CHILD(second, 0) {
		IS(getpid(), 1);
		HEAR(second);
	}
	OTHER_NS(second, first, NS_PID);
	DISMISS(second);
	DISMISS(first);
}

static int gate[2];

static void *nothing(void *unused __attribute__((unused)))
{
	return NULL;
}

static void *stay_home(void *home)
{
	pthread_t another;

	AWAIT(gate[0]); /* until the other thread has unshared */
	CHILD(child, 0) {
		HOLDS(getpid() > 1);
		SAME_NS(0, *(long long *)home, NS_PID);
	}
	EXITS(child, 0);
	IS(pthread_create(&another, NULL, nothing, NULL), 0);
	pthread_join(another, NULL);
	return NULL;
}

CASE(unshare_in_multithreaded_process_affects_only_the_caller)
{
	long long home = MUST(ns_id(0, "pid"));

	MUST(pipe2(gate, O_CLOEXEC));
	CHILD(process, 0) {
		pthread_t other;
		MUST(pthread_create(&other, NULL, stay_home, &home) ? -1 : 0);
		FAILS(EINVAL, unshare(CLONE_NEWUSER)); /* control: there are two threads */
		OK(unshare(CLONE_NEWPID));
		CHILD(child, 0) {
			IS(getpid(), 1);
		}
		EXITS(child, 0);
		MUST(write(gate[1], "", 1));
		pthread_join(other, NULL);
	}
	EXITS(process, 0);
}

CASE(failed_first_fork_never_yields_a_namespace_without_pid_1)
{
	struct clone_args unwritable = {.flags = CLONE_PIDFD, .pidfd = 8, .exit_signal = SIGCHLD};

	OK(unshare(CLONE_NEWPID));
	FAILS(EFAULT, ended((pid_t)syscall(SYS_clone3, &unwritable, sizeof(unwritable))));
	pid_t pid = fork();
	if (pid == 0)
		_exit(getpid() == 1 ? 0 : 1);
	if (pid < 0)
		GAVE(ENOMEM);
	else
		IS(orphan_reaped(pid), 0);
	FAILS(ENOMEM, ended(fork()));
}

CASE(rejected_set_tid_keeps_pid_1_available)
{
	OK(unshare(CLONE_NEWPID));
	FAILS(EINVAL, ended(ns_clone3_pids(0, (pid_t[]){2}, 1)));
	CHILD(init, 0) {
		IS(getpid(), 1);
		CHILD(member, 0) {
			IS(getpid(), 2);
		}
		EXITS(member, 0);
	}
	EXITS(init, 0);
}
