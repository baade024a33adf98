// SPDX-License-Identifier: GPL-2.0-only
/* Ways between network namespaces: bridges, routers. network_namespaces(7), veth(4) */
#include "helpers/nscheck.h"
#include "suites/net/router.h"

#define GROUP     "net.path"
#define GROUP_OWN NS_NET

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

/* A UDP socket in a namespace. */
static int receiver(int ns, const char *address)
{
	int sock = -1;

	WITHIN(ns)
		sock = MUST(udp_bind(address));
	return sock;
}

CASE(forwarding_is_decided_by_router_ns)
{
	struct routed net = routed_make();
	int server = receiver(net.server, "10.0.2.2:5000"), router = receiver(net.router, "10.0.1.1:5000");
	const char *forward = "/proc/sys/net/ipv4/ip_forward", *before = MUST(file_read(forward));

	WITHIN(net.client) {
		MUST(udp_send("10.0.2.2:5000", "not forwarded"));
		MUST(udp_send("10.0.1.1:5000", "mark")); /* once it is there, so was the one before it */
	}
	IS(RECEIVE(router).text, "mark");
	routed_forward(&net);
	WITHIN(net.client)
		MUST(udp_send("10.0.2.2:5000", "forwarded"));
	struct datagram got = RECEIVE(server);
	IS(got.text, "forwarded"); /* the first that came */
	IS(got.from, "10.0.1.2");
	IS(file_read(forward), before);
}

/* A chain for address translation in a namespace, and one rule in it. */
static void translate(int ns, const char *chain, const char *rule)
{
	WITHIN(ns) {
		IS(tool(path("nft add table ip nat ; add chain ip nat c { type nat hook %s ; } ; "
			     "add rule ip nat c %s",
			     chain, rule)),
		   0);
	}
}

CASE(masquerade_rewrites_source)
{
	struct routed net = routed_make();
	int server = receiver(net.server, "10.0.2.2:5000"), client = receiver(net.client, "10.0.1.2:6000");
	const int others[] = {net.client, net.server, MUST(ns_open(0, "net"))};

	routed_forward(&net);
	MUST(sock_send(client, "10.0.2.2:5000", "plain"));
	IS(RECEIVE(server).from, "10.0.1.2"); /* control */
	translate(net.router, "postrouting priority 100", "masquerade");
	MUST(close(client));
	client = receiver(net.client, "10.0.1.2:6001"); /* a new flow */
	MUST(sock_send(client, "10.0.2.2:5000", "masqueraded"));
	struct datagram got = RECEIVE(server);
	IS(got.text, "masqueraded");
	IS(got.from, "10.0.2.1");
	MUST(sock_send(server, "10.0.2.1:6001", "reply"));
	got = RECEIVE(client);
	IS(got.text, "reply");
	IS(got.from, "10.0.2.2");
	WITHIN(net.router)
		IS(nft_table_count(), 1); /* control */
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		WITHIN(others[i])
			IS(nft_table_count(), 0);
}

CASE(published_port_reaches_container)
{
	struct routed net = routed_make();
	int server = receiver(net.server, "10.0.2.2:53");

	routed_forward(&net);
	translate(net.router, "prerouting priority -100", "udp dport 8080 dnat to 10.0.2.2:53");
	WITHIN(net.client)
		MUST(udp_send("10.0.1.1:8080", "published"));
	struct datagram got = RECEIVE(server);
	IS(got.text, "published");
	IS(got.from, "10.0.1.2");
	WITHIN(net.client)
		FAILS(ECONNREFUSED, tcp_connect("10.0.1.1:8080")); /* control: the rule alone leads there */
}
