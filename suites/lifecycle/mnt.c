// SPDX-License-Identifier: GPL-2.0-only
/* How long mount namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.mnt"

CASE(freed_when_last_process_leaves)
{
	freed_with_its_last_process(NS_MNT);
}

CASE(open_fd_keeps_state)
{
	MUST(dir_make("/tmp/kept"));
	COUNTED(box, NS_MNT, 1) {
		CHILD(member, NS_MNT) {
			MUST(tmpfs_make("/tmp/kept"));
			MUST(file_make("/tmp/kept/file"));
			TELL(member);
			HEAR(member);
		}
		int ns = descriptor_left_by(member, "mnt", NS_MNT);
		CHILD(visitor, 0) {
			FAILS(ENOENT, access("/tmp/kept/file", F_OK));
			OK(setns(ns, NS_MNT));
			IS(file_read("/tmp/kept/file"), "/tmp/kept/file");
		}
		EXITS(visitor, 0);
		freed_by_close(ns, NS_MNT);
	}
	EXITS(box, 0);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_MNT);
}
