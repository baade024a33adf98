// SPDX-License-Identifier: GPL-2.0-only
/* How deep namespaces nest. pid_namespaces(7), user_namespaces(7) "Nested namespaces" */
#include "helpers/nscheck.h"

#define GROUP "nesting.depth"

static void claim_plain_fork_works(void)
{
	pid_t pid = OK(fork());

	if (pid == 0)
		_exit(0);
	IS(waitpid(pid, NULL, 0), pid);
}

/* A chain of inits, each in a PID namespace of the one before; the last one acts. */
static void chain(int levels, void (*at_the_end)(void))
{
	int status;

	NOTE("%d more levels", levels);
	if (levels == 0) {
		at_the_end();
		return;
	}
	pid_t pid = OK(ns_clone3(CLONE_NEWPID));
	if (pid == 0) {
		IS(getpid(), 1);
		chain(levels - 1, at_the_end);
		_exit(0);
	}
	IS(waitpid(pid, &status, 0), pid);
	IS(status, 0);
}

static void claim_no_more_pid_namespaces(void)
{
	FAILS(ENOSPC, ns_clone(CLONE_NEWPID));
	FAILS(ENOSPC, ns_clone3(CLONE_NEWPID));
	FAILS(ENOSPC, unshare(CLONE_NEWPID));
	claim_plain_fork_works();
}

CASE(pid_namespaces_nest_32_deep)
{
	chain(32, claim_no_more_pid_namespaces);
}

/* Goes down as many levels, waiting for those of an earlier time to be freed where there are no more to be had. */
static void go_down(int levels)
{
	for (int level = 1; level <= levels; level++) {
		NOTE("level %d", level);
		while (unshare(CLONE_NEWUSER) < 0) {
			GAVE(ENOSPC);
			sched_yield(); /* freed by a worker; the test's time limit ends this */
		}
		MUST(idmap_write(0, "0 0 1"));
	}
}

CASE(user_namespaces_nest_33_deep)
{
	CHILD(nester, 0) {
		for (int depth = 1; depth <= 33; depth++) {
			long long outer = ns_id(0, "user");
			NOTE("%d deep", depth);
			OK(unshare(CLONE_NEWUSER));
			OTHER_NS(0, outer, NS_USER);
			OK(idmap_write(0, "0 0 1"));
		}
		FAILS(ENOSPC, unshare(CLONE_NEWUSER));
		OK(unshare(CLONE_NEWUTS)); /* control: it is about user namespaces */
	}
	EXITS(nester, 0);
}

static void claim_every_call_gives_enospc(void)
{
	struct ns_ids before, after;

	MUST(ns_ids(0, &before));
	FAILS(ENOSPC, unshare(CLONE_NEWUSER));
	FAILS(ENOSPC, ns_clone(CLONE_NEWUSER));
	FAILS(ENOSPC, ns_clone3(CLONE_NEWUSER));
	FAILS(ENOSPC, unshare(CLONE_NEWUSER | CLONE_NEWUTS));
	MUST(ns_ids(0, &after));
	IS(ns_differ(&before, &after), 0);
	HOLDS(cap_effective_full());
	OK(unshare(CLONE_NEWUTS)); /* control, and the process is as good as before */
	MUST(ns_ids(0, &after));
	IS(ns_differ(&before, &after), NS_UTS);
}

CASE(user_limit_error_is_enospc_for_every_call)
{
	CHILD(nester, 0) {
		go_down(33);
		claim_every_call_gives_enospc();
	}
	EXITS(nester, 0);
}

static void fail_often(unsigned long long flags)
{
	for (int i = 0; i < 100; i++)
		FAILS(ENOSPC, ns_clone(flags | CLONE_VM | CLONE_VFORK)); /* without a copy of the memory */
	FAILS(ECHILD, waitpid(-1, NULL, 0));
}

static void fail_to_make_pid_namespaces(void)
{
	CHILD(before, 0) {}
	EXITS(before, 0);
	fail_often(CLONE_NEWPID);
	CHILD(after, 0) {}
	IS(after->pid, before->pid + 1);
	EXITS(after, 0);
}

CASE(failed_clone_at_the_limit_leaks_nothing)
{
	chain(32, fail_to_make_pid_namespaces);
	COUNTED(box, NS_USER, 32) {
		for (int i = 0; i < 2; i++) {
			CHILD(nester, 0) {
				go_down(32);
				fail_often(CLONE_NEWUSER);
			}
			EXITS(nester, 0);
		}
	}
	EXITS(box, 0);
}

static int ready_pipe[2];

static void stay(void)
{
	MUST(write(ready_pipe[1], "", 1));
	pause();
}

static void await_chain(void)
{
	char byte;

	AWAIT(ready_pipe[0]);
	MUST(read(ready_pipe[0], &byte, 1));
}

CASE(chain_can_be_rebuilt_after_exit, .timeout = 20)
{
	MUST(pipe2(ready_pipe, O_CLOEXEC));
	CHILD(first, NS_PID) {
		chain(31, stay);
	}
	await_chain();
	CHILD(beside, NS_PID) {
		chain(31, stay);
	}
	await_chain();
	KILL(first);
	CHILD(again, NS_PID) {
		IS(getpid(), 1);
		chain(31, stay);
	}
	await_chain();
	KILL(again);
	KILL(beside);
}

/* Both kinds fail to be made together, and leave neither a user namespace nor a changed caller. */
static void fail_to_make_both(void)
{
	struct ns_ids before, after;

	MUST(ns_ids(0, &before));
	for (int i = 0; i < 10; i++) {
		FAILS(ENOSPC, ns_clone3(CLONE_NEWUSER | CLONE_NEWPID));
		FAILS(ENOSPC, unshare(CLONE_NEWUSER | CLONE_NEWPID));
	}
	MUST(ns_ids(0, &after));
	IS(ns_differ(&before, &after), 0);
	IS(ns_differ_next(&before, &after), 0);
}

/* Each process in two new ones; it maps its own ids, through the procfs that is there. */
static void chain_both(int levels)
{
	if (levels == 0) {
		ns_quota(NS_WHERE, NS_USER, 1);
		fail_to_make_both();
		FAILS(ENOSPC, ns_clone3(CLONE_NEWPID)); /* it is about these */
		FREED(NS_USER);                         /* and none of the other kind is left of the 20 */
		ns_quota(NS_WHERE, NS_USER, INT_MAX);
		CHILD(last, NS_USER) {
			FAILS(ENOSPC, ns_clone3(CLONE_NEWUSER));
		}
		EXITS(last, 0);
		return;
	}
	CHILD(next, NS_USER | NS_PID) {
		IS(getpid(), 1);
		MUST(idmap_write(0, "0 0 1"));
		chain_both(levels - 1);
	}
	EXITS(next, 0);
}

CASE(user_and_pid_limits_are_independent)
{
	chain_both(32);
	CHILD(nester, 0) {
		go_down(33);
		fail_to_make_both();
		CHILD(first, NS_PID) {
			IS(getpid(), 1);
		}
		EXITS(first, 0);
	}
	EXITS(nester, 0);
}
