// SPDX-License-Identifier: GPL-2.0-only
/* Tests that hang; see expected.tsv. */
#include "helpers/nscheck.h"

#define GROUP     "selftest.timeout"
#define GROUP_OWN (NS_IPC | NS_NET)

CASE(in_main, .timeout = 1)
{
	for (;;)
		pause();
}

CASE(in_a_new_session_that_blocks_signals, .timeout = 1)
{
	CHILD(box, NS_PID) {
		signal_block_all();
		MUST(setsid());
		for (;;)
			pause();
	}
	EXITS(box, 0);
}
