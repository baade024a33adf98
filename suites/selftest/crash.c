// SPDX-License-Identifier: GPL-2.0-only
/* Tests that take the kernel down, or make it complain; see expected.tsv. */
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/user.h>

#include "helpers/nscheck.h"

#define GROUP     "selftest.crash"
#define GROUP_OWN (NS_IPC | NS_NET)

CASE(panic, .alone = true)
{
	MUST(file_write("/proc/sysrq-trigger", "c"));
}

/* The kernel is told reboot=t: it ends the machine by a triple fault. */
CASE(triple_fault, .alone = true)
{
	MUST(file_write("/proc/sysrq-trigger", "b"));
}

CASE(power_off, .alone = true)
{
	MUST(reboot(RB_POWER_OFF));
}

static void eat_memory(void)
{
	MUST(mmap(NULL, 8UL << 30, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_POPULATE, -1, 0));
}

CASE(out_of_memory, .alone = true)
{
	MUST(file_write("/proc/sys/vm/panic_on_oom", "1"));
	eat_memory();
}

/* Not the kernel's end, and no complaint. */
CASE(out_of_memory_that_costs_one_process, .alone = true)
{
	CHILD(eater, 0) {
		MUST(file_write("/proc/self/oom_score_adj", "1000"));
		eat_memory();
	}
	DIES_BY(eater, SIGKILL);
}

/* PID 1 does not get SIGKILL from inside, but a tracer may let it fault. */
CASE(killed_agent, .alone = true)
{
	struct user_regs_struct regs;
	int status;

	MUST(ptrace(PTRACE_SEIZE, 1, NULL, NULL));
	MUST(ptrace(PTRACE_INTERRUPT, 1, NULL, NULL));
	MUST(waitpid(1, &status, __WALL));
	MUST(ptrace(PTRACE_GETREGS, 1, NULL, &regs));
	regs.rip = 0;
	regs.orig_rax = (unsigned long long)-1;
	MUST(ptrace(PTRACE_SETREGS, 1, NULL, &regs));
	MUST(ptrace(PTRACE_DETACH, 1, NULL, NULL));
	for (;;)
		pause();
}

CASE(warning_that_passes, .alone = true)
{
	MUST(file_write("/dev/kmsg", "<4>WARNING: CPU: 0 PID: 1 at nscheck/selftest.c:1 selftest+0x1/0x2"));
}

CASE(soft_lockup_that_passes, .alone = true)
{
	MUST(file_write("/dev/kmsg", "<4>watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [selftest:1]"));
}

CASE(oops_that_passes, .alone = true)
{
	MUST(file_write("/dev/kmsg", "<4>Oops: 0002 [#1] PREEMPT SMP NOPTI"));
}

CASE(kills_every_process_of_the_harness)
{
	MUST(kill(-1, SIGKILL));
}
