// SPDX-License-Identifier: GPL-2.0-only
/* Pairs of virtual Ethernet devices across network namespaces. veth(4) */
#include <linux/rtnetlink.h>

#include "helpers/nscheck.h"

#define GROUP "net.veth"

CASE(ns_death_destroys_pair)
{
	CHILD(box, NS_NET) {
		HEAR(box);
	}
	int ns = MUST(ns_open(box->pid, "net"));
	MUST(link_add_veth("outer", "inner", ns));
	int index = MUST(link_index("outer")), watch = MUST(link_watch());
	IS_NOT(ns_id_of(ns), ns_id(0, "net"));

	DISMISS(box);
	OK(link_index_exists(index)); /* control: the descriptor alone keeps the namespace, so the pair too */

	OK(close(ns));
	LINK_AWAIT_GONE(watch, index);
	FAILS(ENODEV, link_index_exists(index));
}
