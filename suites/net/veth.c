// SPDX-License-Identifier: GPL-2.0-only
/* Pairs of virtual Ethernet devices across network namespaces. veth(4) */
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "helpers/nscheck.h"

#define GROUP     "net.veth"
#define GROUP_OWN NS_NET

/*
 * Makes and drops a namespace with the end of a pair, and sees it go. After a second one the kernel is done with
 * whatever was dropped before the first: it takes all that were dropped by then at once (helpers/kept.c).
 */
static void decoy_goes(void)
{
	int ns = MUST(ns_new(NS_NET));

	MUST(link_add_veth("decoy", "inner", ns));
	int index = MUST(link_index("decoy")), watch = MUST(link_watch());
	MUST(close(ns));
	LINK_AWAIT_GONE(watch, index);
	MUST(close(watch));
}

CASE(ns_death_destroys_pair)
{
	CHILD(box, NS_NET) {
		HEAR(box);
	}
	int ns = MUST(ns_open(box->pid, "net"));
	MUST(link_add_veth("outer", "inner", ns));
	int index = MUST(link_index("outer")), watch = MUST(link_watch());
	OTHER_NS(BEHIND(ns), 0, NS_NET);

	DISMISS(box);
	decoy_goes();
	decoy_goes();
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

/* One request for the pair va and vb, whose ends are made in the namespaces that the attribute's values name. */
static void add_pair_elsewhere(int attribute, int a, int b)
{
	struct ifinfomsg empty = {0};
	struct nl_request r = nl_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &empty, sizeof(empty));

	nl_attr_text(&r, IFLA_IFNAME, "va");
	nl_attr_u32(&r, attribute, (uint32_t)a);
	struct rtattr *info = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, "veth", strlen("veth"));
	struct rtattr *data = nl_nest(&r, IFLA_INFO_DATA);
	struct rtattr *peer = nl_attr(&r, VETH_INFO_PEER, &empty, sizeof(empty));
	nl_attr_text(&r, IFLA_IFNAME, "vb");
	nl_attr_u32(&r, attribute, (uint32_t)b);
	nl_nest_end(&r, peer);
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	OK(nl_ask(NETLINK_ROUTE, &r, NULL));
}

CASE(ends_are_created_directly_in_target_namespaces)
{
	CHILD(box_a, NS_NET) {
		HEAR(box_a);
	}
	CHILD(box_b, NS_NET) {
		HEAR(box_b);
	}
	int a = MUST(ns_open(box_a->pid, "net")), b = MUST(ns_open(box_b->pid, "net"));
	int watch = MUST(link_watch());

	for (int by_pid = 0; by_pid < 2; by_pid++) {
		NOTE("by %s", by_pid ? "IFLA_NET_NS_PID" : "IFLA_NET_NS_FD");
		if (by_pid)
			add_pair_elsewhere(IFLA_NET_NS_PID, box_a->pid, box_b->pid);
		else
			add_pair_elsewhere(IFLA_NET_NS_FD, a, b);
		FAILS(ENODEV, link_index("va"));
		FAILS(ENODEV, link_index("vb"));
		WITHIN(b) {
			OK(link_index("vb"));
			FAILS(ENODEV, link_index("va"));
		}
		WITHIN(a) {
			FAILS(ENODEV, link_index("vb"));
			OK(link_del("va"));
		}
	}
	NOTE_END();
	MUST(link_add_dummy("marker"));
	IS(rtnl_text(NL_EVENT(watch).message, IFLA_IFNAME), "marker"); /* no end was ever here */
	DISMISS(box_a);
	DISMISS(box_b);
}

CASE(deleting_one_end_removes_the_other)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET)), watch = -1, index = -1;

	WITHIN(a)
		MUST(link_add_veth("va", "vb", b));
	WITHIN(b) {
		index = OK(link_index("vb")); /* control */
		FAILS(ENODEV, link_index("va"));
		watch = MUST(link_watch());
	}
	WITHIN(a)
		OK(link_del("va"));
	LINK_AWAIT_GONE(watch, index);
	WITHIN(b)
		FAILS(ENODEV, link_index("vb"));
}

CASE(link_netnsid_points_to_peer_ns)
{
	int a = MUST(ns_new(NS_NET)), home = MUST(ns_open(0, "net"));

	MUST(link_add("taken", "dummy", 900)); /* so that the two indices differ */
	MUST(link_add_veth("va", "vb", a));
	long long outer = MUST(link_index("va")), inner_peer, id = OK(link_number("va", IFLA_LINK_NETNSID));
	IS(id, nsid(a));
	long long peer = OK(link_number("va", IFLA_LINK));
	WITHIN(a) {
		IS(link_index("vb"), peer);
		inner_peer = OK(link_number("vb", IFLA_LINK));
		IS(inner_peer, outer);
		id = OK(link_number("vb", IFLA_LINK_NETNSID));
		IS(id, nsid(home));
	}
	MUST(link_add_veth("v0", "v1", -1));
	FAILS(ENODATA, link_number("v0", IFLA_LINK_NETNSID)); /* control: both ends are here */
	IS(link_number("v0", IFLA_LINK), link_index("v1"));
}
