// SPDX-License-Identifier: GPL-2.0-only
/* Overlay filesystems as roots of containers. Documentation/filesystems/overlayfs.rst */
#include <sys/sysmacros.h>

#include "helpers/nscheck.h"

#define GROUP "mnt.overlay"

/* Layers in /tmp/low1 (file f), /tmp/low2 (files g and proc's mount point) and /tmp/up, mounted on /tmp/all. */
static void overlay_make(void)
{
	static const char *const dirs[] = {"/tmp/low1", "/tmp/low2/proc", "/tmp/up", "/tmp/work", "/tmp/all"};

	for (int i = 0; i < 5; i++)
		MUST(dir_make(dirs[i]));
	MUST(file_make("/tmp/low1/f"));
	MUST(file_make("/tmp/low2/g"));
	MUST(mount("overlay", "/tmp/all", "overlay", 0,
		   "lowerdir=/tmp/low1:/tmp/low2,upperdir=/tmp/up,workdir=/tmp/work"));
	MUST(proc_mount("/tmp/all/proc"));
}

CASE(overlay_root_reads_layers_and_writes_only_upper)
{
	CHILD(box, NS_MNT) {
		struct mountinfo root;
		overlay_make();
		OK(mnt_become_root("/tmp/all"));
		OK(mountinfo_find("/proc/self/mountinfo", "/", &root));
		IS(root.type, "overlay");
		IS(file_read("/f"), "/tmp/low1/f");
		IS(file_read("/g"), "/tmp/low2/g");
		OK(file_put("/f", "changed"));
		OK(unlink("/g"));
		OK(file_put("/h", "created"));
	}
	EXITS(box, 0);

	IS(file_read("/tmp/low1/f"), "/tmp/low1/f");
	IS(file_read("/tmp/low2/g"), "/tmp/low2/g");
	FAILS(ENOENT, access("/tmp/low1/h", F_OK));
	FAILS(ENOENT, access("/tmp/low2/h", F_OK));
	IS(file_read("/tmp/up/f"), "changed");
	IS(file_read("/tmp/up/h"), "created");
	struct stat whiteout;
	OK(lstat("/tmp/up/g", &whiteout));
	HOLDS(S_ISCHR(whiteout.st_mode));
	IS(whiteout.st_rdev, makedev(0, 0));
}
