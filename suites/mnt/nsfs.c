// SPDX-License-Identifier: GPL-2.0-only
/* Files of mount namespaces as mounts. namespaces(7) "Namespace lifetime", mount(2) "ERRORS" */
#include "helpers/nscheck.h"

#define GROUP "mnt.nsfs"

CASE(bound_newer_mount_ns_file_keeps_the_namespace_and_can_be_joined)
{
	struct mountinfo bound;

	CHILD(box, NS_MNT) {
		MUST(tmpfs_make("/tmp/only"));
		MUST(file_make("/tmp/only/marker"));
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	long long id = MUST(ns_id(box->pid, "mnt"));
	MUST(file_make("/tmp/kept"));
	OK(bind_make(proc_path(box->pid, "ns/mnt"), "/tmp/kept"));
	OK(mountinfo_find("/proc/self/mountinfo", "/tmp/kept", &bound));
	IS(bound.root, path("mnt:[%lld]", id));
	IS(bound.type, "nsfs");
	DISMISS(box);

	CHILD(joiner, 0) {
		FAILS(ENOENT, access("/tmp/only/marker", F_OK)); /* control */
		int ns = OK(open("/tmp/kept", O_RDONLY | O_CLOEXEC));
		OK(setns(ns, CLONE_NEWNS));
		IS(ns_id(0, "mnt"), id);
		OK(access("/tmp/only/marker", F_OK));
	}
	EXITS(joiner, 0);
	OK(umount2("/tmp/kept", 0));
}
