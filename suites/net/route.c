// SPDX-License-Identifier: GPL-2.0-only
/* Routes, rules and neighbours belong to a network namespace. network_namespaces(7), rtnetlink(7) */
#include "helpers/nscheck.h"

#define GROUP "net.route"

static int ns_with_dummy(const char *address)
{
	int ns = MUST(ns_new(NS_NET));

	WITHIN(ns) {
		MUST(link_add_dummy("d0"));
		MUST(addr_add("d0", address));
		MUST(link_up("d0"));
	}
	return ns;
}

CASE(routes_are_per_ns)
{
	int a = ns_with_dummy("10.7.0.1/24"), b = ns_with_dummy("10.7.0.1/24");

	WITHIN(a) {
		MUST(route_add("192.0.2.0/24", "10.7.0.9", NULL));
		OK(udp_connect("192.0.2.1:9")); /* control: used where it was added */
		IS(route_listed("192.0.2.0/24"), 1);
	}
	WITHIN(b) {
		OK(udp_connect("10.7.0.9:9")); /* control: its own network is reached */
		FAILS(ENETUNREACH, udp_connect("192.0.2.1:9"));
		IS(route_listed("192.0.2.0/24"), 0);
		IS(route_listed("10.7.0.0/24"), 1);
	}
	FAILS(ENETUNREACH, udp_connect("192.0.2.1:9"));
	IS(route_listed("192.0.2.0/24"), 0);
}
