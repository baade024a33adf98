// SPDX-License-Identifier: GPL-2.0-only
/* Devices that are moved from one network namespace to another. ip-netns(8), rtnetlink(7) */
#include <linux/if.h>
#include <sys/ioctl.h>

#include "helpers/nscheck.h"

#define GROUP     "net.move"
#define GROUP_OWN NS_NET

/* Moves a device, with one more number in the request (IFLA_NEW_IFINDEX). */
static int move_with_number(const char *name, int ns, int attribute, int value)
{
	struct nl_request r;

	MUST(link_change(&r, name));
	nl_attr_u32(&r, IFLA_NET_NS_FD, (uint32_t)ns);
	nl_attr_u32(&r, attribute, (uint32_t)value);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

static int move_with_name(const char *name, int ns, const char *new_name)
{
	struct nl_request r;

	MUST(link_change(&r, name));
	nl_attr_u32(&r, IFLA_NET_NS_FD, (uint32_t)ns);
	nl_attr_text(&r, IFLA_IFNAME, new_name);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

static const unsigned char mac[6] = {2, 0, 0, 0, 0, 77};

/* A dummy with a hardware address and an MTU by which it is known again. */
static void add_marked(const char *name)
{
	struct nl_request r;

	MUST(link_add_dummy(name));
	MUST(link_change(&r, name));
	nl_attr(&r, IFLA_ADDRESS, mac, sizeof(mac));
	nl_attr_u32(&r, IFLA_MTU, 1234);
	MUST(nl_ask(NETLINK_ROUTE, &r, NULL));
}

static void claim_marked_within(int ns, const char *name)
{
	struct ifreq ifr = {0};

	strncpy(ifr.ifr_name, name, sizeof(ifr.ifr_name) - 1);
	WITHIN(ns) {
		IS(link_number(name, IFLA_MTU), 1234);
		OK(ioctl(MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), SIOCGIFHWADDR, &ifr));
	}
	HOLDS(memcmp(ifr.ifr_hwaddr.sa_data, mac, sizeof(mac)) == 0);
	FAILS(ENODEV, link_index(name));
}

CASE(by_fd_and_by_pid)
{
	CHILD(box, NS_NET) {
		HEAR(box);
	}
	int a = MUST(ns_open(box->pid, "net"));

	add_marked("by_fd");
	add_marked("by_pid");
	OK(link_move("by_fd", a));
	OK(link_move_to_pid("by_pid", box->pid));
	claim_marked_within(a, "by_fd");
	claim_marked_within(a, "by_pid");
	DISMISS(box);
}

CASE(configuration_is_flushed)
{
	int a = MUST(ns_new(NS_NET));

	MUST(link_add_veth("v0", "v1", -1));
	MUST(addr_add("v0", "10.5.0.1/24"));
	MUST(link_up("v0"));
	IS(route_listed("10.5.0.0/24"), 1); /* control */
	OK(link_move("v0", a));
	IS(route_listed("10.5.0.0/24"), 0);
	WITHIN(a) {
		HOLDS(!(OK(link_flags("v0")) & IFF_UP));
		IS(rtnl_count(RTM_GETADDR, AF_UNSPEC), 0);
		IS(route_listed("10.5.0.0/24"), 0);
	}
}

/* The next event of this type. */
static const struct nlmsghdr *event_of_type(int watch, int type)
{
	const struct nlmsghdr *message;

	do
		message = NL_EVENT(watch).message;
	while (message->nlmsg_type != type);
	return message;
}

static int index_in(const struct nlmsghdr *message)
{
	return ((const struct ifinfomsg *)NLMSG_DATA(message))->ifi_index;
}

CASE(announced_in_both_namespaces)
{
	int a = MUST(ns_new(NS_NET)), there = -1, new_index = -1;

	MUST(link_add_veth("v0", "v1", -1));
	int index = MUST(link_index("v0")), here = MUST(link_watch());
	WITHIN(a) {
		MUST(link_add("taken", "dummy", index)); /* so that it gets another index */
		there = MUST(link_watch());
	}
	OK(link_move("v0", a));
	WITHIN(a)
		new_index = OK(link_index("v0"));
	IS_NOT(new_index, index);

	const struct nlmsghdr *gone = event_of_type(here, RTM_DELLINK), *come;
	IS(index_in(gone), index);
	IS(rtnl_number(gone, IFLA_NEW_IFINDEX), new_index);
	IS(rtnl_number(gone, IFLA_NEW_NETNSID), nsid(a));
	HOLDS(nsid(a) >= 0);
	come = event_of_type(there, RTM_NEWLINK);
	IS(index_in(come), new_index);
	IS(rtnl_text(come, IFLA_IFNAME), "v0");
}

CASE(name_conflict_and_rename)
{
	int a = MUST(ns_new(NS_NET));

	MUST(link_add_dummy("d0"));
	WITHIN(a)
		MUST(link_add_dummy("d0"));
	FAILS(EEXIST, link_move("d0", a));
	OK(link_index("d0"));
	OK(move_with_name("d0", a, "d1"));
	FAILS(ENODEV, link_index("d0"));
	FAILS(ENODEV, link_index("d1"));
	WITHIN(a) {
		OK(link_index("d0"));
		OK(link_index("d1"));
	}
}

/* Adds or deletes (RTM_NEWLINKPROP, RTM_DELLINKPROP) an alternative name. */
static int altname_change(int type, const char *name, const char *altname)
{
	struct ifinfomsg info = {.ifi_index = MUST(link_index(name))};
	int flags = type == RTM_NEWLINKPROP ? NLM_F_CREATE | NLM_F_EXCL | NLM_F_APPEND : 0;
	struct nl_request r = nl_request(type, flags, &info, sizeof(info));

	struct rtattr *list = nl_nest(&r, IFLA_PROP_LIST | NLA_F_NESTED);
	nl_attr_text(&r, IFLA_ALT_IFNAME, altname);
	nl_nest_end(&r, list);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

static int altname_find(const char *altname)
{
	struct ifinfomsg info = {0};
	struct nl_request r = nl_request(RTM_GETLINK, 0, &info, sizeof(info));
	struct nl_answers answers;

	nl_attr_text(&r, IFLA_ALT_IFNAME, altname);
	return nl_ask(NETLINK_ROUTE, &r, &answers) < 0 ? -1 : index_in(answers.message[0]);
}

CASE(altname_conflict_is_refused)
{
	int a = MUST(ns_new(NS_NET));

	MUST(link_add_dummy("d0"));
	MUST(altname_change(RTM_NEWLINKPROP, "d0", "an-alternative-name"));
	WITHIN(a) {
		MUST(link_add_dummy("other"));
		MUST(altname_change(RTM_NEWLINKPROP, "other", "an-alternative-name"));
	}
	FAILS(EEXIST, link_move("d0", a));
	IS(altname_find("an-alternative-name"), link_index("d0"));
	WITHIN(a)
		MUST(altname_change(RTM_DELLINKPROP, "other", "an-alternative-name"));
	OK(link_move("d0", a));
	FAILS(ENODEV, altname_find("an-alternative-name"));
	WITHIN(a)
		IS(altname_find("an-alternative-name"), link_index("d0"));
}

CASE(index_kept_or_reassigned)
{
	int a = MUST(ns_new(NS_NET));

	MUST(link_add("kept", "dummy", 499));
	MUST(link_add("changed", "dummy", 500));
	WITHIN(a)
		MUST(link_add("taken", "dummy", 500));
	OK(link_move("kept", a));
	OK(link_move("changed", a));
	WITHIN(a) {
		IS(link_index("kept"), 499);
		IS(link_index("taken"), 500);
		IS_NOT(OK(link_index("changed")), 500);
	}
}

CASE(requested_index)
{
	int a = MUST(ns_new(NS_NET));

	MUST(link_add_dummy("d0"));
	MUST(link_add_dummy("d1"));
	OK(move_with_number("d0", a, IFLA_NEW_IFINDEX, 777));
	FAILS(ENODEV, link_index("d0"));
	WITHIN(a)
		IS(link_index("d0"), 777);
	FAILS(EBUSY, move_with_number("d1", a, IFLA_NEW_IFINDEX, 777));
	OK(link_index("d1"));
	OK(move_with_number("d1", a, IFLA_NEW_IFINDEX, 778)); /* control */
}

/* IFLA_NETNS_IMMUTABLE of a device; -1 with ENODATA where kernels do not tell. */
static int immutable(const char *name)
{
	struct nl_answers links;

	MUST(rtnl_dump(RTM_GETLINK, AF_UNSPEC, &links));
	for (int i = 0; i < links.count && i < NL_ANSWERS; i++) {
		const struct rtattr *a = rtnl_attr(links.message[i], COMPAT_IFLA_NETNS_IMMUTABLE);
		if (strcmp(rtnl_text(links.message[i], IFLA_IFNAME), name) == 0)
			return a ? *(const unsigned char *)RTA_DATA(a) : -1;
	}
	errno = ENODATA;
	return -1;
}

static int add_vrf(const char *name)
{
	struct ifinfomsg info = {0};
	struct nl_request r = nl_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));

	nl_attr_text(&r, IFLA_IFNAME, name);
	struct rtattr *link = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, "vrf", strlen("vrf"));
	struct rtattr *data = nl_nest(&r, IFLA_INFO_DATA);
	nl_attr_u32(&r, IFLA_VRF_TABLE, 123);
	nl_nest_end(&r, data);
	nl_nest_end(&r, link);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

