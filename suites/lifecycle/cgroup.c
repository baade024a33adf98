// SPDX-License-Identifier: GPL-2.0-only
/* How long cgroup namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.cgroup"

CASE(freed_when_last_process_leaves)
{
	freed_with_its_last_process(NS_CGROUP);
}

CASE(open_fd_keeps_state)
{
	MUST(cgroup_make("root"));
	int root = MUST(open(cgroup_file("root"), O_PATH | O_DIRECTORY | O_CLOEXEC));
	ORDERED(box, NS_CGROUP, 1, .cgroup = root) {
		CHILD(member, NS_CGROUP) {
			IS(cgroup_of(0), "/");
			TELL(member);
			HEAR(member);
		}
		int ns = descriptor_left_by(member, "cgroup", NS_CGROUP);
		CHILD(visitor, 0) {
			IS(cgroup_of(0), cgroup_name("root"));
			OK(setns(ns, NS_CGROUP));
			IS(cgroup_of(0), "/");
		}
		EXITS(visitor, 0);
		freed_by_close(ns, NS_CGROUP);
	}
	EXITS(box, 0);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_CGROUP);
}
