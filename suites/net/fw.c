// SPDX-License-Identifier: GPL-2.0-only
/* Packet filters belong to a network namespace. network_namespaces(7), nft(8), iptables(8) */
#include "helpers/nscheck.h"

#define GROUP "net.fw"

CASE(nft_ruleset_is_per_ns)
{
	MUST(nft_table_add("hostt"));
	FAILS(EEXIST, nft_table_add("hostt")); /* control: the name is taken */
	IS(tool_output("nft list tables"), "table inet hostt");

	WITHIN(MUST(ns_new(NS_NET))) {
		IS(tool_output("nft list tables"), "");
		FAILS(ENOENT, nft_table_del("hostt"));
		OK(nft_table_add("hostt"));
		OK(nft_table_add("other"));
		OK(nft_table_del("hostt"));
	}
	IS(tool_output("nft list tables"), "table inet hostt");
	OK(nft_table_del("hostt"));
}

/* A UDP socket in a namespace of its own, whose loopback is up. */
static int receiver_in(int ns)
{
	int sock = -1;

	WITHIN(ns) {
		MUST(link_up("lo"));
		sock = MUST(udp_bind("127.0.0.1:5000"));
	}
	return sock;
}

static void send_within(int ns, const char *text)
{
	WITHIN(ns)
		MUST(udp_send("127.0.0.1:5000", text));
}

CASE(nft_drop_affects_only_own_ns)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET)), in_a = receiver_in(a), in_b = receiver_in(b);

	send_within(a, "open");
	IS(RECEIVE(in_a).text, "open"); /* control */
	WITHIN(a) {
		IS(tool("nft add table inet t"), 0);
		IS(tool("nft add chain inet t in { type filter hook input priority 0 ; policy drop ; }"), 0);
	}
	send_within(a, "dropped");
	send_within(b, "not dropped");
	IS(RECEIVE(in_b).text, "not dropped");
	FAILS(EAGAIN, sock_receive_now(in_a));

	WITHIN(a)
		MUST(nft_table_del("t"));
	send_within(a, "open again");
	IS(RECEIVE(in_a).text, "open again"); /* the first that came */
}

CASE(iptables_rules_are_per_ns)
{
	const char *list = "iptables-legacy -S INPUT";
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET));

	WITHIN(a) {
		IS(tool("iptables-legacy -A INPUT -p tcp -j DROP"), 0);
		IS(tool_output(list), "-P INPUT ACCEPT\n-A INPUT -p tcp -j DROP"); /* control */
	}
	WITHIN(b)
		IS(tool_output(list), "-P INPUT ACCEPT");
	IS(tool_output(list), "-P INPUT ACCEPT");
}
