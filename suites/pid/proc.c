// SPDX-License-Identifier: GPL-2.0-only
/* What procfs shows of a PID namespace. pid_namespaces(7) "/proc and PID namespaces" */
#include "helpers/nscheck.h"

#define GROUP "pid.proc"

CASE(fresh_mount_shows_only_members)
{
	CHILD(init, NS_PID | NS_MNT) {
		pid_t pids[8], outside = (pid_t)HEAR(init);
		IS(getpid(), 1);
		MUST(dir_make("/tmp/proc"));
		OK(proc_mount("/tmp/proc"));
		IS(proc_list("/tmp/proc", pids, 8), 1);
		IS(pids[0], 1);

		CHILD(member, 0) {
			HEAR(member);
		}
		IS(proc_list("/tmp/proc", pids, 8), 2);
		IS(pids[0], 1);
		IS(pids[1], 2);

		HOLDS(proc_list("/proc", pids, 8) > 2); /* control: the outer procfs has these two and more */
		HOLDS(file_exists(path("/proc/%d/stat", outside)));
		IS(proc_self(), outside);
		DISMISS(member);
	}
	TELL(init, init->pid);
	EXITS(init, 0);
}
