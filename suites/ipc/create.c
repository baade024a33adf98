// SPDX-License-Identifier: GPL-2.0-only
/* New IPC namespaces. unshare(2) CLONE_NEWIPC, namespaces(7) "The /proc/sys/user directory" */
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP "ipc.create"
#define KEY   0x6e7307

CASE(sequential_namespaces_at_the_limit_do_not_fail)
{
	COUNTED(box, NS_IPC, 1) {
		CHILD(first, NS_IPC) {
			HEAR(first);
		}
		FAILS(ENOSPC, unshare(CLONE_NEWIPC)); /* control: the limit is in force */
		DISMISS(first);
		for (int i = 0; i < 8; i++) {
			NOTE("child %d", i);
			CHILD(maker, 0) {
				bool waited = false;
				while (unshare(CLONE_NEWIPC) < 0) {
					IS(errno, ENOSPC);
					waited = true;
					sched_yield(); /* the test's time limit ends this */
				}
				TELL(maker, waited);
			}
			if (HEAR(maker))
				SKIP("creation does not wait for pending frees");
			EXITS(maker, 0);
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
		IS(ns_id(0, "ipc"), before);
		IS_NOT(link_read(path("/proc/self/task/%d/ns/ipc", thread)), link_read("/proc/self/ns/ipc"));
	}
	EXITS(process, 0);
}
