// SPDX-License-Identifier: GPL-2.0-only
/* Packet filters belong to a network namespace. network_namespaces(7), nft(8), iptables(8) */
#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "helpers/nscheck.h"
#include "suites/net/router.h"

#define GROUP     "net.fw"
#define GROUP_OWN NS_NET

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

static struct nl_request conntrack_request(int type, int flags)
{
	struct nfgenmsg header = {.nfgen_family = AF_INET, .version = NFNETLINK_V0};

	return nl_request(NFNL_SUBSYS_CTNETLINK << 8 | type, flags, &header, sizeof(header));
}

/* One direction of a UDP flow: CTA_TUPLE_ORIG or CTA_TUPLE_REPLY. */
static void attr_direction(struct nl_request *r, int direction, const char *from, const char *to)
{
	struct rtattr *tuple = nl_nest(r, direction | NLA_F_NESTED);
	in_addr_t source = inet_addr(from), destination = inet_addr(to);

	struct rtattr *addresses = nl_nest(r, CTA_TUPLE_IP | NLA_F_NESTED);
	nl_attr(r, CTA_IP_V4_SRC, &source, sizeof(source));
	nl_attr(r, CTA_IP_V4_DST, &destination, sizeof(destination));
	nl_nest_end(r, addresses);
	struct rtattr *proto = nl_nest(r, CTA_TUPLE_PROTO | NLA_F_NESTED);
	nl_attr(r, CTA_PROTO_NUM, &(uint8_t){IPPROTO_UDP}, sizeof(uint8_t));
	nl_attr(r, CTA_PROTO_SRC_PORT, &(uint16_t){htons(5000)}, sizeof(uint16_t));
	nl_attr(r, CTA_PROTO_DST_PORT, &(uint16_t){htons(5000)}, sizeof(uint16_t));
	nl_nest_end(r, proto);
	nl_nest_end(r, tuple);
}

/* Makes the entry of a flow that stays until it is deleted. -1 with errno. */
static int flow_add(void)
{
	struct nl_request r = conntrack_request(IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_EXCL);

	attr_direction(&r, CTA_TUPLE_ORIG, "10.0.1.2", "10.0.2.2");
	attr_direction(&r, CTA_TUPLE_REPLY, "10.0.2.2", "10.0.1.2");
	nl_attr_u32(&r, CTA_TIMEOUT, htonl(86400));
	return nl_ask(NETLINK_NETFILTER, &r, NULL);
}

static int flows_flush(void)
{
	struct nl_request r = conntrack_request(IPCTNL_MSG_CT_DELETE, 0);

	return nl_ask(NETLINK_NETFILTER, &r, NULL);
}

static int flow_count(void)
{
	struct nl_request r = conntrack_request(IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	struct nl_answers flows;

	return nl_ask(NETLINK_NETFILTER, &r, &flows) < 0 ? -1 : flows.count;
}

CASE(conntrack_requests_concern_own_entries)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET));

	WITHIN(a) {
		OK(flow_add());
		IS(flow_count(), 1); /* control */
	}
	WITHIN(b) {
		IS(flow_count(), 0);
		OK(flow_add());
		FAILS(EEXIST, flow_add()); /* control: it is the same flow */
		IS(flow_count(), 1);
		OK(flows_flush());
		IS(flow_count(), 0);
	}
	IS(flow_count(), 0);
	WITHIN(a)
		IS(flow_count(), 1);
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

CASE(nft_skuid_is_an_id_of_the_owner)
{
	const char *address = "127.0.0.1:5000";

	CHILD(box, NS_USER | NS_NET, .map = CONTAINER_MAP) {
		MUST(link_up("lo"));
		int sock = MUST(udp_bind(address));
		IS(tool("nft add table inet t ; "
			"add chain inet t out { type filter hook output priority 0 ; } ; "
			"add rule inet t out meta skuid 0 drop"),
		   0);
		FAILS(EPERM, udp_send(address, "dropped"));
		CHILD(five, 0, .uid = 5) {
			OK(udp_send(address, "of 5"));
		}
		EXITS(five, 0);
		IS(RECEIVE(sock).text, "of 5");
		TELL(box);
		IS(RECEIVE(sock).text, "of root outside"); /* who is not 0 here */
	}
	HEAR(box);
	WITHIN(MUST(ns_open(box->pid, "net")))
		OK(udp_send(address, "of root outside"));
	EXITS(box, 0);
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
