// SPDX-License-Identifier: GPL-2.0-only
/* Ways between network namespaces: bridges, routers. network_namespaces(7), veth(4) */
#include "helpers/nscheck.h"

#define GROUP "net.path"

/* A bridge that is up and has an address. */
static void bridge(const char *name, const char *address)
{
	MUST(link_add_bridge(name));
	MUST(addr_add(name, address));
	MUST(link_up(name));
}

/* A namespace whose eth0 is plugged into a bridge by way of a veth end called `port`, ready for traffic. */
static int container(const char *on, const char *port, const char *address)
{
	int ns = MUST(ns_new(NS_NET));

	MUST(link_add_veth(port, "eth0", ns));
	MUST(link_master(port, on));
	MUST(link_up(port));
	WITHIN(ns) {
		MUST(addr_add("eth0", address));
		MUST(link_up("eth0"));
		LINK_AWAIT_RUNNING("eth0");
	}
	LINK_AWAIT_RUNNING(port);
	LINK_AWAIT_RUNNING(on);
	return ns;
}

CASE(containers_talk_over_host_bridge)
{
	int in_c1 = -1, in_c2 = -1, in_host;

	bridge("cbr0", "172.17.0.1/16");
	int c1 = container("cbr0", "vh0", "172.17.0.2/16"), c2 = container("cbr0", "vh1", "172.17.0.3/16");
	in_host = MUST(udp_bind("172.17.0.1:5000"));
	WITHIN(c1) {
		MUST(route_add("default", "172.17.0.1", NULL));
		in_c1 = MUST(udp_bind("172.17.0.2:5000"));
	}
	WITHIN(c2) {
		MUST(route_add("default", "172.17.0.1", NULL));
		in_c2 = MUST(udp_bind("172.17.0.3:5000"));
	}

	WITHIN(c1) {
		OK(udp_send("172.17.0.3:5000", "c1 to c2"));
		OK(udp_send("172.17.0.1:5000", "c1 to host"));
		FAILS(ENODEV, link_index("cbr0"));
		FAILS(ENODEV, link_index("vh0"));
	}
	IS(RECEIVE(in_c2).text, "c1 to c2");
	struct datagram at_host = RECEIVE(in_host);
	IS(at_host.text, "c1 to host");
	IS(at_host.from, "172.17.0.2");
	OK(udp_send("172.17.0.2:5000", "host to c1"));
	IS(RECEIVE(in_c1).text, "host to c1");
	OK(link_index("cbr0")); /* control: both are devices of the host */
	OK(link_index("vh0"));
}

CASE(separate_bridges_do_not_connect)
{
	bridge("br1", "10.1.0.1/24");
	bridge("br2", "10.2.0.1/24");
	int c1 = container("br1", "p1", "10.1.0.2/24"), c2 = container("br2", "p2", "10.2.0.2/24");

	WITHIN(c2)
		MUST(tcp_listen("10.2.0.2:80"));
	OK(tcp_connect("10.2.0.2:80")); /* control: the listener is reached by who is on its bridge */
	WITHIN(c1)
		FAILS(ENETUNREACH, tcp_connect("10.2.0.2:80"));

	MUST(file_write("/proc/sys/net/ipv4/ip_forward", "1"));
	WITHIN(c2)
		MUST(route_add("default", "10.2.0.1", NULL));
	WITHIN(c1) {
		MUST(route_add("default", "10.1.0.1", NULL));
		OK(tcp_connect("10.2.0.2:80")); /* control: routes and forwarding are all that was missing */
	}
}
