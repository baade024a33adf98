// SPDX-License-Identifier: GPL-2.0-only
/* Whether the memfds of a PID namespace may be executable. memfd_create(2), kernel/pid_sysctl.h */
/* Goes on from sysctl.c. */
#include <sys/mman.h>

#include "helpers/nscheck.h"

#define GROUP "pid.sysctl"

#define NOEXEC "/proc/sys/vm/memfd_noexec"

CASE(memfd_noexec_is_hierarchical)
{
	long long before = MUST(file_number(NOEXEC));

	CHILD(outer, NS_PID) {
		IS(getpid(), 1);
		OK(file_write(NOEXEC, "1"));
		CHILD(nested, NS_PID) {
			IS(getpid(), 1);
			IS(file_number(NOEXEC), 1);
			FAILS(EINVAL, file_write(NOEXEC, "0"));
			OK(memfd_create("control", MFD_EXEC));
			OK(file_write(NOEXEC, "2"));
			IS(file_number(NOEXEC), 2);
			FAILS(EACCES, memfd_create("forbidden", MFD_EXEC));
			TELL(nested);
			HEAR(nested);
		}
		HEAR(nested);
		IS(file_number(NOEXEC), 1);
		OK(memfd_create("allowed", MFD_EXEC));
		TELL(outer);
		HEAR(outer);
		DISMISS(nested);
	}
	HEAR(outer);
	IS(file_number(NOEXEC), before);
	DISMISS(outer);
}
