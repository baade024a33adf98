// SPDX-License-Identifier: GPL-2.0-only
/* How long IPC namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include <sys/shm.h>

#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.ipc"

CASE(freed_when_last_process_leaves)
{
	freed_with_its_last_process(NS_IPC);
}

CASE(open_fd_keeps_state)
{
	const key_t key = 0x6b657074;

	COUNTED(box, NS_IPC, 1) {
		CHILD(member, NS_IPC) {
			MUST(shm_make(key, "kept"));
			TELL(member);
			HEAR(member);
		}
		int ns = descriptor_left_by(member, "ipc", NS_IPC);
		CHILD(visitor, 0) {
			FAILS(ENOENT, shmget(key, 0, 0));
			OK(setns(ns, NS_IPC));
			IS(shm_text(OK(shmget(key, 0, 0))), "kept");
		}
		EXITS(visitor, 0);
		freed_by_close(ns, NS_IPC);
	}
	EXITS(box, 0);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_IPC);
}
