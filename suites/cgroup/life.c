// SPDX-License-Identifier: GPL-2.0-only
/* What keeps a cgroup namespace, and its end. namespaces(7) "Namespace lifetime" */
#include "helpers/nscheck.h"

#define GROUP "cgroup.life"

CASE(bound_ns_file_keeps_namespace_and_root)
{
	MUST(cgroup_make("a/b"));
	CHILD(box, 0) {
		OK(cgroup_become_root("a/b"));
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	MUST(file_make("/tmp/kept"));
	OK(bind_make(proc_path(box->pid, "ns/cgroup"), "/tmp/kept"));
	DISMISS(box);

	CHILD(joiner, 0) {
		IS(cgroup_of(0), cgroup_name("main")); /* control: before it joins */
		int ns = OK(open("/tmp/kept", O_RDONLY | O_CLOEXEC));
		OK(setns(ns, CLONE_NEWCGROUP));
		IS(cgroup_of(0), "/../../main");
	}
	EXITS(joiner, 0);
	OK(umount2("/tmp/kept", 0));
}
