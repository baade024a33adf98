// SPDX-License-Identifier: GPL-2.0-only
/* How a time namespace comes about, and who enters it. time_namespaces(7), unshare(2) */
#include "helpers/nscheck.h"
#include "helpers/timens.h"

#define GROUP "time.create"

CASE(unshare_affects_children_only)
{
	long long here = MUST(ns_id(0, "time")), start = clock_seconds(CLOCK_MONOTONIC);

	OK(timens_unshare(100000, 300000));
	SAME_NS(0, here, NS_TIME);
	long long next = OK(ns_id(0, "time_for_children"));
	IS_NOT(next, here);
	CHILD(member, 0) {
		SAME_NS(0, next, NS_TIME);
		SAME_NS(CHILDREN_OF(0), next, NS_TIME);
		IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), start + 100000);
	}
	EXITS(member, 0);
	IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), start);
	SAME_NS(0, here, NS_TIME);
}

CASE(clone3_newtime_starts_the_child_inside)
{
	long long here = MUST(ns_id(0, "time"));

	CHILD(member, NS_TIME) {
		OTHER_NS(0, here, NS_TIME);
		SAME_NS(CHILDREN_OF(0), 0, NS_TIME);
		FAILS(EACCES, timens_write(0, "monotonic 1 0"));
	}
	EXITS(member, 0);
	SAME_NS(0, here, NS_TIME);
	SAME_NS(CHILDREN_OF(0), here, NS_TIME);
}

CASE(needs_cap_sys_admin_and_obeys_the_limit)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, unshare(NS_TIME));
		OK(unshare(NS_USER));
		OK(unshare(NS_TIME));
	}
	EXITS(user, 0);
	CHILD(root, 0) {
		OK(unshare(NS_TIME)); /* control: with the capability */
		MUST(cap_drop(CAP_SYS_ADMIN));
		FAILS(EPERM, unshare(NS_TIME));
	}
	EXITS(root, 0);

	COUNTED(empty, NS_TIME, 0) {
		FAILS(ENOSPC, unshare(NS_TIME));
		OK(unshare(NS_UTS)); /* control: the limit is about this type */
	}
	EXITS(empty, 0);
	COUNTED(full, NS_TIME, 1) {
		OK(unshare(NS_TIME));
		OTHER_NS(CHILDREN_OF(0), 0, NS_TIME);
		FAILS(ENOSPC, unshare(NS_TIME));
	}
	EXITS(full, 0);
}

CASE(multithreaded_process_may_unshare)
{
	CHILD(box, 0) {
		MUST(thread_run(NULL));
		OK(unshare(NS_TIME));
		long long next = OK(ns_id(0, "time_for_children"));
		OTHER_NS(next, 0, NS_TIME);
		CHILD(member, 0) {
			SAME_NS(0, next, NS_TIME);
		}
		EXITS(member, 0);
	}
	EXITS(box, 0);
}

CASE(new_namespace_inherits_offsets_as_absolute_values)
{
	long long start = clock_seconds(CLOCK_MONOTONIC);

	MUST(timens_unshare(1000, 2000));
	CHILD(outer_member, 0) {
		long long outer = MUST(ns_id(0, "time"));
		OK(unshare(NS_TIME));
		OTHER_NS(CHILDREN_OF(0), outer, NS_TIME);
		IS(timens_offsets(0), "monotonic 1000 0, boottime 2000 0");

		OK(timens_write(0, "monotonic 5000 0"));
		IS(timens_offsets(0), "monotonic 5000 0, boottime 2000 0");
		CHILD(inner_member, 0) {
			IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), start + 5000);
		}
		EXITS(inner_member, 0);
		IS_NEARLY(clock_seconds(CLOCK_MONOTONIC),
			  start + 1000); /* control: the namespace around it */
	}
	EXITS(outer_member, 0);
}
