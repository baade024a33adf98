// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helpers/child.h"
#include "helpers/claim.h"
#include "helpers/compat.h"

struct request {
	struct nlmsghdr header;
	char body[1024];
};

/* Appends to the request and gives where it begins; the room is ample for all requests made here. */
static void *append(struct request *r, const void *data, size_t size)
{
	char *at = (char *)r + NLMSG_ALIGN(r->header.nlmsg_len);

	if (data)
		memcpy(at, data, size);
	r->header.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->header.nlmsg_len) + size);
	return at;
}

static struct request request_make(int type, int flags, const void *family_header, size_t size)
{
	struct request r = {.header = {.nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = (uint16_t)type,
				       .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags)}};

	append(&r, family_header, size);
	return r;
}

static struct rtattr *attr(struct request *r, int type, const void *data, size_t size)
{
	struct rtattr a = {.rta_type = (unsigned short)type, .rta_len = (unsigned short)RTA_LENGTH(size)};
	struct rtattr *at = append(r, &a, sizeof(a));

	if (size)
		append(r, data, size);
	return at;
}

static void attr_text(struct request *r, int type, const char *text)
{
	attr(r, type, text, strlen(text) + 1);
}

static void attr_u32(struct request *r, int type, uint32_t value)
{
	attr(r, type, &value, sizeof(value));
}

static void nest_end(struct request *r, struct rtattr *nest)
{
	r->header.nlmsg_len = NLMSG_ALIGN(r->header.nlmsg_len);
	nest->rta_len = (unsigned short)((char *)r + r->header.nlmsg_len - (char *)nest);
}

