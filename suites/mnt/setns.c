// SPDX-License-Identifier: GPL-2.0-only
/* Joining a mount namespace. setns(2) "Mount namespaces" */
#include "helpers/nscheck.h"

#define GROUP "mnt.setns"

CASE(enters_at_namespace_root_not_at_target_chroot)
{
	MUST(file_make("/tmp/secret"));
	CHILD(jailed, NS_MNT) {
		MUST(tmpfs_make("/tmp/j"));
		MUST(file_make("/tmp/j/x"));
		MUST(chroot("/tmp/j"));
		OK(access("/x", F_OK)); /* control: the jail holds for who is in it */
		FAILS(ENOENT, access("/tmp/secret", F_OK));
		TELL(jailed);
		HEAR(jailed);
	}
	CHILD(pivoted, NS_MNT) {
		MUST(tmpfs_make("/tmp/root"));
		MUST(file_make("/tmp/root/marker"));
		MUST(mnt_become_root("/tmp/root"));
		TELL(pivoted);
		HEAR(pivoted);
	}
	HEAR(jailed);
	HEAR(pivoted);
	CHILD(joiner, 0) {
		int jail = MUST(ns_open(jailed->pid, "mnt")), new_root = MUST(ns_open(pivoted->pid, "mnt"));
		OK(setns(jail, CLONE_NEWNS));
		OK(access("/tmp/j/x", F_OK)); /* control: this is the namespace of the jail */
		OK(access("/tmp/secret", F_OK));
		FAILS(ENOENT, access("/x", F_OK));

		OK(setns(new_root, CLONE_NEWNS));
		OK(access("/marker", F_OK));
		FAILS(ENOENT, access("/tmp/secret", F_OK));
	}
	EXITS(joiner, 0);
	DISMISS(jailed);
	DISMISS(pivoted);
}
