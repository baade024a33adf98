// SPDX-License-Identifier: GPL-2.0-only
/* The ids that network namespaces give each other. rtnetlink(7), ip-netns(8) "set" */
#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>

#include "helpers/nscheck.h"

#define GROUP     "net.nsid"
#define GROUP_OWN NS_NET

CASE(unassigned_id_is_minus_one)
{
	CHILD(box, NS_NET) {
		HEAR(box);
	}
	int a = MUST(ns_open(box->pid, "net"));

	IS(nsid(a), NSID_NONE);
	IS(nsid_by(NETNSA_PID, box->pid), NSID_NONE);
	MUST(nsid_assign(a, 5));
	IS(nsid_by(NETNSA_PID, box->pid), 5); /* control */
	OTHER_NS(BEHIND(a), 0, NS_NET);
	DISMISS(box);
}

CASE(assign_and_query)
{
	CHILD(box, NS_NET) {
		HEAR(box);
	}
	int a = MUST(ns_open(box->pid, "net")), b = MUST(ns_new(NS_NET)), home = MUST(ns_open(0, "net"));
	int ids[4], sum = 0;

	IS(nsid_list(ids, 4), 0);
	OK(nsid_assign(a, 50));
	IS(nsid(a), 50);
	IS(nsid_by(NETNSA_PID, box->pid), 50);
	IS(nsid_by(NETNSA_NSID, 50), 50);
	OK(nsid_assign(b, NSID_AUTO));
	int chosen = nsid(b);
	HOLDS(chosen >= 0);
	IS_NOT(chosen, 50);
	OK(nsid_assign(home, 70));
	IS(nsid(home), 70);

	IS(nsid_list(ids, 4), 3);
	for (int i = 0; i < 3; i++) {
		HOLDS(ids[i] == 50 || ids[i] == 70 || ids[i] == chosen);
		sum += ids[i];
	}
	IS(sum, 50 + 70 + chosen);
	DISMISS(box);
}

/* Asks for an id without saying whose. */
static int assign_to_nobody(void)
{
	struct rtgenmsg header = {.rtgen_family = AF_UNSPEC};
	struct nl_request r = nl_request(RTM_NEWNSID, 0, &header, sizeof(header));

	nl_attr_u32(&r, NETNSA_NSID, 9);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

#define NO_SUCH_PID 0x7ffffffe

CASE(errors)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET)), uts = MUST(ns_open(0, "uts"));
	int null = MUST(open("/dev/null", O_RDONLY | O_CLOEXEC));

	OK(nsid_assign(a, 50));
	FAILS(EEXIST, nsid_assign(a, 51));
	FAILS(EEXIST, nsid_assign(b, 50));
	FAILS(EINVAL, assign_to_nobody());
	FAILS(EBADF, nsid_assign(-1, 9));
	FAILS(EINVAL, nsid_assign(null, 9));
	FAILS(EINVAL, nsid_assign(uts, 9));
	FAILS(ESRCH, nsid_assign_by(NETNSA_PID, NO_SUCH_PID, 9));
	FAILS(ENOENT, nsid_by(NETNSA_NSID, 9));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, nsid_assign(b, 9));
		IS(nsid(a), 50);
	}
	EXITS(user, 0);
	OK(nsid_assign(b, 9)); /* control */
}

CASE(ids_are_relative_to_the_asking_ns)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET));

	OK(nsid_assign(a, 50));
	WITHIN(a) {
		IS(nsid(b), NSID_NONE);
		OK(nsid_assign(b, 50)); /* it means A outside */
		IS(nsid(b), 50);
	}
	IS(nsid(a), 50);
	IS(nsid(b), NSID_NONE);
}

/* An attribute that is an id; -1 if it is not there. */
static long long id_of(const struct nlmsghdr *message, int attribute)
{
	const struct rtattr *a = nl_find(message, sizeof(struct rtgenmsg), attribute);

	if (!a)
		return -1;
	return *(const int *)RTA_DATA(a) == NETNSA_NSID_NOT_ASSIGNED ? NSID_NONE : *(const int *)RTA_DATA(a);
}

