// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helpers/child.h"
#include "helpers/claim.h"
#include "helpers/compat.h"

static struct nl_request link_request(int type, int flags, int index)
{
	struct ifinfomsg info = {.ifi_family = AF_UNSPEC, .ifi_index = index};

	return nl_request(type, flags, &info, sizeof(info));
}

static const struct ifinfomsg *link_info(const struct nlmsghdr *message)
{
	return NLMSG_DATA(message);
}

/* A request about a device that exists, by name. */
static int about_link(struct nl_request *r, int type, const char *name)
{
	int index = link_index(name);

	*r = link_request(type, 0, index);
	return index < 0 ? -1 : 0;
}

#define NEW (NLM_F_CREATE | NLM_F_EXCL)

int link_add(const char *name, const char *kind, int index)
{
	struct nl_request r = link_request(RTM_NEWLINK, NEW, index);

	nl_attr_text(&r, IFLA_IFNAME, name);
	struct rtattr *info = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, kind, strlen(kind));
	nl_nest_end(&r, info);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

/*
 * An index that this process gave to no other device. The kernel takes a device whose lower link has its own index for
 * one without a lower link, and the first index of two fresh namespaces is the same: the ends of a pair across them
 * would then hear of each other's coming up only with the next round of link events, up to a second later
 * (net/core/link_watch.c:linkwatch_urgent_event).
 */
static int distinct_index(void)
{
	static int last = 1000;

	return ++last;
}

int link_add_veth(const char *name, const char *peer, int peer_ns)
{
	bool across = peer_ns >= 0;
	struct nl_request r = link_request(RTM_NEWLINK, NEW, across ? distinct_index() : 0);
	struct ifinfomsg inside = {.ifi_index = across ? distinct_index() : 0};

	nl_attr_text(&r, IFLA_IFNAME, name);
	struct rtattr *info = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, "veth", strlen("veth"));
	struct rtattr *data = nl_nest(&r, IFLA_INFO_DATA);
	struct rtattr *other = nl_attr(&r, VETH_INFO_PEER, &inside, sizeof(inside));
	nl_attr_text(&r, IFLA_IFNAME, peer);
	if (across)
		nl_attr_u32(&r, IFLA_NET_NS_FD, (uint32_t)peer_ns);
	nl_nest_end(&r, other);
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

int link_add_upper(const char *name, const char *kind, const char *lower, int vlan_id)
{
	struct nl_request r = link_request(RTM_NEWLINK, NEW, 0);
	int index = link_index(lower);
	uint16_t id = (uint16_t)vlan_id;

	if (index < 0)
		return -1;
	nl_attr_text(&r, IFLA_IFNAME, name);
	nl_attr_u32(&r, IFLA_LINK, (uint32_t)index);
	struct rtattr *info = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, kind, strlen(kind));
	if (vlan_id) {
		struct rtattr *data = nl_nest(&r, IFLA_INFO_DATA);
		nl_attr(&r, IFLA_VLAN_ID, &id, sizeof(id));
		nl_nest_end(&r, data);
	}
	nl_nest_end(&r, info);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

int link_del(const char *name)
{
	struct nl_request r;

	return about_link(&r, RTM_DELLINK, name) < 0 ? -1 : nl_ask(NETLINK_ROUTE, &r, NULL);
}

