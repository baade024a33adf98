// SPDX-License-Identifier: GPL-2.0-only
/* Tests after which nothing in the guest answers: the clock of the host ends them; see expected.tsv. */
#include <sys/ptrace.h>
#include <sys/reboot.h>

#include "helpers/nscheck.h"

#define GROUP     "selftest.hang"
#define GROUP_OWN (NS_IPC | NS_NET)

/* Every processor halts with its interrupts off. */
CASE(interrupts_off, .alone = true, .timeout = 1)
{
	MUST(reboot(RB_HALT_SYSTEM));
}

CASE(panic_that_stays, .alone = true, .timeout = 1)
{
	MUST(file_write("/proc/sys/kernel/panic", "0"));
	MUST(file_write("/proc/sysrq-trigger", "c"));
}

/* The kernel lives, so it can be asked for its tasks. The tracer is in a session of its own: only the agent finds it. */
CASE(stopped_agent, .alone = true, .timeout = 1)
{
	CHILD(tracer, 0) {
		int status;
		MUST(setsid());
		MUST(ptrace(PTRACE_SEIZE, 1, NULL, NULL));
		MUST(ptrace(PTRACE_INTERRUPT, 1, NULL, NULL));
		MUST(waitpid(1, &status, __WALL));
		for (;;)
			pause();
	}
	EXITS(tracer, 0);
}