static long long id_in(const struct nlmsghdr *message)
{
	return id_of(message, NETNSA_NSID);
}

/* Asks by which id the namespace that is `target` here knows the one behind `ns`. */
static int ask_for(int target, int ns, struct nl_answers *answers)
{
	struct rtgenmsg header = {.rtgen_family = AF_UNSPEC};
	struct nl_request r = nl_request(RTM_GETNSID, 0, &header, sizeof(header));

	nl_attr_u32(&r, NETNSA_TARGET_NSID, (uint32_t)target);
	nl_attr_u32(&r, NETNSA_FD, (uint32_t)ns);
	return nl_ask(NETLINK_ROUTE, &r, answers);
}

CASE(id_in_a_target_ns_can_be_asked)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET));
	struct nl_answers answers;

	MUST(nsid_assign(a, 50));
	MUST(nsid_assign(b, 60));
	OK(ask_for(50, b, &answers));
	IS(id_in(answers.message[0]), NSID_NONE);
	IS(id_of(answers.message[0], NETNSA_CURRENT_NSID), 60);
	WITHIN(a)
		MUST(nsid_assign(b, 70));
	OK(ask_for(50, b, &answers));
	IS(id_in(answers.message[0]), 70);
	IS(id_of(answers.message[0], NETNSA_CURRENT_NSID), 60);
	FAILS(EINVAL, ask_for(51, b, &answers));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EACCES, ask_for(50, b, &answers));
		IS(nsid(b), 60); /* control: to ask for the id here is free */
	}
	EXITS(user, 0);
}

CASE(events_on_creation_and_destruction)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET));
	int watch = MUST(nl_open(NETLINK_ROUTE, 1U << (RTNLGRP_NSID - 1)));

	OK(nsid_assign(a, 50));
	struct nl_event event = NL_EVENT(watch);
	IS(event.message->nlmsg_type, RTM_NEWNSID);
	IS(id_in(event.message), 50);
	FAILS(EEXIST, nsid_assign(b, 50)); /* control: the id is taken */

	MUST(close(a));
	event = NL_EVENT(watch);
	IS(event.message->nlmsg_type, RTM_DELNSID);
	IS(id_in(event.message), 50);
	FAILS(ENOENT, nsid_by(NETNSA_NSID, 50));
	OK(nsid_assign(b, 50));
}

/* RTM_GETLINK of index 1 in the namespace with this id. */
static int loopback_of(int id, struct nl_answers *answers)
{
	struct ifinfomsg header = {.ifi_index = 1};
	struct nl_request r = nl_request(RTM_GETLINK, 0, &header, sizeof(header));

	nl_attr_u32(&r, IFLA_TARGET_NETNSID, (uint32_t)id);
	return nl_ask(NETLINK_ROUTE, &r, answers);
}

CASE(getlink_in_target_ns)
{
	int a = MUST(ns_new(NS_NET));
	struct nl_answers answers;

	WITHIN(a)
		MUST(link_set_number("lo", IFLA_MTU, 1400)); /* to tell it from the one here */
	MUST(nsid_assign(a, 50));
	OK(loopback_of(50, &answers));
	IS(rtnl_text(answers.message[0], IFLA_IFNAME), "lo");
	IS(rtnl_number(answers.message[0], IFLA_MTU), 1400);
	IS(rtnl_number(answers.message[0], IFLA_TARGET_NETNSID), 50);
	IS(link_number("lo", IFLA_MTU), 65536);
	FAILS(EINVAL, loopback_of(51, &answers));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EACCES, loopback_of(50, &answers));
		OK(link_index("lo")); /* control: to look here is free */
	}
	EXITS(user, 0);
}

