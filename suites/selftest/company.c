// SPDX-License-Identifier: GPL-2.0-only
/* Tests that fail only after another one in the same VM; see expected.tsv. */
#include "helpers/nscheck.h"

#define GROUP     "selftest.company"
#define GROUP_OWN (NS_IPC | NS_NET)

#define MARK "/run/nscheck-company"

CASE(leaves_a_mark, .initial = NS_MNT)
{
	MUST(open(MARK, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

CASE(fails_after_it, .initial = NS_MNT)
{
	FAILS(ENOENT, access(MARK, F_OK));
}

CASE(panics_after_it, .initial = NS_MNT)
{
	if (access(MARK, F_OK) == 0)
		MUST(file_write("/proc/sysrq-trigger", "c"));
}
