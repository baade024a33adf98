// SPDX-License-Identifier: GPL-2.0-only
/* Each mount namespace has its own list of mounts. mount_namespaces(7) "DESCRIPTION" */
#include "helpers/nscheck.h"

#define GROUP "mnt.view"

CASE(mounts_made_in_one_namespace_are_invisible_in_the_other)
{
	CHILD(box, 0) {
		OK(unshare(CLONE_NEWNS));
		OK(mnt_propagation("/", MS_REC | MS_PRIVATE));
		MUST(tmpfs_make("/tmp/n"));
		MUST(file_make("/tmp/n/marker"));
		IS(mnt_count("/tmp/n"), 1);
		TELL(box);
		HEAR(box);
		IS(mnt_count("/tmp/p"), 0);
		FAILS(ENOENT, access("/tmp/p/marker", F_OK));
	}
	HEAR(box);
	IS(mnt_count("/tmp/n"), 0);
	FAILS(ENOENT, access("/tmp/n/marker", F_OK));
	MUST(tmpfs_make("/tmp/p"));
	MUST(file_make("/tmp/p/marker"));
	IS(mnt_count("/tmp/p"), 1);
	DISMISS(box);

	long long home = ns_id(0, "mnt");
	CHILD(member, 0) { /* control: in the same namespace each sees what the other does */
		IS(ns_id(0, "mnt"), home);
		OK(access("/tmp/p/marker", F_OK));
		OK(umount2("/tmp/p", 0));
		MUST(tmpfs_make("/tmp/m"));
		MUST(file_make("/tmp/m/marker"));
	}
	EXITS(member, 0);
	IS(mnt_count("/tmp/p"), 0);
	OK(access("/tmp/m/marker", F_OK));
}

CASE(umount_in_new_namespace_keeps_the_other_copy)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(file_make("/tmp/m/f"));
	CHILD(box, 0) {
		OK(unshare(CLONE_NEWNS));
		OK(access("/tmp/m/f", F_OK)); /* control: the copy is there */
		OK(umount2("/tmp/m", 0));
		FAILS(ENOENT, access("/tmp/m/f", F_OK));
	}
	EXITS(box, 0);
	IS(mnt_count("/tmp/m"), 1);
	OK(access("/tmp/m/f", F_OK));
	OK(file_make("/tmp/m/new"));
}

CASE(only_mounts_are_isolated_file_data_on_a_common_mount_is_shared)
{
	struct stat st;

	MUST(tmpfs_make("/tmp/common"));
	CHILD(box, 0) {
		OK(unshare(CLONE_NEWNS));
		MUST(tmpfs_make("/tmp/own"));
		OK(file_make("/tmp/own/file"));
		OK(file_make("/tmp/common/file"));
		MUST(stat("/tmp/common/file", &st));
		TELL(box, st.st_dev);
		TELL(box, st.st_ino);
		HEAR(box);
	}
	long long dev = HEAR(box), ino = HEAR(box);
	OK(stat("/tmp/common/file", &st));
	IS(st.st_dev, dev);
	IS(st.st_ino, ino);
	IS(file_read("/tmp/common/file"), "/tmp/common/file");
	FAILS(ENOENT, access("/tmp/own/file", F_OK)); /* control: what is mounted in the box stays there */
	DISMISS(box);
}
