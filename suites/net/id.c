// SPDX-License-Identifier: GPL-2.0-only
/* How a socket tells its network namespace: SO_NETNS_COOKIE of socket(7), SIOCGSKNS. network_namespaces(7) */
#include <netinet/in.h>

#include "helpers/nscheck.h"

#define GROUP     "net.id"
#define GROUP_OWN NS_NET

static int socket_of(int family, int type, int protocol)
{
	return MUST(socket(family, type | SOCK_CLOEXEC, protocol));
}

/* SO_NETNS_COOKIE. -1 with errno. */
static long long cookie_of(int sock)
{
	uint64_t cookie;
	socklen_t size = sizeof(cookie);

	return getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) < 0 ? -1 : (long long)cookie;
}

/* The same, of a socket made now. */
static long long cookie_here(void)
{
	return OK(cookie_of(socket_of(AF_INET, SOCK_DGRAM, 0)));
}

CASE(netns_cookie_is_stable_and_unique)
{
	long long here = cookie_here(), there = 0, later = 0;
	int tcp = socket_of(AF_INET, SOCK_STREAM, 0), small;
	socklen_t size = sizeof(small);

	HOLDS(here > 0);
	IS(cookie_of(tcp), here);
	IS(cookie_of(socket_of(AF_UNIX, SOCK_STREAM, 0)), here);
	int a = MUST(ns_new(NS_NET));
	WITHIN(a) {
		there = cookie_here();
		IS(cookie_of(tcp), here); /* whoever asks */
	}
	IS_NOT(there, here);
	MUST(close(a));
	WITHIN(MUST(ns_new(NS_NET)))
		later = cookie_here();
	HOLDS(later > there);

	FAILS(EINVAL, getsockopt(tcp, SOL_SOCKET, SO_NETNS_COOKIE, &small, &size));
	FAILS(ENOPROTOOPT, setsockopt(tcp, SOL_SOCKET, SO_NETNS_COOKIE, &here, sizeof(here)));
}

/* The unique id of the caller's network namespace. */
static long long id_here(void)
{
	return OK(ns_unique_id_here(NS_NET));
}

CASE(netns_cookie_equals_namespace_id)
{
	long long here = id_here();

	IS(cookie_here(), here);
	WITHIN(MUST(ns_new(NS_NET))) {
		IS(cookie_here(), id_here());
		IS_NOT(id_here(), here); /* control: two namespaces, two ids */
	}
}

CASE(siocgskns_returns_socket_ns)
{
	static const struct {
		const char *name;
		int family, type, protocol;
	} kinds[] = {
		{"TCP", AF_INET, SOCK_STREAM, 0},         {"UDP", AF_INET, SOCK_DGRAM, 0},
		{"raw", AF_INET, SOCK_RAW, IPPROTO_ICMP}, {"IPv6", AF_INET6, SOCK_DGRAM, 0},
		{"unix", AF_UNIX, SOCK_STREAM, 0},        {"netlink", AF_NETLINK, SOCK_RAW, NETLINK_ROUTE}};
	int socks[ARRAY_SIZE(kinds)] = {0}, a = MUST(ns_new(NS_NET)), found = -1;
	long long id = MUST(ns_id_of(a));

	OTHER_NS(id, 0, NS_NET);
	WITHIN(a) {
		MUST(link_add_dummy("marker"));
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			socks[i] = socket_of(kinds[i].family, kinds[i].type, kinds[i].protocol);
	}
	MUST(close(a)); /* from now on the sockets alone lead there */
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		NOTE("%s", kinds[i].name);
		found = OK(sock_ns(socks[i]));
		IS(fcntl(found, F_GETFD), FD_CLOEXEC);
		SAME_NS(BEHIND(found), id, NS_NET);
	}
	NOTE_END();
	CHILD(visitor, 0) {
		FAILS(ENODEV, link_index("marker"));
		OK(setns(found, CLONE_NEWNET));
		OK(link_index("marker"));
	}
	EXITS(visitor, 0);
}

CASE(siocgskns_permission_and_type_errors)
{
	int sock = socket_of(AF_INET, SOCK_DGRAM, 0), ends[2];

	MUST(pipe2(ends, O_CLOEXEC));
	FAILS(ENOTTY, sock_ns(ends[0]));
	FAILS(ENOTTY, sock_ns(MUST(open("/dev/null", O_RDONLY | O_CLOEXEC))));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, sock_ns(sock));
		CHILD(box, NS_USER | NS_NET, .map = "0 1000 1") {
			FAILS(EPERM, sock_ns(sock));
			OK(sock_ns(socket_of(AF_INET, SOCK_DGRAM, 0)));
		}
		EXITS(box, 0);
	}
	EXITS(user, 0);
	OK(sock_ns(sock)); /* control */
}
