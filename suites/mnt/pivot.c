// SPDX-License-Identifier: GPL-2.0-only
/* Another root for a whole mount namespace. pivot_root(2) */
#include "helpers/nscheck.h"

#define GROUP "mnt.pivot"

CASE(host_filesystem_is_gone_after_pivot_and_detach)
{
	static const char *const ways[] = {"/tmp/secret", "/../../tmp/secret", "/old/tmp/secret"};

	MUST(file_make("/tmp/secret"));
	CHILD(box, NS_MNT) {
		MUST(tmpfs_make("/tmp/new"));
		MUST(file_make("/tmp/new/marker"));
		MUST(dir_make("/tmp/new/old"));
		MUST(dir_make("/tmp/new/proc"));
		MUST(proc_mount("/tmp/new/proc"));

		OK(pivot_root("/tmp/new", "/tmp/new/old"));
		OK(chdir("/"));
		IS(file_read("/old/tmp/secret"),
		   "/tmp/secret"); /* control: the old root is where it was put */
		OK(umount2("/old", MNT_DETACH));
		for (int i = 0; i < 3; i++)
			FAILS(ENOENT, open(ways[i], O_RDONLY));
		OK(rmdir("/old"));
		IS(mountinfo_count("/proc/self/mountinfo", "/"), 2); /* the new root and its proc */
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	OK(access(proc_path(box->pid, "root/marker"), F_OK)); /* control: the look from outside works */
	FAILS(ENOENT, open(proc_path(box->pid, "root/tmp/secret"), O_RDONLY));
	IS(file_read("/tmp/secret"), "/tmp/secret");
	DISMISS(box);
}
