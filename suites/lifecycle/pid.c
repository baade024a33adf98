// SPDX-License-Identifier: GPL-2.0-only
/* How long PID namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include <sys/ioctl.h>

#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.pid"

CASE(freed_when_last_process_leaves)
{
	COUNTED(box, NS_PID, 1) {
		CHILD(init, NS_PID) {
			IS(getpid(), 1);
			CHILD(other, 0) {
				for (;;)
					pause(); /* not HEAR: its link ends while init is dying */
			}
			GIVE_FD(init, other->pidfd);
			HEAR(init);
		}
		int other = TAKE_FD(init);
		FAILS(ENOSPC, ns_one_more(NS_PID));
		HOLDS(!ready(other)); /* control: it lives */

		KILL(init);
		HOLDS(ready(other)); /* init was not reaped before all others were */
		MUST(close(other));  /* a pidfd keeps the namespace of its process */
		FREED(NS_PID);
	}
	EXITS(box, 0);
}

CASE(open_fd_keeps_state)
{
	ORDERED(box, NS_PID, 1) {
		CHILD(init, NS_PID) {
			TELL(init);
			HEAR(init);
		}
		int ns = descriptor_left_by(init, "pid", NS_PID);
		int parent = OK(ioctl(ns, NS_GET_PARENT));
		SAME_NS(BEHIND(parent), 0, NS_PID);
		CHILD(visitor, 0) {
			OK(setns(ns, NS_PID));
			FAILS(ENOMEM, fork()); /* the object lives, nobody can be born in it */
		}
		EXITS(visitor, 0);
		freed_by_close(ns, NS_PID);
	}
	EXITS(box, 0);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_PID);
}

CASE(proc_mount_pins)
{
	pid_t pids[8];

	ORDERED(box, NS_PID, 1) {
		MUST(dir_make("/tmp/proc"));
		CHILD(init, NS_PID) {
			MUST(proc_mount("/tmp/proc"));
			IS(link_read("/tmp/proc/self"), "1");
			TELL(init);
			HEAR(init);
		}
		HEAR(init);
		IS(proc_list("/tmp/proc", pids, 8), 1);
		HOLDER(OK(umount("/tmp/proc")));
		DISMISS(init);

		KEPT(NS_PID);
		IS(proc_list("/tmp/proc", pids, 8), 0);
		FAILS(ENOENT, readlink("/tmp/proc/self", (char[8]){""}, 8));
		OK(umount("/tmp/proc"));
		FREED(NS_PID);
	}
	EXITS(box, 0);
}