static int rtnl_open(unsigned int groups)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Sends one request and reads answers until the kernel's last word, counting those of a dump. */
static int transact(struct request *r, int *count)
{
	int fd = rtnl_open(0), result = -1, err = EIO;
	char answer[16384];
	bool done = false;

	if (fd < 0)
		return -1;
	if (send(fd, r, r->header.nlmsg_len, 0) < 0) {
		err = errno;
		done = true;
	}
	while (!done) {
		ssize_t got = recv(fd, answer, sizeof(answer), 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		for (struct nlmsghdr *h = (struct nlmsghdr *)answer; NLMSG_OK(h, (uint32_t)got); h = NLMSG_NEXT(h, got)) {
			if (h->nlmsg_type == NLMSG_ERROR) {
				err = -((struct nlmsgerr *)NLMSG_DATA(h))->error;
				result = err ? -1 : 0;
				done = true;
			} else if (h->nlmsg_type == NLMSG_DONE) {
				result = 0;
				done = true;
			} else if (count) {
				(*count)++;
			} else {
				result = ((struct ifinfomsg *)NLMSG_DATA(h))->ifi_index; /* the answer to RTM_GETLINK */
				err = 0;
				done = true;
			}
		}
	}
	close(fd);
	errno = err;
	return result;
}

static int ask(struct request *r)
{
	r->header.nlmsg_flags |= NLM_F_ACK;
	return transact(r, NULL);
}

static struct request link_request(int type, int flags, int index)
{
	struct ifinfomsg info = {.ifi_family = AF_UNSPEC, .ifi_index = index};

	return request_make(type, flags, &info, sizeof(info));
}

/* A request about a device that exists, by name. */
static int about_link(struct request *r, int type, const char *name)
{
	int index = link_index(name);

	*r = link_request(type, 0, index);
	return index < 0 ? -1 : 0;
}

#define NEW (NLM_F_CREATE | NLM_F_EXCL)

int link_add(const char *name, const char *kind, int index)
{
	struct request r = link_request(RTM_NEWLINK, NEW, index);

	attr_text(&r, IFLA_IFNAME, name);
	struct rtattr *info = attr(&r, IFLA_LINKINFO, NULL, 0);
	attr(&r, IFLA_INFO_KIND, kind, strlen(kind));
	nest_end(&r, info);
	return ask(&r);
}

int link_add_veth(const char *name, const char *peer, int peer_ns)
{
	struct request r = link_request(RTM_NEWLINK, NEW, 0);
	struct ifinfomsg empty = {0};

	attr_text(&r, IFLA_IFNAME, name);
	struct rtattr *info = attr(&r, IFLA_LINKINFO, NULL, 0);
	attr(&r, IFLA_INFO_KIND, "veth", strlen("veth"));
	struct rtattr *data = attr(&r, IFLA_INFO_DATA, NULL, 0);
	struct rtattr *other = attr(&r, VETH_INFO_PEER, &empty, sizeof(empty));
	attr_text(&r, IFLA_IFNAME, peer);
	if (peer_ns >= 0)
		attr_u32(&r, IFLA_NET_NS_FD, (uint32_t)peer_ns);
	nest_end(&r, other);
	nest_end(&r, data);
	nest_end(&r, info);
	return ask(&r);
}

int link_add_upper(const char *name, const char *kind, const char *lower, int vlan_id)
{
	struct request r = link_request(RTM_NEWLINK, NEW, 0);
	int index = link_index(lower);
	uint16_t id = (uint16_t)vlan_id;

	if (index < 0)
		return -1;
	attr_text(&r, IFLA_IFNAME, name);
	attr_u32(&r, IFLA_LINK, (uint32_t)index);
	struct rtattr *info = attr(&r, IFLA_LINKINFO, NULL, 0);
	attr(&r, IFLA_INFO_KIND, kind, strlen(kind));
	if (vlan_id) {
		struct rtattr *data = attr(&r, IFLA_INFO_DATA, NULL, 0);
		attr(&r, IFLA_VLAN_ID, &id, sizeof(id));
		nest_end(&r, data);
	}
	nest_end(&r, info);
	return ask(&r);
}

int link_del(const char *name)
{
	struct request r;

	return about_link(&r, RTM_DELLINK, name) < 0 ? -1 : ask(&r);
}

static int set_flag(const char *name, unsigned int flag, bool on)
{
	struct request r;

	if (about_link(&r, RTM_NEWLINK, name) < 0)
		return -1;
	struct ifinfomsg *info = NLMSG_DATA(&r.header);
	info->ifi_change = flag;
	info->ifi_flags = on ? flag : 0;
	return ask(&r);
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
	struct request r;

	if (about_link(&r, RTM_NEWLINK, name) < 0)
		return -1;
	attr_text(&r, IFLA_IFNAME, new_name);
	return ask(&r);
}

static int set_number(const char *name, int type, uint32_t value)
{
	struct request r;

	if (about_link(&r, RTM_NEWLINK, name) < 0)
		return -1;
	attr_u32(&r, type, value);
	return ask(&r);
}

int link_move(const char *name, int ns)
{
	return set_number(name, IFLA_NET_NS_FD, (uint32_t)ns);
}

int link_move_to_pid(const char *name, int pid)
{
	return set_number(name, IFLA_NET_NS_PID, (uint32_t)pid);
}

int link_master(const char *name, const char *master)
{
	int index = *master ? link_index(master) : 0;

	return index < 0 ? -1 : set_number(name, IFLA_MASTER, (uint32_t)index);
}

int link_index(const char *name)
{
	struct request r = link_request(RTM_GETLINK, 0, 0);

	attr_text(&r, IFLA_IFNAME, name);
	return transact(&r, NULL);
}

int link_index_exists(int index)
{
	struct request r = link_request(RTM_GETLINK, 0, index);

	return transact(&r, NULL) < 0 ? -1 : 0;
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

static int addr_change(int type, int flags, const char *name, const char *address)
{
	struct prefix p;
	int index = link_index(name);

	if (index < 0 || parse_prefix(address, &p) < 0)
		return -1;
	struct ifaddrmsg msg = {.ifa_family = p.family, .ifa_prefixlen = p.length, .ifa_index = (unsigned int)index,
				.ifa_flags = p.family == AF_INET6 ? IFA_F_NODAD : 0};
	struct request r = request_make(type, flags, &msg, sizeof(msg));
	attr(&r, IFA_LOCAL, p.bytes, p.size);
	attr(&r, IFA_ADDRESS, p.bytes, p.size);
	return ask(&r);
}

int addr_add(const char *name, const char *address)
{
	return addr_change(RTM_NEWADDR, NEW, name, address);
}

int addr_del(const char *name, const char *address)
{
	return addr_change(RTM_DELADDR, 0, name, address);
}

int route_add(const char *to, const char *gateway, const char *device)
{
	struct prefix dst, via;
	int index = device ? link_index(device) : 0;

	if (index < 0 || parse_prefix(to, &dst) < 0 || (gateway && parse_prefix(gateway, &via) < 0))
		return -1;
	struct rtmsg msg = {.rtm_family = gateway ? via.family : dst.family, .rtm_dst_len = dst.length,
			    .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT, .rtm_type = RTN_UNICAST,
			    .rtm_scope = gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK};
	struct request r = request_make(RTM_NEWROUTE, NEW, &msg, sizeof(msg));
	if (dst.length)
		attr(&r, RTA_DST, dst.bytes, dst.size);
	if (gateway)
		attr(&r, RTA_GATEWAY, via.bytes, via.size);
	if (device)
		attr_u32(&r, RTA_OIF, (uint32_t)index);
	return ask(&r);
}

int neigh_add(const char *name, const char *address, const unsigned char lladdr[6])
{
	struct prefix p;
	int index = link_index(name);

	if (index < 0 || parse_prefix(address, &p) < 0)
		return -1;
	struct ndmsg msg = {.ndm_family = p.family, .ndm_ifindex = index, .ndm_state = NUD_PERMANENT};
	struct request r = request_make(RTM_NEWNEIGH, NEW, &msg, sizeof(msg));
	attr(&r, NDA_DST, p.bytes, p.size);
	attr(&r, NDA_LLADDR, lladdr, 6);
	return ask(&r);
}

int rtnl_count(int type, int family)
{
	/* struct ifinfomsg is the longest of the family headers; all begin with the family. */
	struct ifinfomsg any = {.ifi_family = (unsigned char)family};
	struct request r = request_make(type, NLM_F_DUMP, &any, sizeof(any));
	int count = 0;

	return transact(&r, &count) < 0 ? -1 : count;
}

int link_watch(void)
{
	return rtnl_open(RTMGRP_LINK);
}

void link_await(const char *file, int line, int watch, int index, bool gone)
{
	char event[16384];

	for (;;) {
		child_await(file, line, watch);
		ssize_t got = recv(watch, event, sizeof(event), MSG_DONTWAIT);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			record_end(RECORD_ERROR, file, line, "cannot read device events: %s", errno_name(errno));
		for (struct nlmsghdr *h = (struct nlmsghdr *)event; got > 0 && NLMSG_OK(h, (uint32_t)got);
		     h = NLMSG_NEXT(h, got))
			if (h->nlmsg_type == (gone ? RTM_DELLINK : RTM_NEWLINK) &&
			    ((struct ifinfomsg *)NLMSG_DATA(h))->ifi_index == index)
				return;
	}
}
