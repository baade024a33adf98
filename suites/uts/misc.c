// SPDX-License-Identifier: GPL-2.0-only
/* Where else the name of the namespace shows. core(5) "Naming of core dump files" */
#include <sys/resource.h>

#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP        "uts.misc"
#define GROUP_OWN    NS_UTS
#define CORE_PATTERN "/proc/sys/kernel/core_pattern"

CASE(core_pattern_percent_h_is_the_name_of_the_crashing_process)
{
	const char *pattern = MUST(file_read(CORE_PATTERN));
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	OK(hostname_set("base"));
	MUST(file_write(CORE_PATTERN, "/tmp/core.%h"));
	CHILD(crasher, NS_UTS) {
		OK(hostname_set("corens"));
		MUST(setrlimit(RLIMIT_CORE, &limit));
		abort();
	}
	AWAIT(crasher->pidfd);
	MUST(file_write(CORE_PATTERN, pattern)); /* put back before anything is claimed */
	DIES_BY(crasher, SIGABRT);
	HOLDS(file_exists("/tmp/core.corens"));
	HOLDS(!file_exists("/tmp/core.base"));
	IS(hostname(), "base");
}
