// SPDX-License-Identifier: GPL-2.0-only
/* New IPC namespaces. unshare(2) CLONE_NEWIPC, namespaces(7) "The /proc/sys/user directory" */
#include <sched.h>
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.create"
#define GROUP_OWN NS_IPC
#define KEY       0x6e7307

CASE(sequential_namespaces_at_the_limit_do_not_fail)
{
	/* What the kernel does in the background gets no turn before this process sleeps, or no longer is in real time. */
	MUST(sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1}));
	COUNTED(box, NS_IPC, 2) {
		OK(unshare(CLONE_NEWIPC));
		CHILD(second, NS_IPC) {
			HEAR(second);
		}
		FAILS(ENOSPC, unshare(CLONE_NEWIPC)); /* control: the limit is in force */
		DISMISS(second);
		for (int i = 0; i < 4; i++) {
			NOTE("namespace %d", i);
			OK(unshare(CLONE_NEWIPC));
		}
	}
	EXITS(box, 0);
}

static void leave_alone(void)
{
	OK(unshare(CLONE_NEWIPC));
	FAILS(ENOENT, shmget(KEY, 0, 0));
}

CASE(unshare_moves_only_the_calling_thread)
{
	int id = MUST(shm_make(KEY, "ours"));

	CHILD(process, 0) {
		long long before = ns_id(0, "ipc");
		pid_t thread = MUST(thread_run(leave_alone));
		IS(shmget(KEY, 0, 0), id);
		SAME_NS(0, before, NS_IPC);
		OTHER_NS(thread, 0, NS_IPC);
	}
	EXITS(process, 0);
}
