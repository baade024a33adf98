// SPDX-License-Identifier: GPL-2.0-only
/* Paths of cgroups as a cgroup namespace shows them. cgroup_namespaces(7) "DESCRIPTION" */
#include "helpers/nscheck.h"

#define GROUP "cgroup.view"

CASE(own_path_is_root_after_unshare)
{
	MUST(cgroup_make("a/b"));
	CHILD(box, 0) {
		MUST(cgroup_move(0, "a/b"));
		IS(cgroup_of(0), cgroup_name("a/b"));
		OK(unshare(CLONE_NEWCGROUP));
		IS(cgroup_of(0), "/");
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	IS(cgroup_of(box->pid), cgroup_name("a/b"));
	DISMISS(box);
}
