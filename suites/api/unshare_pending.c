// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces that wait for the caller's children. unshare(2) CLONE_NEWPID, CLONE_NEWTIME */
/* Goes on from unshare.c. */
#include "helpers/nscheck.h"

#define GROUP "api.unshare"

CASE(second_newpid_einval)
{
	CHILD(mover, 0) {
		OK(unshare(CLONE_NEWPID));
		long long pending = ns_id(0, "pid_for_children");
		FAILS(EINVAL, unshare(CLONE_NEWPID));
		if (pending < 0) /* it waits for its init */
			FAILS(ENOENT, ns_id(0, "pid_for_children"));
		else
			SAME_NS(CHILDREN_OF(0), pending, NS_PID);
		CHILD(init, 0) {
			IS(getpid(), 1);
			OK(unshare(CLONE_NEWPID));
			CHILD(inner, 0) {
				IS(getpid(), 1);
			}
			EXITS(inner, 0);
		}
		EXITS(init, 0);
	}
	EXITS(mover, 0);
}

CASE(failure_changes_no_namespace)
{
	CHILD(mover, 0) {
		struct ns_ids before, after;
		OK(unshare(CLONE_NEWPID));
		MUST(ns_ids(0, &before));
		FAILS(EINVAL, unshare(CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWPID));
		MUST(ns_ids(0, &after));
		IS(ns_differ(&before, &after), 0);
		IS(ns_differ_next(&before, &after), 0);
		OK(unshare(CLONE_NEWUTS | CLONE_NEWNET)); /* control */
		MUST(ns_ids(0, &after));
		IS(ns_differ(&before, &after), NS_UTS | NS_NET);
	}
	EXITS(mover, 0);
}

CASE(pid_for_children_before_first_child)
{
	char target[64];

	CHILD(mover, 0) {
		OK(unshare(CLONE_NEWPID));
		long long early = ns_id(0, "pid_for_children");
		IS(early >= 0, feature_here("pidns_without_init"));
		if (early < 0) {
			FAILS(ENOENT, ns_open(0, "pid_for_children"));
			FAILS(ENOENT, readlink("/proc/self/ns/pid_for_children", target, sizeof(target)));
		}
		CHILD(init, 0) {
			IS(getpid(), 1);
			HEAR(init);
		}
		long long its = OK(ns_id(0, "pid_for_children"));
		SAME_NS(its, init, NS_PID);
		OTHER_NS(its, 0, NS_PID);
		SAME_NS(early < 0 ? its : early, its, NS_PID);
		KILL(init);
		SAME_NS(CHILDREN_OF(0), its, NS_PID);
		FAILS(ENOMEM, ns_try_clone3(0));
	}
	EXITS(mover, 0);
}

CASE(pidns_init_created_through_setns)
{
	static const pid_t wanted[] = {1, 30000};

	CHILD(maker, 0) {
		OK(unshare(CLONE_NEWPID));
		TELL(maker);
		HEAR(maker);
	}
	HEAR(maker);
	int pending = OK(ns_open(maker->pid, "pid_for_children"));
	CHILD(other, 0) {
		long long numbers[3];
		OK(setns(pending, CLONE_NEWPID));
		CHILD(init, 0, .set_tid = wanted, .set_tid_size = 2) {
			IS(getpid(), 1);
			HEAR(init);
		}
		IS(init->pid, 30000);
		IS(proc_status_numbers(init->pid, "NSpid", numbers, 3), 2);
		IS(numbers[0], 30000);
		IS(numbers[1], 1);
		DISMISS(init);
	}
	EXITS(other, 0);
	DISMISS(maker);
}

PAYLOAD(time_teller)
{
	TELL(outer, ns_id(0, "time"));
}

CASE(exec_enters_pending_time_namespace)
{
	const bool moves = feature_here("exec_enters_time_namespace");

	CHILD(mover, 0) {
		OK(unshare(CLONE_NEWTIME));
		long long pending = MUST(ns_id(0, "time_for_children"));
		OTHER_NS(pending, 0, NS_TIME);
		if (moves) {
			pid_t partner = OK(thread_partner());
			MUST(kill(partner, SIGKILL));
			MUST(waitpid(partner, NULL, 0));
		} else {
			FAILS(EINVAL, thread_partner());
		}
		CHILD(forked, 0) {
			SAME_NS(0, pending, NS_TIME);
		}
		EXITS(forked, 0);
		TELL(mover, moves ? pending : ns_id(0, "time"));
		EXEC(mover, time_teller);
	}
	long long expected = HEAR(mover);
	SAME_NS(HEAR(mover), expected, NS_TIME);
	EXITS(mover, 0);
}
