// SPDX-License-Identifier: GPL-2.0-only
/* Packet filters belong to a network namespace. network_namespaces(7), nft(8), iptables(8) */
#include "helpers/nscheck.h"
#include "suites/net/router.h"

#define GROUP "net.fw"

CASE(nft_ruleset_is_per_ns)
{
	MUST(nft_table_add("hostt"));
	FAILS(EEXIST, nft_table_add("hostt")); /* control: the name is taken */

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
		IS(tool("nft add table inet t ; "
			"add chain inet t in { type filter hook input priority 0 ; policy drop ; }"),
		   0);
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

#define CONNTRACK_COUNT "/proc/sys/net/netfilter/nf_conntrack_count"

CASE(conntrack_table_is_per_ns)
{
	struct routed net = routed_make();
	int server = -1;
	long long before = MUST(file_number(CONNTRACK_COUNT));

	routed_forward(&net);
	WITHIN(net.router) {
		IS(tool("nft add table ip t ; add chain ip t c { type filter hook forward priority 0 ; } ; "
			"add rule ip t c ct state new accept"),
		   0);
	}
	WITHIN(net.server)
		server = MUST(udp_bind("10.0.2.2:5000"));
	WITHIN(net.client)
		MUST(udp_send("10.0.2.2:5000", "tracked"));
	IS(RECEIVE(server).text, "tracked");
	WITHIN(net.router)
		HOLDS(file_number(CONNTRACK_COUNT) >= 1);
	WITHIN(net.server)
		IS(file_number(CONNTRACK_COUNT), 0);
	IS(file_number(CONNTRACK_COUNT), before);
}

CASE(conntrack_max_is_read_only_in_child_ns, .initial = NS_NET)
{
	const char *file = "/proc/sys/net/netfilter/nf_conntrack_max", *value = MUST(file_read(file));
	struct stat st;

	OK(stat(file, &st));
	IS(st.st_mode & 0777, 0644);
	OK(file_write(file, value)); /* control */
	WITHIN(MUST(ns_new(NS_NET))) {
		OK(stat(file, &st));
		IS(st.st_mode & 0777, 0444);
		IS(file_read(file), value);
		FAILS(EACCES, file_write(file, value));
	}
}

CASE(userns_root_may_filter_only_own_ns)
{
	MUST(nft_table_add("hostt"));
	IS(nft_table_count(), 1); /* control */
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(box, NS_USER, .map = "0 1000 1") {
			FAILS(EPERM, nft_table_count());
			FAILS(EPERM, nft_table_add("t"));
			MUST(unshare(NS_NET));
			IS(nft_table_count(), 0);
			OK(nft_table_add("t"));
			IS(nft_table_count(), 1);
		}
		EXITS(box, 0);
	}
	EXITS(user, 0);
	IS(nft_table_count(), 1);
	OK(nft_table_del("hostt"));
}
