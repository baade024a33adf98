// SPDX-License-Identifier: GPL-2.0-only
/* Routes, rules and neighbours belong to a network namespace. network_namespaces(7), rtnetlink(7) */
#include <arpa/inet.h>
#include <linux/fib_rules.h>

#include "helpers/nscheck.h"

#define GROUP     "net.route"
#define GROUP_OWN NS_NET

/* A namespace with a device of this kind that is up and has an address. */
static int ns_with(const char *name, const char *kind, const char *address)
{
	int ns = MUST(ns_new(NS_NET));

	WITHIN(ns) {
		MUST(link_add(name, kind, 0));
		MUST(addr_add(name, address));
		MUST(link_up(name));
	}
	return ns;
}

CASE(routes_are_per_ns)
{
	int a = ns_with("d0", "dummy", "10.7.0.1/24"), b = ns_with("d0", "dummy", "10.7.0.1/24");

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

/* Adds or deletes (RTM_NEWRULE, RTM_DELRULE) the rule "priority 1000: all lookup 123". */
static int rule_change(int type)
{
	struct fib_rule_hdr header = {.family = AF_INET, .table = 123, .action = FR_ACT_TO_TBL};
	int flags = type == RTM_NEWRULE ? NLM_F_CREATE | NLM_F_EXCL : 0;
	struct nl_request r = nl_request(type, flags, &header, sizeof(header));

	nl_attr_u32(&r, FRA_PRIORITY, 1000);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

CASE(policy_rules_are_per_ns)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET));

	WITHIN(a) {
		MUST(rule_change(RTM_NEWRULE));
		IS(rtnl_count(RTM_GETRULE, AF_INET), 4); /* control */
	}
	WITHIN(b)
		IS(rtnl_count(RTM_GETRULE, AF_INET), 3);
	WITHIN(a) {
		OK(rule_change(RTM_DELRULE));
		IS(rtnl_count(RTM_GETRULE, AF_INET), 3);
	}
}

/* Adds the rule "uidrange 5-7 lookup 123". -1 with errno. */
static int uid_rule_add(void)
{
	struct fib_rule_hdr header = {.family = AF_INET, .table = 123, .action = FR_ACT_TO_TBL};
	struct fib_rule_uid_range uids = {.start = 5, .end = 7};
	struct nl_request r = nl_request(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));

	nl_attr_u32(&r, FRA_PRIORITY, 2000);
	nl_attr(&r, FRA_UID_RANGE, &uids, sizeof(uids));
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

/* Where the range of the rule begins, as the caller is told; -1 if no rule has one. */
static long long uid_rule_start(void)
{
	struct nl_answers rules;
	const struct rtattr *range = NULL;
	int count = MUST(rtnl_dump(RTM_GETRULE, AF_INET, &rules));

	for (int i = 0; i < count && !range; i++)
		range = nl_find(rules.message[i], sizeof(struct fib_rule_hdr), FRA_UID_RANGE);
	return range ? (long long)((const struct fib_rule_uid_range *)RTA_DATA(range))->start : -1;
}

CASE(uid_rules_are_made_in_the_owning_userns)
{
	CHILD(box, NS_USER | NS_NET, .map = CONTAINER_MAP) {
		HEAR(box);
		OK(uid_rule_add());
		IS(uid_rule_start(), 5);
		TELL(box);
		HEAR(box);
	}
	int inside = MUST(ns_open(box->pid, "net"));
	WITHIN(inside) {
		FAILS(EPERM, uid_rule_add());
		OK(rule_change(RTM_NEWRULE)); /* control: other rules are not refused */
	}
	TELL(box);
	HEAR(box);
	WITHIN(inside)
		IS(uid_rule_start(), CONTAINER_ID + 5);
	OK(uid_rule_add());
	IS(uid_rule_start(), 5);
	DISMISS(box);
}

/* Devices without ARP, such as dummies, hide their entries. */
static int ns_with_veth(void)
{
	return ns_with("v0", "veth", "10.7.0.1/24");
}

/* The only neighbour that is listed: it has this address, and is permanent or not. */
static void claim_neighbour(const char *address, bool permanent)
{
	struct nl_answers listed;
	struct in_addr wanted;

	IS(rtnl_dump(RTM_GETNEIGH, AF_INET, &listed), 1);
	const struct ndmsg *entry = NLMSG_DATA(listed.message[0]);
	const struct rtattr *to = OK(nl_find(listed.message[0], sizeof(*entry), NDA_DST));
	IS(inet_pton(AF_INET, address, &wanted), 1);
	IS(memcmp(RTA_DATA(to), &wanted, sizeof(wanted)), 0);
	IS(entry->ndm_state == NUD_PERMANENT, permanent);
}

CASE(neighbours_are_per_ns)
{
	int a = ns_with_veth(), b = ns_with_veth();

	WITHIN(a) {
		MUST(neigh_add("v0", "10.7.0.77", (const unsigned char[6]){2, 0, 0, 0, 0, 77}));
		claim_neighbour("10.7.0.77", true); /* controls */
		HOLDS(strstr(MUST(file_read("/proc/net/arp")), "10.7.0.77"));
	}
	WITHIN(b) {
		IS(rtnl_count(RTM_GETNEIGH, AF_INET), 0);
		HOLDS(!strstr(MUST(file_read("/proc/net/arp")), "10.7.0.77"));
		OK(udp_send("10.7.0.77:9", "whose?"));
		claim_neighbour("10.7.0.77", false); /* it has to be asked for in here */
	}
	WITHIN(a) {
		OK(udp_send("10.7.0.77:9", "known"));
		claim_neighbour("10.7.0.77", true);
	}
}
