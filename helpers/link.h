/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_LINK_H
#define HELPERS_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "helpers/netlink.h"

/*
 * Network devices, addresses and routes of the caller's network namespace over rtnetlink(7), with the
 * kernel's own errno. Own code, since libmnl has no static library in Debian and `ip` hides errno and
 * events; `ip` (tool.h) is for the tests that are about it, and for a second opinion.
 * All give -1 with errno unless they say otherwise. A failed request's errno is the kernel's.
 */

/* New devices; the name must be free. `index` 0 lets the kernel choose. */
int link_add(const char *name, const char *kind, int index);
static inline int link_add_dummy(const char *name)
{
	return link_add(name, "dummy", 0);
}
static inline int link_add_bridge(const char *name)
{
	return link_add(name, "bridge", 0);
}
/* A veth pair; the peer is made in the namespace behind `peer_ns`, or in the caller's own if that is -1. */
int link_add_veth(const char *name, const char *peer, int peer_ns);
/* A device on top of another one: "macvlan", "ipvlan", or "vlan" with its id. */
int link_add_upper(const char *name, const char *kind, const char *lower, int vlan_id);

int link_del(const char *name);
int link_up(const char *name);
int link_down(const char *name);
int link_rename(const char *name, const char *new_name);
/* Moves a device into the namespace behind a descriptor (IFLA_NET_NS_FD), or of a process (IFLA_NET_NS_PID). */
int link_move(const char *name, int ns);
int link_move_to_pid(const char *name, int pid);
/* Enslaves a device to a bridge; "" frees it. */
int link_master(const char *name, const char *master);

/*
 * What the above does not say: a request that changes a device and takes more attributes (IFLA_*), for nl_ask.
 * And one such attribute, a number of 32 bits: set, or read (-1 with ENODATA if the device has it not).
 */
int link_change(struct nl_request *r, const char *name);
int link_set_number(const char *name, int attribute, uint32_t value);
long long link_number(const char *name, int attribute);

/* The index of a device by RTM_GETLINK; -1 with errno, ENODEV if there is none. */
int link_index(const char *name);
/* 0 if a device with this index exists; -1 with errno, ENODEV if not. */
int link_index_exists(int index);
/* IFF_* flags (netdevice(7)) of a device. */
int link_flags(const char *name);

/*
 * A network card that nobody uses: Ethernet, down, and of no kind that can be made at will; its name in a
 * static buffer. NULL with errno, ENODEV if there is none.
 */
const char *link_spare(void);

/* "10.0.0.1/24" or "fd00::1/64" (without duplicate address detection) on a device. */
int addr_add(const char *name, const char *address);
/* A route to "192.0.2.0/24" or "default" by gateway, or by device if `gateway` is NULL. */
int route_add(const char *to, const char *gateway, const char *device);
/* A permanent neighbour entry, for an IPv4 address. */
int neigh_add(const char *name, const char *address, const unsigned char lladdr[6]);

/*
 * The number of objects that a dump lists: `type` is RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH or
 * RTM_GETRULE, `family` AF_UNSPEC, AF_INET or AF_INET6.
 */
int rtnl_count(int type, int family);
/* The same, and the objects themselves. */
int rtnl_dump(int type, int family, struct nl_answers *answers);

/* An attribute of such an object, or of any rtnetlink message: NULL or -1 (a number has 32 bits) with ENODATA if it is not there. */
const struct rtattr *rtnl_attr(const struct nlmsghdr *message, int type);
const char *rtnl_text(const struct nlmsghdr *message, int type);
long long rtnl_number(const struct nlmsghdr *message, int type);

/* 1 if a dump lists a route to exactly this prefix ("192.0.2.0/24"), 0 if not. */
int route_listed(const char *to);

/*
 * Device events: a descriptor subscribed to RTNLGRP_LINK in the caller's namespace from now on, and a wait
 * for the RTM_DELLINK or RTM_NEWLINK of one index. The wait ends the test if something else ends it first.
 */
int link_watch(void);
#define LINK_AWAIT_GONE(watch, index) link_await(__FILE__, __LINE__, watch, index, true)
#define LINK_AWAIT_NEW(watch, index)  link_await(__FILE__, __LINE__, watch, index, false)
void link_await(const char *file, int line, int watch, int index, bool gone);

/*
 * Waits until a device that is up can carry traffic (IFF_RUNNING), which takes a moment after both ends of a
 * veth, or a port of a bridge, have come up.
 */
#define LINK_AWAIT_RUNNING(name) link_await_running(__FILE__, __LINE__, name)
void link_await_running(const char *file, int line, const char *name);

#endif
