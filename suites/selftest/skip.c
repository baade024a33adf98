// SPDX-License-Identifier: GPL-2.0-only
/* Tests that skip, in any process and before they start; see expected.tsv. */
#include "helpers/nscheck.h"

#define GROUP     "selftest.skip"
#define GROUP_OWN (NS_IPC | NS_NET)

CASE(in_main)
{
	SKIP("no %s here", "feature");
}

CASE(in_a_grandchild)
{
	CHILD(outer, NS_PID) {
		CHILD(inner, 0) {
			SKIP("lacking below");
		}
		EXITS(inner, 0);
	}
	EXITS(outer, 0);
}

CASE(by_a_needed_file)
{
	IS(1, 2);
}

CASE(by_either_of_two_needs)
{
	IS(1, 1);
}

CASE(lost_by_a_kernel_that_is_new_enough)
{
	IS(1, 2);
}

CASE(absent_from_a_kernel_that_is_too_old)
{
	IS(1, 2);
}

CASE(lacking_for_another_reason_than_the_feature)
{
	IS(1, 2);
}

/* As in a kernel that was built without UTS namespaces. */
static void lack_uts(int line)
{
	record_test(__FILE__, line, NS_UTS);
}

CASE(by_a_flag_of_a_missing_type)
{
	lack_uts(__LINE__);
	unshare(CLONE_NEWUTS);
	IS(1, 2);
}

CASE(by_a_child_of_a_missing_type)
{
	lack_uts(__LINE__);
	CHILD(box, NS_IPC | NS_UTS) {}
	EXITS(box, 1);
}

CASE(by_a_file_of_a_missing_type)
{
	lack_uts(__LINE__);
	CHILD(box, NS_IPC) {
		HOLDS(ns_id(0, "uts") < 0);
	}
	EXITS(box, 0);
}

CASE(not_for_other_types)
{
	lack_uts(__LINE__);
	OK(unshare(CLONE_NEWIPC));
	CHILD(box, NS_IPC) {
		HOLDS(ns_id(0, "ipc") > 0);
	}
	EXITS(box, 0);
}
