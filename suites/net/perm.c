// SPDX-License-Identifier: GPL-2.0-only
/* Who may change a network namespace: user_namespaces(7), "Interaction of user namespaces and other types" */
#include <netinet/in.h>

#include "helpers/nscheck.h"

#define GROUP "net.perm"

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