static void refuses_to_move(const char *device)
{
	int index = MUST(link_index(device)), a = MUST(ns_new(NS_NET));

	OTHER_NS(BEHIND(a), 0, NS_NET);
	FAILS(EINVAL, link_move(device, a));
	IS(link_index(device), index);
	FAILS(EBADF, link_move(device, -1)); /* control: the kernel looked at where it should go */
}

/* Control: what is not bound to its namespace goes. */
static void goes_to_another_namespace(void)
{
	MUST(link_add_dummy("d0"));
	OK(link_move("d0", MUST(ns_new(NS_NET))));
	FAILS(ENODEV, link_index("d0"));
}

CASE(loopback_refuses)
{
	refuses_to_move("lo");
}

CASE(fallback_tunnel_refuses, .initial = NS_NET)
{
	refuses_to_move("tunl0");
}

CASE(bridge_refuses)
{
	MUST(link_add_bridge("br0"));
	refuses_to_move("br0");
	goes_to_another_namespace();
}

CASE(bond_refuses)
{
	MUST(link_add("bo0", "bond", 0));
	refuses_to_move("bo0");
	goes_to_another_namespace();
}

CASE(vrf_refuses)
{
	MUST(add_vrf("vrf0"));
	refuses_to_move("vrf0");
	goes_to_another_namespace();
}

