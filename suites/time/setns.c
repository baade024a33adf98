// SPDX-License-Identifier: GPL-2.0-only
/* Joining a time namespace. setns(2) "Time namespaces" */
#include "helpers/nscheck.h"
#include "helpers/timens.h"

#define GROUP "time.setns"

static void is_in(long long id, long long seconds)
{
	SAME_NS(0, id, NS_TIME);
	SAME_NS(CHILDREN_OF(0), id, NS_TIME);
	IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), seconds);
	IS_NEARLY(clock_seconds_raw(CLOCK_MONOTONIC), seconds);
}

CASE(moves_caller_and_children)
{
	long long start = clock_seconds(CLOCK_MONOTONIC);
	int here = MUST(ns_open(0, "time"));

	CHILD(creator, 0) {
		MUST(timens_unshare(100000, 300000));
		GIVE_FD(creator, MUST(ns_open(0, "time_for_children")));
		HEAR(creator);
	}
	int shifted = TAKE_FD(creator);
	OTHER_NS(BEHIND(shifted), BEHIND(here), NS_TIME);
	CHILD(joiner, 0) {
		FAILS(EINVAL, setns(shifted, NS_UTS));
		is_in(ns_id_of(here), start);
		OK(setns(shifted, NS_TIME));
		is_in(ns_id_of(shifted), start + 100000);
		CHILD(member, 0) {
			is_in(ns_id_of(shifted), start + 100000);
		}
		EXITS(member, 0);
		OK(setns(here, NS_TIME));
		is_in(ns_id_of(here), start);
		OK(setns(shifted, 0));
		is_in(ns_id_of(shifted), start + 100000);
	}
	EXITS(joiner, 0);
	DISMISS(creator);
}

CASE(needs_caps_in_both_user_namespaces)
{
	int here = MUST(ns_open(0, "time"));

	CHILD(incapable, 0) {
		OK(setns(here, NS_TIME)); /* control: with the capability */
		MUST(cap_drop(CAP_SYS_ADMIN));
		FAILS(EPERM, setns(here, NS_TIME));
	}
	EXITS(incapable, 0);
	CHILD(contained, NS_USER, .map = CONTAINER_MAP) {
		OK(unshare(NS_TIME));
		int own = MUST(ns_open(0, "time_for_children"));
		OTHER_NS(BEHIND(own), BEHIND(here), NS_TIME);
		FAILS(EPERM, setns(here, NS_TIME));
		OK(setns(own, NS_TIME));
		TELL(contained);
		HEAR(contained);
	}
	HEAR(contained);
	int theirs = MUST(ns_open(contained->pid, "time"));
	CHILD(root, 0) {
		OK(setns(theirs, NS_TIME));
		SAME_NS(0, BEHIND(theirs), NS_TIME);
	}
	EXITS(root, 0);
	DISMISS(contained);
}

CASE(pidfd_takes_the_namespace_of_the_target_not_of_its_children)
{
	long long start = clock_seconds(CLOCK_MONOTONIC), here = MUST(ns_id(0, "time"));

	CHILD(target, 0) {
		MUST(timens_unshare(100000, 300000));
		CHILD(member, 0) {
			HEAR(member);
		}
		GIVE_FD(target, member->pidfd);
		HEAR(target);
		DISMISS(member);
	}
	int of_target = MUST(dup(target->pidfd)), of_member = TAKE_FD(target);
	CHILD(joiner, 0) {
		OK(setns(of_target, NS_TIME));
		is_in(here, start);
		OK(setns(of_member, NS_TIME));
		is_in(ns_id(target->pid, "time_for_children"), start + 100000);
		OTHER_NS(0, here, NS_TIME);
	}
	EXITS(joiner, 0);
	DISMISS(target);
}