static int set_flag(const char *name, unsigned int flag, bool on)
{
	struct nl_request r;

	if (about_link(&r, RTM_NEWLINK, name) < 0)
		return -1;
	struct ifinfomsg *info = NLMSG_DATA(&r.header);
	info->ifi_change = flag;
	info->ifi_flags = on ? flag : 0;
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

int link_up(const char *name)
{
	return set_flag(name, IFF_UP, true);
}

int link_down(const char *name)
{
	return set_flag(name, IFF_UP, false);
}

int link_rename(const char *name, const char *new_name)
{
	struct nl_request r;

	if (about_link(&r, RTM_NEWLINK, name) < 0)
		return -1;
	nl_attr_text(&r, IFLA_IFNAME, new_name);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

int link_set_number(const char *name, int attribute, uint32_t value)
{
	struct nl_request r;

	if (about_link(&r, RTM_NEWLINK, name) < 0)
		return -1;
	nl_attr_u32(&r, attribute, value);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

int link_change(struct nl_request *r, const char *name)
{
	return about_link(r, RTM_NEWLINK, name);
}

long long link_number(const char *name, int attribute)
{
	struct nl_request r = link_request(RTM_GETLINK, 0, 0);
	struct nl_answers answers;

	nl_attr_text(&r, IFLA_IFNAME, name);
	if (nl_ask(NETLINK_ROUTE, &r, &answers) < 0)
		return -1;
	return rtnl_number(answers.message[0], attribute);
}

int link_move(const char *name, int ns)
{
	return link_set_number(name, IFLA_NET_NS_FD, (uint32_t)ns);
}

int link_move_to_pid(const char *name, int pid)
{
	return link_set_number(name, IFLA_NET_NS_PID, (uint32_t)pid);
}

int link_master(const char *name, const char *master)
{
	int index = *master ? link_index(master) : 0;

	return index < 0 ? -1 : link_set_number(name, IFLA_MASTER, (uint32_t)index);
}

int link_index(const char *name)
{
	struct nl_request r = link_request(RTM_GETLINK, 0, 0);
	struct nl_answers answers;

	nl_attr_text(&r, IFLA_IFNAME, name);
	return nl_ask(NETLINK_ROUTE, &r, &answers) < 0 ? -1 : link_info(answers.message[0])->ifi_index;
}

int link_index_exists(int index)
{
	struct nl_request r = link_request(RTM_GETLINK, 0, index);
	struct nl_answers answers;

	return nl_ask(NETLINK_ROUTE, &r, &answers);
}

int link_flags(const char *name)
{
	struct ifreq ifr = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	int result = fd < 0 ? -1 : ioctl(fd, SIOCGIFFLAGS, &ifr);
	int err = errno;
	close(fd);
	errno = err;
	return result < 0 ? -1 : (unsigned short)ifr.ifr_flags;
}

struct prefix {
	unsigned char family, length, size, bytes[16];
};

/* "10.0.0.0/8", "fd00::1/64", a plain address, or "default". */
static int parse_prefix(const char *text, struct prefix *p)
{
	char address[64];
	const char *slash = strchr(text, '/');

	*p = (struct prefix){.family = strchr(text, ':') ? AF_INET6 : AF_INET};
	p->size = p->family == AF_INET6 ? 16 : 4;
	if (strcmp(text, "default") == 0)
		return 0;
	p->length = (unsigned char)(slash ? atoi(slash + 1) : 8 * p->size);
	snprintf(address, sizeof(address), "%.*s", (int)(slash ? slash - text : (long)strlen(text)), text);
	if (inet_pton(p->family, address, p->bytes) == 1)
		return 0;
	errno = EINVAL;
	return -1;
}

int addr_add(const char *name, const char *address)
{
	struct prefix p;
	int index = link_index(name);

	if (index < 0 || parse_prefix(address, &p) < 0)
		return -1;
	struct ifaddrmsg msg = {.ifa_family = p.family,
				.ifa_prefixlen = p.length,
				.ifa_index = (unsigned int)index,
				.ifa_flags = p.family == AF_INET6 ? IFA_F_NODAD : 0};
	struct nl_request r = nl_request(RTM_NEWADDR, NEW, &msg, sizeof(msg));
	nl_attr(&r, IFA_LOCAL, p.bytes, p.size);
	nl_attr(&r, IFA_ADDRESS, p.bytes, p.size);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

int route_add(const char *to, const char *gateway, const char *device)
{
	struct prefix dst, via;
	int index = device ? link_index(device) : 0;

	if (index < 0 || parse_prefix(to, &dst) < 0 || (gateway && parse_prefix(gateway, &via) < 0))
		return -1;
	struct rtmsg msg = {.rtm_family = gateway ? via.family : dst.family,
			    .rtm_dst_len = dst.length,
			    .rtm_table = RT_TABLE_MAIN,
			    .rtm_protocol = RTPROT_BOOT,
			    .rtm_type = RTN_UNICAST,
			    .rtm_scope = gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK};
	struct nl_request r = nl_request(RTM_NEWROUTE, NEW, &msg, sizeof(msg));
	if (dst.length)
		nl_attr(&r, RTA_DST, dst.bytes, dst.size);
	if (gateway)
		nl_attr(&r, RTA_GATEWAY, via.bytes, via.size);
	if (device)
		nl_attr_u32(&r, RTA_OIF, (uint32_t)index);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

int neigh_add(const char *name, const char *address, const unsigned char lladdr[6])
{
	struct prefix p;
	int index = link_index(name);

	if (index < 0 || parse_prefix(address, &p) < 0)
		return -1;
	struct ndmsg msg = {.ndm_family = p.family, .ndm_ifindex = index, .ndm_state = NUD_PERMANENT};
	struct nl_request r = nl_request(RTM_NEWNEIGH, NEW, &msg, sizeof(msg));
	nl_attr(&r, NDA_DST, p.bytes, p.size);
	nl_attr(&r, NDA_LLADDR, lladdr, 6);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

int rtnl_dump(int type, int family, struct nl_answers *answers)
{
	/* struct ifinfomsg is the longest of the family headers; all begin with the family. */
	struct ifinfomsg any = {.ifi_family = (unsigned char)family};
	struct nl_request r = nl_request(type, NLM_F_DUMP, &any, sizeof(any));

	return nl_ask(NETLINK_ROUTE, &r, answers) < 0 ? -1 : answers->count;
}

int rtnl_count(int type, int family)
{
	struct nl_answers answers;

	return rtnl_dump(type, family, &answers);
}

/* Sizes of the family headers, by groups of four messages each: RTM_NEWX, RTM_DELX, RTM_GETX, RTM_SETX. */
static size_t header_size(int type)
{
	switch ((type - RTM_BASE) / 4) {
	case (RTM_NEWLINK - RTM_BASE) / 4: return sizeof(struct ifinfomsg);
	case (RTM_NEWADDR - RTM_BASE) / 4: return sizeof(struct ifaddrmsg);
	case (RTM_NEWROUTE - RTM_BASE) / 4: return sizeof(struct rtmsg);
	case (RTM_NEWNEIGH - RTM_BASE) / 4: return sizeof(struct ndmsg);
	case (RTM_NEWRULE - RTM_BASE) / 4: return sizeof(struct fib_rule_hdr);
	default: return sizeof(struct rtgenmsg);
	}
}

const struct rtattr *rtnl_attr(const struct nlmsghdr *message, int type)
{
	return nl_find(message, header_size(message->nlmsg_type), type);
}

const char *rtnl_text(const struct nlmsghdr *message, int type)
{
	const struct rtattr *a = rtnl_attr(message, type);

	return a ? RTA_DATA(a) : NULL;
}

long long rtnl_number(const struct nlmsghdr *message, int type)
{
	const struct rtattr *a = rtnl_attr(message, type);

	return a && RTA_PAYLOAD(a) == sizeof(uint32_t) ? *(const uint32_t *)RTA_DATA(a) : -1LL;
}

int route_listed(const char *to)
{
	struct prefix p;
	struct nl_answers routes;

	if (parse_prefix(to, &p) < 0 || rtnl_dump(RTM_GETROUTE, p.family, &routes) < 0)
		return -1;
	for (int i = 0; i < routes.count && i < NL_ANSWERS; i++) {
		const struct rtmsg *route = NLMSG_DATA(routes.message[i]);
		const struct rtattr *dst = rtnl_attr(routes.message[i], RTA_DST);
		if (route->rtm_dst_len == p.length && dst && memcmp(RTA_DATA(dst), p.bytes, p.size) == 0)
			return 1;
	}
	return 0;
}

int link_watch(void)
{
	return nl_open(NETLINK_ROUTE, RTMGRP_LINK);
}

/* Waits for an event of `type` about the device that says all of `flags` (IFF_*). */
static void await_event(const char *file, int line, int watch, int type, int index, unsigned int flags)
{
	char event[16384];

	for (;;) {
		child_await(file, line, watch);
		ssize_t got = recv(watch, event, sizeof(event), MSG_DONTWAIT);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			record_end(RECORD_ERROR, file, line, "cannot read device events: %s",
				   errno_name(errno));
		for (struct nlmsghdr *h = (struct nlmsghdr *)event; got > 0 && NLMSG_OK(h, (uint32_t)got);
		     h = NLMSG_NEXT(h, got))
			if (h->nlmsg_type == type && link_info(h)->ifi_index == index &&
			    (link_info(h)->ifi_flags & flags) == flags)
				return;
	}
}

void link_await(const char *file, int line, int watch, int index, bool gone)
{
	await_event(file, line, watch, gone ? RTM_DELLINK : RTM_NEWLINK, index, 0);
}

void link_await_running(const char *file, int line, const char *name)
{
	int watch = link_watch(), index = link_index(name), flags = link_flags(name);

	if (watch < 0 || index < 0 || flags < 0)
		record_end(RECORD_ERROR, file, line, "cannot watch device '%s': %s", name, errno_name(errno));
	if (!(flags & IFF_RUNNING))
		await_event(file, line, watch, RTM_NEWLINK, index, IFF_RUNNING);
	close(watch);
}

const char *link_spare(void)
{
	static char name[IF_NAMESIZE];
	struct nl_answers links;

	if (rtnl_dump(RTM_GETLINK, AF_UNSPEC, &links) < 0)
		return NULL;
	for (int i = 0; i < links.count && i < NL_ANSWERS; i++) {
		const struct ifinfomsg *info = link_info(links.message[i]);
		if (info->ifi_type != ARPHRD_ETHER || info->ifi_flags & IFF_UP ||
		    rtnl_attr(links.message[i], IFLA_LINKINFO))
			continue;
		snprintf(name, sizeof(name), "%s", rtnl_text(links.message[i], IFLA_IFNAME));
		return name;
	}
	errno = ENODEV;
	return NULL;
}
