// SPDX-License-Identifier: GPL-2.0-only
/* Ports and listeners belong to a network namespace, sockets to the one they were made in. network_namespaces(7) */
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include "helpers/nscheck.h"

#define GROUP     "net.sock"
#define GROUP_OWN NS_NET

static int ns_with_loopback(void)
{
	int ns = MUST(ns_new(NS_NET));

	WITHIN(ns)
		MUST(link_up("lo"));
	return ns;
}

CASE(same_tcp_port_in_two_namespaces)
{
	int a = ns_with_loopback(), b = ns_with_loopback(), in_a = -1, in_b = -1;

	WITHIN(a) {
		in_a = OK(tcp_listen("127.0.0.1:8080"));
		FAILS(EADDRINUSE, tcp_listen("127.0.0.1:8080")); /* control: twice in one is refused */
	}
	WITHIN(b)
		in_b = OK(tcp_listen("127.0.0.1:8080"));
	WITHIN(a)
		OK(tcp_connect("127.0.0.1:8080"));
	AWAIT(in_a);
	HOLDS(!ready(in_b));
	WITHIN(b)
		OK(tcp_connect("127.0.0.1:8080"));
	AWAIT(in_b); /* control: it would have shown */
}

CASE(listener_of_other_ns_is_unreachable)
{
	int a = ns_with_loopback(), listener = -1;

	MUST(link_up("lo"));
	WITHIN(a) {
		listener = MUST(tcp_listen("127.0.0.1:7777"));
		OK(tcp_connect("127.0.0.1:7777")); /* control */
	}
	FAILS(ECONNREFUSED, tcp_connect("127.0.0.1:7777"));
	MUST(close(listener));
	WITHIN(a)
		FAILS(ECONNREFUSED, tcp_connect("127.0.0.1:7777"));
}

/* A UDP socket on port 99 of all addresses that shares it with others of its kind. */
static int udp_bind_shared(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(99)};
	int yes = 1, sock = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	MUST(setsockopt(sock, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes)));
	return bind(sock, (struct sockaddr *)&any, sizeof(any)) < 0 ? -1 : sock;
}

CASE(reuseport_groups_do_not_span_namespaces)
{
	int a = ns_with_loopback(), b = ns_with_loopback(), in_a = -1, in_b = -1;

	WITHIN(b)
		in_b = MUST(udp_bind_shared());
	WITHIN(a) {
		in_a = MUST(udp_bind_shared());
		for (int i = 0; i < 20; i++) /* each from a port of its own */
			MUST(udp_send("127.0.0.1:99", "to a"));
		for (int i = 0; i < 20; i++)
			IS(RECEIVE(in_a).text, "to a");
		OK(udp_bind_shared()); /* control: here it is shared */
	}
	FAILS(EAGAIN, sock_receive_now(in_b));
	WITHIN(b)
		MUST(udp_send("127.0.0.1:99", "to b"));
	IS(RECEIVE(in_b).text, "to b"); /* control */
}

CASE(socket_keeps_ns_across_setns)
{
	int a = ns_with_loopback(), old = MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	long long here = MUST(ns_id(0, "net"));

	MUST(link_up("lo"));
	WITHIN(a) {
		MUST(tcp_listen("127.0.0.1:7777"));
		FAILS(ECONNREFUSED, sock_connect(old, "127.0.0.1:7777"));
		OK(tcp_connect("127.0.0.1:7777")); /* control: a socket made here finds it */
		SAME_NS(BEHIND(OK(sock_ns(old))), here, NS_NET);
		OTHER_NS(0, here, NS_NET);
	}
}

CASE(accepted_socket_belongs_to_listener_ns)
{
	int a = ns_with_loopback(), listener = -1;

	WITHIN(a) {
		listener = MUST(tcp_listen("127.0.0.1:7777"));
		MUST(tcp_connect("127.0.0.1:7777"));
	}
	int accepted = OK(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
	SAME_NS(BEHIND(OK(sock_ns(accepted))), BEHIND(a), NS_NET);
	OTHER_NS(BEHIND(a), 0, NS_NET); /* control: where it was accepted */
}

CASE(unprivileged_port_start_is_per_ns)
{
	MUST(link_up("lo"));
	WITHIN(ns_with_loopback()) {
		MUST(file_write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "80"));
		CHILD(user_inside, 0, .uid = UNPRIVILEGED) {
			OK(tcp_listen("127.0.0.1:80"));
			FAILS(EACCES, tcp_listen("127.0.0.1:79"));
		}
		EXITS(user_inside, 0);
	}
	CHILD(user_outside, 0, .uid = UNPRIVILEGED) {
		FAILS(EACCES, tcp_listen("127.0.0.1:80"));
		OK(tcp_listen("127.0.0.1:1024")); /* control */
	}
	EXITS(user_outside, 0);
}

/* The port that the kernel chose for a socket. */
static int port_of(int sock)
{
	struct sockaddr_in address = {0};
	socklen_t size = sizeof(address);

	MUST(getsockname(sock, (struct sockaddr *)&address, &size));
	return ntohs(address.sin_port);
}

CASE(local_port_range_is_per_ns)
{
	const char *range = "/proc/sys/net/ipv4/ip_local_port_range", *any = "0.0.0.0:0";

	MUST(file_write(range, "30000 30000"));
	WITHIN(MUST(ns_new(NS_NET))) {
		MUST(file_write(range, "20000 20000"));
		IS(port_of(OK(udp_bind(any))), 20000);
		IS(port_of(OK(tcp_listen(any))), 20000);
		FAILS(EADDRINUSE, udp_bind(any)); /* control: there is no other */
	}
	IS(port_of(OK(udp_bind(any))), 30000);
	IS(port_of(OK(tcp_listen(any))), 30000);
}

#define PING_GROUPS "/proc/sys/net/ipv4/ping_group_range"

static int ping_socket(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP);
}

CASE(ping_group_range_is_per_ns)
{
	struct icmphdr echo = {.type = ICMP_ECHO}, reply;
	const char *before;

	MUST(file_write(PING_GROUPS, "5 5"));
	before = MUST(file_read(PING_GROUPS));
	WITHIN(ns_with_loopback()) {
		IS(file_read(PING_GROUPS), "1\t0");
		FAILS(EACCES, ping_socket());
		OK(file_write(PING_GROUPS, "0 0"));

		int ping = OK(ping_socket());
		OK(sock_connect(ping, "127.0.0.1:0"));
		OK(send(ping, &echo, sizeof(echo), 0));
		AWAIT(ping);
		IS(recv(ping, &reply, sizeof(reply), 0), sizeof(reply));
		IS(reply.type, ICMP_ECHOREPLY);
	}
	IS(file_read(PING_GROUPS), before);
	FAILS(EACCES, ping_socket());
}

CASE(ping_group_range_needs_mapped_groups)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(box, NS_USER | NS_NET, .map = "0 1000 1") {
			OK(file_write(PING_GROUPS, "0 0"));
			IS(file_read(PING_GROUPS), "0\t0");
			OK(ping_socket());
			FAILS(EINVAL, file_write(PING_GROUPS, "0 5"));
		}
		EXITS(box, 0);
	}
	EXITS(user, 0);
	OK(file_write(PING_GROUPS, "0 5")); /* control: all groups are mapped here */
}
