// SPDX-License-Identifier: GPL-2.0-only
/* Where a PID namespace goes on numbering. pid_namespaces(7) "/proc files" */
/* Goes on from sysctl.c. */
#include "helpers/nscheck.h"

#define GROUP "pid.sysctl"

#define LAST "/proc/sys/kernel/ns_last_pid"

static pid_t next_pid(void)
{
	CHILD(next, 0) {}
	EXITS(next, 0);
	return next->pid;
}

CASE(ns_last_pid_is_per_namespace)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		IS(file_number(LAST), 1);
		OK(file_write(LAST, "25000"));
		IS(next_pid(), 25001);
		IS(file_number(LAST), 25001);
		TELL(init);
		HEAR(init);
	}
	HEAR(init);
	HOLDS(file_number(LAST) >= init->pid);
	IS_NOT(file_number(LAST), 25001);
	DISMISS(init);
}

CASE(ns_last_pid_write_permission)
{
	CHILD(init, NS_PID | NS_MNT) {
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		CHILD(user, 0, .uid = UNPRIVILEGED) {
			OK(open(LAST, O_WRONLY | O_CLOEXEC));
			FAILS(EPERM, file_write(LAST, "1000"));
		}
		EXITS(user, 0);
		CHILD(root_elsewhere, NS_USER, .map = CONTAINER_MAP) {
			FAILS(EPERM, file_write(LAST, "1000"));
		}
		EXITS(root_elsewhere, 0);
		CHILD(capable, 0) {
			MUST(cap_keep_only(CAP_CHECKPOINT_RESTORE));
			OK(file_write(LAST, "2000"));
		}
		EXITS(capable, 0);
		IS(next_pid(), 2001);
	}
	EXITS(init, 0);
	CHILD(owner, NS_USER | NS_PID, .map = CONTAINER_MAP) {
		IS(getpid(), 1);
		OK(file_write(LAST, "1000"));
		IS(next_pid(), 1001);
	}
	EXITS(owner, 0);
}

CASE(ns_last_pid_out_of_range_einval)
{
	CHILD(init, NS_PID) {
		long long max = MUST(file_number("/proc/sys/kernel/pid_max"));
		IS(getpid(), 1);
		FAILS(EINVAL, file_write(LAST, "-1"));
		FAILS(EINVAL, file_write(LAST, path("%lld", max + 1)));
		IS(next_pid(), 2);
		OK(file_write(LAST, path("%lld", max - 2)));
		IS(next_pid(), max - 1);
	}
	EXITS(init, 0);
}

CASE(numbers_wrap_to_300)
{
	CHILD(init, NS_PID) {
		long long max = MUST(file_number("/proc/sys/kernel/pid_max"));
		IS(getpid(), 1);
		MUST(file_write(LAST, path("%lld", max - 2)));
		IS(next_pid(), max - 1);
		IS(next_pid(), 300);
		IS(next_pid(), 301);
	}
	EXITS(init, 0);
}
