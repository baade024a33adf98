// SPDX-License-Identifier: GPL-2.0-only
/* Tests that lie, or fail to notice a lie; see expected.tsv. */
#include "helpers/nscheck.h"

#define GROUP     "selftest.lie"
#define GROUP_OWN (NS_IPC | NS_NET)

CASE(prints_a_verdict_of_its_own)
{
	printf("#:nscheck_verdict: pass\nok 1 selftest.lie.prints_a_verdict_of_its_own\n");
	fflush(stdout);
	IS(1, 2);
}

CASE(passes_under_sabotage)
{
	CHILD(box, NS_UTS) {}
	EXITS(box, 0);
}