CASE(netns_immutable_is_told, .unsabotaged = "what the kernel tells of devices; no isolation is observed")
{
	MUST(link_add_bridge("br0"));
	MUST(link_add_dummy("d0"));
	IS(immutable("lo"), 1);
	IS(immutable("br0"), 1);
	IS(immutable("d0"), 0);
}

#define NO_SUCH_PID 0x7ffffffe

CASE(bad_target_errors)
{
	int null = MUST(open("/dev/null", O_RDONLY | O_CLOEXEC)), uts = MUST(ns_open(0, "uts"));
	int a = MUST(ns_new(NS_NET)), home = MUST(ns_open(0, "net"));

	MUST(link_add_dummy("d0"));
	int index = MUST(link_index("d0"));
	CHILD(zombie, 0) {}
	AWAIT_ZOMBIE(zombie);
	FAILS(EBADF, link_move("d0", -1));
	FAILS(EINVAL, link_move("d0", null));
	FAILS(EINVAL, link_move("d0", uts));
	FAILS(ESRCH, link_move_to_pid("d0", NO_SUCH_PID));
	FAILS(ESRCH, link_move_to_pid("d0", zombie->pid));
	FAILS(EINVAL, move_with_number("d0", a, IFLA_NET_NS_PID, getpid()));
	EXITS(zombie, 0);
	IS(link_index("d0"), index);

	OK(link_move("d0", home));
	IS(link_index("d0"), index);
	OK(link_move("d0", a)); /* control */
	FAILS(ENODEV, link_index("d0"));
}

CASE(pid_is_resolved_in_callers_pidns)
{
	CHILD(box, NS_PID | NS_NET) {
		int outer = (int)HEAR(box);
		IS(getpid(), 1);
		MUST(link_add_dummy("d0"));
		OK(link_move_to_pid("d0", 1)); /* to itself */
		OK(link_index("d0"));
		FAILS(ESRCH, link_move_to_pid("d0", outer));
		OK(link_index("d0"));
		TELL(box);
		HEAR(box);
	}
	TELL(box, getpid());
	HEAR(box);
	FAILS(ENODEV, link_index("d0"));
	MUST(link_add_dummy("d1"));
	OK(link_move_to_pid("d1", box->pid)); /* control: here the same process has another number */
	FAILS(ENODEV, link_index("d1"));
	DISMISS(box);
}

static int add_dummy_at_pid(const char *name, pid_t pid)
{
	struct ifinfomsg info = {0};
	struct nl_request r = nl_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));

	nl_attr_text(&r, IFLA_IFNAME, name);
	nl_attr_u32(&r, IFLA_NET_NS_PID, (uint32_t)pid);
	struct rtattr *link = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, "dummy", strlen("dummy"));
	nl_nest_end(&r, link);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

CASE(needs_admin_in_target)
{
	int home = MUST(ns_open(0, "net"));
	pid_t host = getpid();

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(box, NS_USER | NS_NET, .map = "0 1000 1") {
			MUST(link_add_dummy("d0"));
			FAILS(EPERM, link_move("d0", home));
			FAILS(EPERM, link_move_to_pid("d0", host));
			FAILS(EPERM, add_dummy_at_pid("d1", host));
			OK(link_index("d0"));
			CHILD(inner, NS_USER | NS_NET, .map = "0 0 1") {
				HEAR(inner);
				OK(link_index("d0"));
				OK(link_index("d1"));
			}
			OK(link_move_to_pid("d0", inner->pid)); /* controls */
			OK(add_dummy_at_pid("d1", inner->pid));
			DISMISS(inner);
		}
		EXITS(box, 0);
	}
	EXITS(user, 0);
	FAILS(ENODEV, link_index("d0"));
	FAILS(ENODEV, link_index("d1"));
}
