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

/* In the caller's namespace: its own end of the pair, ready for traffic. */
static void configure(const char *ipv4, const char *ipv6)
{
	MUST(addr_add("eth0", ipv4));
	MUST(link_up("eth0"));
	MUST(addr_add("eth0", ipv6));
}

CASE(pair_connects_two_namespaces)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET)), server = -1;

	WITHIN(a) {
		MUST(link_add_veth("eth0", "eth0", b));
		configure("10.1.0.1/24", "fd00::1/64");
	}
	WITHIN(b) {
		configure("10.1.0.2/24", "fd00::2/64");
		LINK_AWAIT_RUNNING("eth0");
		MUST(tcp_listen("10.1.0.2:80"));
		MUST(tcp_listen("[fd00::2]:80"));
		server = MUST(udp_bind("10.1.0.2:5000"));
	}
	WITHIN(a) {
		LINK_AWAIT_RUNNING("eth0");
		OK(tcp_connect("10.1.0.2:80"));
		OK(tcp_connect("[fd00::2]:80"));
		OK(udp_send("10.1.0.2:5000", "from a"));
	}
	struct datagram got = RECEIVE(server);
	IS(got.text, "from a");
	IS(got.from, "10.1.0.1");

	MUST(link_up("lo"));                            /* without any address IPv6 says EADDRNOTAVAIL */
	FAILS(ENETUNREACH, tcp_connect("10.1.0.2:80")); /* a third namespace, this one, is not on the wire */
	FAILS(ENETUNREACH, tcp_connect("[fd00::2]:80"));
}
