// SPDX-License-Identifier: GPL-2.0-only
/* How children may end, and what the harness says when they end otherwise; see expected.tsv. */
#include "helpers/nscheck.h"

#define GROUP     "selftest.child"
#define GROUP_OWN (NS_IPC | NS_NET)

CASE(unexpected_exit_status)
{
	CHILD(box, 0) {
		_exit(3);
	}
	EXITS(box, 0);
}

CASE(unexpected_signal)
{
	CHILD(box, 0) {
		kill(getpid(), SIGSEGV);
	}
	EXITS(box, 0);
}

CASE(exit_where_a_signal_is_expected)
{
	CHILD(box, 0) {}
	DIES_BY(box, SIGTERM);
}

CASE(never_joined)
{
	CHILD(box, 0) {}
}

CASE(never_joined_below)
{
	CHILD(box, 0) {
		CHILD(forgotten, 0) {}
	}
	EXITS(box, 0);
}

CASE(break_out_of_a_block)
{
	CHILD(box, 0) {
		break;
	}
	EXITS(box, 0);
}

CASE(stray_that_ends_badly)
{
	CHILD(box, 0) {
		if (MUST(fork()) == 0)
			_exit(3);
		siginfo_t info;
		MUST(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT));
	}
	EXITS(box, 0);
}

CASE(peer_ends_before_it_tells)
{
	CHILD(box, 0) {}
	HEAR(box);
	EXITS(box, 0);
}

CASE(peer_ends_before_it_is_told)
{
	CHILD(box, 0) {}
	AWAIT_ZOMBIE(box);
	TELL(box);
}
