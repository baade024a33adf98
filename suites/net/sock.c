// SPDX-License-Identifier: GPL-2.0-only
/* Ports and listeners belong to a network namespace, sockets to the one they were made in. network_namespaces(7) */
#include "helpers/nscheck.h"

#define GROUP "net.sock"

static int ns_with_loopback(void)
{
	int ns = MUST(ns_new(NS_NET));

	WITHIN(ns)
		MUST(link_up("lo"));
	return ns;
}

CASE(same_tcp_port_in_two_namespaces)
{
	int a = ns_with_loopback(), b = ns_with_loopback(), in_a = -1, in_b = -1;

	WITHIN(a) {
		in_a = OK(tcp_listen("127.0.0.1:8080"));
		FAILS(EADDRINUSE, tcp_listen("127.0.0.1:8080")); /* control: twice in one is refused */
	}
	WITHIN(b)
		in_b = OK(tcp_listen("127.0.0.1:8080"));
	WITHIN(a)
		OK(tcp_connect("127.0.0.1:8080"));
	AWAIT(in_a);
	HOLDS(!ready(in_b));
	WITHIN(b)
		OK(tcp_connect("127.0.0.1:8080"));
	AWAIT(in_b); /* control: it would have shown */
}

CASE(listener_of_other_ns_is_unreachable)
{
	int a = ns_with_loopback(), listener = -1;

	MUST(link_up("lo"));
	WITHIN(a) {
		listener = MUST(tcp_listen("127.0.0.1:7777"));
		OK(tcp_connect("127.0.0.1:7777")); /* control */
	}
	FAILS(ECONNREFUSED, tcp_connect("127.0.0.1:7777"));
	MUST(close(listener));
	WITHIN(a)
		FAILS(ECONNREFUSED, tcp_connect("127.0.0.1:7777"));
}
