// SPDX-License-Identifier: GPL-2.0-only
/* Overlay filesystems as roots of containers. Documentation/filesystems/overlayfs.rst */
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "helpers/fcap.h"
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

/* The directories of an overlay of container root's in /tmp/o; the lower layer belongs to the host. */
static void container_layers(void)
{
	MUST(tmpfs_make("/tmp/o"));
	MUST(dir_make("/tmp/o/low"));
	static const char *const own[] = {"/tmp/o/up", "/tmp/o/work", "/tmp/o/all"};
	for (int i = 0; i < 3; i++) {
		MUST(dir_make(own[i]));
		MUST(chown(own[i], CONTAINER_ID, CONTAINER_ID));
	}
}

static void container_overlay(void)
{
	OK(mount("overlay", "/tmp/o/all", "overlay", 0,
		 "lowerdir=/tmp/o/low,upperdir=/tmp/o/up,workdir=/tmp/o/work,userxattr"));
}

/* A file of this owner and mode in the lower layer. */
static void lower_file(const char *name, uid_t owner, mode_t mode)
{
	const char *file = path("/tmp/o/low/%s", name);

	MUST(file_make(file));
	MUST(chown(file, owner, owner));
	MUST(chmod(file, mode));
}

static long long owner_of(const char *file)
{
	struct stat st;

	return lstat(file, &st) < 0 ? -1 : (long long)st.st_uid;
}

CASE(mountable_in_user_namespaces)
{
	container_layers();
	MUST(tmpfs_make("/tmp/o/low2/sub"));
	lower_file("f", CONTAINER_ID, 0644);
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		container_overlay();
		IS(file_read("/tmp/o/all/f"), "/tmp/o/low/f");
		OK(file_put("/tmp/o/all/new", "written inside"));
		FAILS(EINVAL, mount("overlay", "/tmp", "overlay", 0, "lowerdir=/tmp/o/low2:/tmp/o/low"));
	}
	EXITS(box, 0);
	IS(file_read("/tmp/o/up/new"), "written inside");
	IS(owner_of("/tmp/o/up/new"), CONTAINER_ID);
	OK(mount("overlay", "/tmp/o/all", "overlay", 0, "lowerdir=/tmp/o/low2:/tmp/o/low")); /* control */
}

CASE(userns_copy_up_never_crosses_id_mapping_or_permissions)
{
	container_layers();
	lower_file("closed", 0, 0644);
	lower_file("open", 0, 0666);
	lower_file("suid", 0, 04755);
	lower_file("own", CONTAINER_ID, 0644);
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		container_overlay();
		IS(owner_of("/tmp/o/all/closed"), 65534);
		FAILS(EPERM, chmod("/tmp/o/all/closed", 0777));
		FAILS(EPERM, chown("/tmp/o/all/closed", 0, 0));
		FAILS(EACCES, open("/tmp/o/all/closed", O_WRONLY));
		FAILS(EOVERFLOW, open("/tmp/o/all/open", O_WRONLY));
		FAILS(EOVERFLOW, rename("/tmp/o/all/suid", "/tmp/o/all/moved"));
		FAILS(EPERM, link("/tmp/o/all/closed", "/tmp/o/all/linked"));
		OK(file_put("/tmp/o/all/own", "changed")); /* control */
	}
	EXITS(box, 0);
	IS(dir_count("/tmp/o/up"), 1);
	IS(file_read("/tmp/o/up/own"), "changed");
	IS(owner_of("/tmp/o/up/own"), CONTAINER_ID);
	struct stat suid;
	OK(stat("/tmp/o/low/suid", &suid));
	IS(suid.st_mode & 07777, 04755);
}

CASE(file_capabilities_set_in_userns_are_namespaced_on_upper)
{
	container_layers();
	lower_file("f", CONTAINER_ID, 0755);
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		container_overlay();
		FAILS(ENODATA, getxattr("/tmp/o/all/f", FCAP_ATTRIBUTE, NULL, 0));
		OK(fcap_set("/tmp/o/all/f", 2, 0));
		IS(fcap_of("/tmp/o/all/f"), "version 2 of 20 bytes: 2000");
	}
	EXITS(box, 0);
	IS(fcap_of("/tmp/o/up/f"), "version 3 of 24 bytes: 2000, root 100000");
	FAILS(ENODATA, getxattr("/tmp/o/low/f", FCAP_ATTRIBUTE, NULL, 0));
}
