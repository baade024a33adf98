// SPDX-License-Identifier: GPL-2.0-only
/* What IPC namespaces do not isolate. ipc_namespaces(7), shm_overview(7) */

#include <sys/mman.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.scope"
#define GROUP_OWN NS_IPC

static int object_open(int flags)
{
	return shm_open("/nscheck", flags, 0600);
}

CASE(posix_shm_follows_the_mount_namespace_instead)
{
	MUST(tmpfs_make("/dev/shm"));
	MUST(close(MUST(object_open(O_RDWR | O_CREAT | O_EXCL))));
	CHILD(box, 0) {
		long long ipc = ns_id(0, "ipc"), mnt = ns_id(0, "mnt");
		OK(unshare(CLONE_NEWIPC));
		OTHER_NS(0, ipc, NS_IPC);
		OK(object_open(O_RDWR));
		OK(unshare(CLONE_NEWNS));
		OTHER_NS(0, mnt, NS_MNT);
		OK(object_open(O_RDWR));
		MUST(tmpfs_make("/dev/shm"));
		FAILS(ENOENT, object_open(O_RDWR));
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	OK(object_open(O_RDWR));
	DISMISS(box);
	OK(object_open(O_RDWR));
}
