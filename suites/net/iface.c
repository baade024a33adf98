// SPDX-License-Identifier: GPL-2.0-only
/* Devices are seen and used only in the network namespace they are in. network_namespaces(7), netdevice(7) */
#include <net/if.h>

#include "helpers/nscheck.h"

#define GROUP "net.iface"

CASE(device_invisible_outside_its_ns)
{
	WITHIN(MUST(ns_new(NS_NET))) {
		MUST(link_add("xd0", "dummy", 900));
		IS(if_nametoindex("xd0"), 900); /* controls: all three find it inside */
		OK(link_flags("xd0"));
		OK(link_index_exists(900));
	}
	IS(if_nametoindex("xd0"), 0);
	FAILS(ENODEV, link_flags("xd0"));
	FAILS(ENODEV, link_index_exists(900));
}
