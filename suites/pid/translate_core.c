// SPDX-License-Identifier: GPL-2.0-only
/* PIDs in the names of core files. core(5) "Naming of core dump files" */
/* Goes on from translate.c. */
#include <sys/resource.h>

#include "helpers/nscheck.h"

#define GROUP "pid.translate"

#define PATTERN "/proc/sys/kernel/core_pattern"

CASE(core_pattern_inner_and_initial_pid)
{
	char before[256];

	snprintf(before, sizeof(before), "%s", MUST(file_read(PATTERN)));
	MUST(dir_make("/tmp/cores"));
	CHILD(init, NS_PID) {
		siginfo_t info;
		IS(getpid(), 1);
		CHILD(member, 0) {
			IS(getpid(), 2);
			MUST(setrlimit(RLIMIT_CORE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY}));
			TELL(member, MUST(proc_self())); /* by the procfs of the initial namespace */
			HEAR(member);
			kill(getpid(), SIGSEGV);
		}
		TELL(init, HEAR(member));
		HEAR(init);
		TELL(member);
		OK(waitid(P_PID, (id_t)member->pid, &info, WEXITED | WNOWAIT));
		IS(info.si_code, CLD_DUMPED);
		DIES_BY(member, SIGSEGV);
	}
	pid_t member = (pid_t)HEAR(init);
	MUST(file_write(PATTERN, "/tmp/cores/c.%p.%P.%i.%I"));
	TELL(init);
	AWAIT(init->pidfd);
	MUST(file_write(PATTERN, before));
	EXITS(init, 0);
	OK(access(path("/tmp/cores/c.2.%d.2.%d", member, member), F_OK));
}
