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
