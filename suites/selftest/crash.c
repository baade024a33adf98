// SPDX-License-Identifier: GPL-2.0-only
/* Tests that take the kernel down, or make it complain; see expected.tsv. */
#include "helpers/nscheck.h"

#define GROUP "selftest.crash"

CASE(panic, .alone = true)
{
	MUST(file_write("/proc/sysrq-trigger", "c"));
}

CASE(reset, .alone = true)
{
	MUST(file_write("/proc/sysrq-trigger", "b"));
}

CASE(warning_that_passes, .alone = true)
{
	MUST(file_write("/dev/kmsg", "<4>WARNING: CPU: 0 PID: 1 at nscheck/selftest.c:1 selftest+0x1/0x2"));
}

CASE(kills_every_process_of_the_harness)
{
	MUST(kill(-1, SIGKILL));
}
