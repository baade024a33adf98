// SPDX-License-Identifier: GPL-2.0-only
/* Who may change a network namespace: user_namespaces(7), "Interaction of user namespaces and other types" */
#include <arpa/inet.h>
#include <linux/if_tunnel.h>
#include <linux/veth.h>
#include <netinet/in.h>

#include "helpers/nscheck.h"

#define GROUP     "net.perm"
#define GROUP_OWN NS_NET

/* socket(2), closed at once. -1 with errno. */
static int try_socket(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	return fd < 0 ? -1 : close(fd);
}

CASE(userns_root_is_powerless_in_host_netns)
{
	int home = MUST(ns_open(0, "net"));

	MUST(link_up("lo"));
	MUST(link_add_dummy("d0"));
	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		OK(link_index("d0")); /* control: to look is not to change */
		FAILS(EPERM, link_add_dummy("d1"));
		FAILS(EPERM, link_del("d0"));
		FAILS(EPERM, link_up("d0"));
		FAILS(EPERM, addr_add("d0", "10.9.9.9/24"));
		FAILS(EPERM, route_add("192.0.2.0/24", NULL, "lo"));
		FAILS(EPERM, try_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
		FAILS(EPERM, try_socket(AF_PACKET, SOCK_RAW, 0));
		FAILS(EACCES, tcp_listen("127.0.0.1:80"));
		FAILS(EPERM, setns(home, CLONE_NEWNET));
	}
	EXITS(box, 0);

	OK(link_add_dummy("d1")); /* controls: root of the namespace's owner may do all of it */
	OK(link_up("d0"));
	OK(addr_add("d0", "10.9.9.9/24"));
	OK(route_add("192.0.2.0/24", NULL, "lo"));
	OK(link_del("d0"));
	OK(try_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	OK(try_socket(AF_PACKET, SOCK_RAW, 0));
	OK(tcp_listen("127.0.0.1:80"));
	OK(setns(home, CLONE_NEWNET));
}

CASE(userns_root_rules_own_netns)
{
	MUST(link_up("lo"));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM,
		      link_add_dummy(
			      "d0")); /* controls: an ordinary user, as long as it has no own namespace */
		FAILS(EACCES, tcp_listen("127.0.0.1:80"));

		CHILD(box, NS_USER | NS_NET, .map = "0 1000 1") {
			int mark = 7, sock = OK(udp_bind("0.0.0.0:0"));
			OK(link_add_dummy("d0"));
			OK(addr_add("d0", "10.9.9.9/24"));
			OK(link_up("lo"));
			OK(try_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
			OK(try_socket(AF_PACKET, SOCK_RAW, 0));
			OK(tcp_listen("127.0.0.1:80"));
			OK(setsockopt(sock, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)));
		}
		EXITS(box, 0);
	}
	EXITS(user, 0);
}

/* A veth pair whose peer is to be made in the namespace of a process. -1 with errno. */
static int add_veth_with_peer_at(const char *name, const char *peer, pid_t pid)
{
	struct ifinfomsg empty = {0};
	struct nl_request r = nl_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &empty, sizeof(empty));

	nl_attr_text(&r, IFLA_IFNAME, name);
	struct rtattr *info = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, "veth", strlen("veth"));
	struct rtattr *data = nl_nest(&r, IFLA_INFO_DATA);
	struct rtattr *other = nl_attr(&r, VETH_INFO_PEER, &empty, sizeof(empty));
	nl_attr_text(&r, IFLA_IFNAME, peer);
	nl_attr_u32(&r, IFLA_NET_NS_PID, (uint32_t)pid);
	nl_nest_end(&r, other);
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

CASE(veth_peer_needs_admin_in_peer_ns)
{
	pid_t host = getpid();

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(box, NS_USER | NS_NET, .map = "0 1000 1") {
			CHILD(second, NS_NET) {
				HEAR(second);
				OK(link_index("own_peer"));
			}
			OK(add_veth_with_peer_at("v0", "own_peer", second->pid)); /* control */
			DISMISS(second);
			FAILS(EPERM, add_veth_with_peer_at("v1", "intruder", host));
		}
		EXITS(box, 0);
	}
	EXITS(user, 0);
	FAILS(ENODEV, link_index("intruder"));
}

/* A macvlan over the device with this index in the namespace that has this id here. -1 with errno. */
static int add_macvlan_over(const char *name, int id, int lower)
{
	struct ifinfomsg empty = {0};
	struct nl_request r = nl_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &empty, sizeof(empty));

	nl_attr_text(&r, IFLA_IFNAME, name);
	nl_attr_u32(&r, IFLA_LINK, (uint32_t)lower);
	nl_attr_u32(&r, IFLA_LINK_NETNSID, (uint32_t)id);
	struct rtattr *info = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, "macvlan", strlen("macvlan"));
	nl_nest_end(&r, info);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

CASE(link_netnsid_needs_admin_in_link_ns)
{
	int host = MUST(ns_open(0, "net"));

	MUST(link_add("d0", "dummy", 900));
	CHILD(box, NS_USER | NS_NET, .map = CONTAINER_MAP) {
		int own = MUST(ns_new(NS_NET));
		WITHIN(own)
			MUST(link_add("d0", "dummy", 900));
		MUST(nsid_assign(host, 7));
		MUST(nsid_assign(own, 8));
		FAILS(EINVAL, add_macvlan_over("m0", 9, 900)); /* nobody has this id */
		FAILS(EPERM, add_macvlan_over("m0", 7, 900));
		FAILS(ENODEV, link_index("m0"));
		OK(add_macvlan_over("m0", 8, 900)); /* control */
		IS(link_number("m0", IFLA_LINK_NETNSID), 8);
	}
	EXITS(box, 0);
}

/* Makes an ipip tunnel (NLM_F_CREATE | NLM_F_EXCL), or changes one (0). -1 with errno. */
static int ipip_change(const char *name, const char *remote, int flags)
{
	struct ifinfomsg empty = {0};
	struct nl_request r = nl_request(RTM_NEWLINK, flags, &empty, sizeof(empty));

	nl_attr_text(&r, IFLA_IFNAME, name);
	struct rtattr *info = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, "ipip", strlen("ipip"));
	struct rtattr *data = nl_nest(&r, IFLA_INFO_DATA);
	nl_attr_u32(&r, IFLA_IPTUN_REMOTE, inet_addr(remote));
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

CASE(tunnel_changelink_needs_admin_in_link_ns)
{
	CHILD(box, NS_USER | NS_NET, .map = CONTAINER_MAP) {
		HEAR(box);
		OK(link_up("t0")); /* control: the device itself is the box's */
		FAILS(EPERM, ipip_change("t0", "192.0.2.2", 0));
	}
	MUST(ipip_change("t0", "192.0.2.1", NLM_F_CREATE | NLM_F_EXCL));
	OK(ipip_change("t0", "192.0.2.3", 0)); /* control: the same request here */
	MUST(link_move_to_pid("t0", box->pid));
	DISMISS(box);
}