CASE(newlink_and_getaddr_in_target_ns)
{
	int a = MUST(ns_new(NS_NET)), yes = 1, sock = MUST(nl_open(NETLINK_ROUTE, 0));
	struct nl_answers answers;

	MUST(nsid_assign(a, 21));
	WITHIN(a)
		MUST(addr_add("lo", "10.66.0.1/24"));
	IS(rtnl_count(RTM_GETADDR, AF_INET), 0); /* control: there is none here */

	struct ifinfomsg device = {0};
	struct nl_request r = nl_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &device, sizeof(device));
	nl_attr_text(&r, IFLA_IFNAME, "d0");
	nl_attr_u32(&r, IFLA_TARGET_NETNSID, 21);
	struct rtattr *info = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, "dummy", strlen("dummy"));
	nl_nest_end(&r, info);
	OK(nl_ask(NETLINK_ROUTE, &r, NULL));
	FAILS(ENODEV, link_index("d0"));
	WITHIN(a)
		OK(link_index("d0"));

	struct ifaddrmsg any = {.ifa_family = AF_INET};
	r = nl_request(RTM_GETADDR, NLM_F_DUMP, &any, sizeof(any));
	nl_attr_u32(&r, IFA_TARGET_NETNSID, 21);
	MUST(setsockopt(sock, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &yes, sizeof(yes)));
	OK(nl_ask_on(sock, &r, &answers));
	IS(answers.count, 1);
	IS(rtnl_number(answers.message[0], IFA_LOCAL), inet_addr("10.66.0.1"));
	IS(rtnl_number(answers.message[0], IFA_TARGET_NETNSID), 21);
}

/* setsockopt(2) NETLINK_LISTEN_ALL_NSID. -1 with errno. */
static int listen_all(int watch)
{
	int yes = 1;

	return setsockopt(watch, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &yes, sizeof(yes));
}

CASE(listen_all_nsid_receives_remote_events)
{
	int a = MUST(ns_new(NS_NET)), watch = MUST(link_watch());

	MUST(listen_all(watch));
	WITHIN(a)
		MUST(link_add_dummy("unheard"));
	MUST(link_add_dummy("here"));
	struct nl_event event = NL_EVENT(watch);
	IS(rtnl_text(event.message, IFLA_IFNAME), "here"); /* the first that came */
	IS_MINUS_ONE(event.nsid);

	MUST(nsid_assign(a, 33));
	WITHIN(a)
		MUST(link_add_dummy("there"));
	event = NL_EVENT(watch);
	IS(rtnl_text(event.message, IFLA_IFNAME), "there");
	IS(event.nsid, 33);
}

CASE(listen_all_nsid_local_event_has_no_id)
{
	int home = MUST(ns_open(0, "net")), a = MUST(ns_new(NS_NET)), watch = MUST(link_watch());

	MUST(nsid_assign(home, 7));
	MUST(nsid_assign(a, 8));
	MUST(listen_all(watch));
	MUST(link_add_dummy("here"));
	struct nl_event event = NL_EVENT(watch);
	IS(rtnl_text(event.message, IFLA_IFNAME), "here");
	IS_MINUS_ONE(event.nsid);
	WITHIN(a)
		MUST(link_add_dummy("there"));
	IS(NL_EVENT(watch).nsid, 8); /* control: ids are delivered */
}

CASE(listen_all_nsid_skips_where_listener_may_not)
{
	int host = MUST(ns_open(0, "net"));

	CHILD(box, NS_USER | NS_NET, .map = CONTAINER_MAP) {
		int own = MUST(ns_new(NS_NET)), watch = MUST(link_watch());
		MUST(nsid_assign(host, 7));
		MUST(nsid_assign(own, 8));
		MUST(listen_all(watch));
		TELL(box);
		HEAR(box);
		WITHIN(own)
			MUST(link_add_dummy("own"));
		struct nl_event event = NL_EVENT(watch);
		IS(rtnl_text(event.message, IFLA_IFNAME), "own"); /* the first that came */
		IS(event.nsid, 8);
	}
	HEAR(box);
	MUST(link_add_dummy("unheard"));
	DISMISS(box);
}

CASE(listen_all_nsid_needs_net_broadcast)
{
	OK(listen_all(MUST(link_watch()))); /* control */
	CHILD(lacking, 0) {
		MUST(cap_drop(CAP_NET_BROADCAST));
		FAILS(EPERM, listen_all(MUST(link_watch())));
	}
	EXITS(lacking, 0);
	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EPERM, listen_all(MUST(link_watch())));
		MUST(unshare(NS_NET));
		OK(listen_all(MUST(link_watch())));
	}
	EXITS(box, 0);
}
