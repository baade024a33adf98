// SPDX-License-Identifier: GPL-2.0-only
/* Netlink sockets and their ports belong to a network namespace. netlink(7) */
#include "helpers/nscheck.h"

#define GROUP     "net.netlink"
#define GROUP_OWN NS_NET

/* A netlink socket bound to a port. -1 with errno. */
static int port_bind(int protocol, uint32_t port)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_pid = port};
	int sock = MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));

	return bind(sock, (struct sockaddr *)&address, sizeof(address)) < 0 ? -1 : sock;
}

/* Sends an empty message to a port, 0 is the kernel, from a new socket. -1 with errno. */
static int port_send(int protocol, uint32_t port)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_pid = port};
	struct nlmsghdr empty = {.nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = NLMSG_DONE};
	int sock = MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
	ssize_t sent = sendto(sock, &empty, sizeof(empty), 0, (struct sockaddr *)&address, sizeof(address));
	int err = errno;

	close(sock);
	errno = err;
	return sent < 0 ? -1 : 0;
}

CASE(port_ids_are_per_ns)
{
	OK(port_bind(NETLINK_ROUTE, 424242));
	FAILS(EADDRINUSE, port_bind(NETLINK_ROUTE, 424242)); /* control */
	int here = MUST(port_bind(NETLINK_USERSOCK, 777));
	OK(port_send(NETLINK_USERSOCK, 777));
	AWAIT(here); /* control: it arrives from here */
	WITHIN(MUST(ns_new(NS_NET))) {
		OK(port_bind(NETLINK_ROUTE, 424242));
		FAILS(ECONNREFUSED, port_send(NETLINK_USERSOCK, 777));
	}
}

CASE(proc_connector_only_in_init_ns, .initial = NS_NET)
{
	OK(port_send(NETLINK_CONNECTOR, 0));
	WITHIN(MUST(ns_new(NS_NET)))
		FAILS(ECONNREFUSED, port_send(NETLINK_CONNECTOR, 0));
}

/* RTM_NEWLINK for a dummy over a socket that is there already. -1 with the kernel's errno. */
static int add_dummy_over(int sock, const char *name)
{
	struct ifinfomsg header = {0};
	struct nl_request r = nl_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));

	nl_attr_text(&r, IFLA_IFNAME, name);
	struct rtattr *info = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, "dummy", strlen("dummy"));
	nl_nest_end(&r, info);
	return nl_ask_on(sock, &r, NULL);
}

CASE(privileged_socket_does_not_lend_rights,
     .unsabotaged = "the rights of the sender in one and the same namespace")
{
	int sock = MUST(nl_open(NETLINK_ROUTE, 0));

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, add_dummy_over(sock, "d0"));
		FAILS(ENODEV, link_index("d0"));
	}
	EXITS(user, 0);
	OK(add_dummy_over(sock, "d0")); /* control: the same socket, its maker */
	OK(link_index("d0"));
}
