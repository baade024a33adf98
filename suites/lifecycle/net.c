// SPDX-License-Identifier: GPL-2.0-only
/* How long network namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.net"

CASE(freed_when_last_process_leaves)
{
	COUNTED(box, NS_NET, 1) {
		CHILD(member, NS_NET) {
			HEAR(member);
		}
		int ns = MUST(ns_open(member->pid, "net"));
		MUST(link_add_veth("outer", "inner", ns));
		MUST(close(ns));
		int index = MUST(link_index("outer")), watch = MUST(link_watch());
		FAILS(ENOSPC, ns_one_more(NS_NET));
		OK(link_index_exists(index)); /* control: the peer is there while the namespace is */

		KILL(member);
		LINK_AWAIT_GONE(watch, index);
		FAILS(ENODEV, link_index_exists(index));
		FREED(NS_NET);
	}
	EXITS(box, 0);
}

CASE(open_fd_keeps_state)
{
	COUNTED(box, NS_NET, 1) {
		CHILD(member, NS_NET) {
			MUST(link_add_dummy("kept"));
			TELL(member);
			HEAR(member);
		}
		int ns = descriptor_left_by(member, "net", NS_NET);
		CHILD(visitor, 0) {
			FAILS(ENODEV, link_index("kept"));
			OK(setns(ns, NS_NET));
			OK(link_index("kept"));
		}
		EXITS(visitor, 0);
		freed_by_close(ns, NS_NET);
	}
	EXITS(box, 0);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_NET);
}
