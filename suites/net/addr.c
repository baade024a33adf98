// SPDX-License-Identifier: GPL-2.0-only
/* Addresses belong to the network namespace of their device. network_namespaces(7), ip(7) */
#include "helpers/nscheck.h"

#define GROUP     "net.addr"
#define GROUP_OWN NS_NET

CASE(bind_needs_address_of_own_ns)
{
	MUST(link_up("lo")); /* a namespace that never had an address knows no local ones, and binds any */
	OK(udp_bind("127.0.0.1:5000"));
	WITHIN(MUST(ns_new(NS_NET))) {
		MUST(link_add_dummy("d0"));
		MUST(addr_add("d0", "10.9.9.9/24"));
		MUST(link_up("d0"));
		OK(udp_bind("10.9.9.9:5000")); /* control */
		OK(tcp_listen("10.9.9.9:5000"));
	}
	FAILS(EADDRNOTAVAIL, udp_bind("10.9.9.9:5000"));
	FAILS(EADDRNOTAVAIL, tcp_listen("10.9.9.9:5000"));
}
