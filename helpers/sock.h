/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_SOCK_H
#define HELPERS_SOCK_H

/*
 * Sockets of the internet families. An address is written "10.0.0.1:80" or "[fd00::1]:80"; port 0 is any.
 * A socket belongs for good to the network namespace that its maker was in (network_namespaces(7)), so one
 * process can hold sockets of several:
 *
 *	WITHIN(a)
 *		server = MUST(udp_bind("10.0.0.1:5000"));
 *	OK(udp_send("10.0.0.1:5000", "hello"));
 *	IS(RECEIVE(server).text, "hello");
 *
 * All give a descriptor or 0; -1 with errno.
 */

/* A UDP socket bound to an address. */
int udp_bind(const char *address);
/* A UDP socket connected to an address: whether there is a route to it, without sending anything. */
int udp_connect(const char *address);
/* Sends one datagram from a socket made for it. */
int udp_send(const char *to, const char *text);
/* Sends one datagram from this socket. */
int sock_send(int sock, const char *to, const char *text);

/* connect(2) of this socket. */
int sock_connect(int sock, const char *to);
/* A descriptor of the network namespace that a socket belongs to (ioctl SIOCGSKNS). */
int sock_ns(int sock);

/* Stream sockets of the family unix(7): an abstract name is written "@name", anything else is a path. */
int unix_listen(const char *name);
int unix_connect(const char *name);

/* A TCP socket that listens. */
int tcp_listen(const char *address);
/* A TCP connection; the listener need not accept(2) it. */
int tcp_connect(const char *address);

struct datagram {
	const char *text,
		*from; /* "10.0.0.2", without the port; both valid until the fourth RECEIVE after it */
};

/* Waits for the next datagram of a socket, and takes it. */
#define RECEIVE(sock) sock_receive(__FILE__, __LINE__, sock)
struct datagram sock_receive(const char *file, int line, int sock);

/* The same without waiting: recv(2) with MSG_DONTWAIT. EAGAIN if there is none. */
int sock_receive_now(int sock);

/*
 * The number of sockets that sock_diag(7) lists in the caller's namespace: AF_INET with IPPROTO_TCP or
 * IPPROTO_UDP, or AF_UNIX with 0. ENOENT if the kernel cannot tell.
 */
int sock_count(int family, int protocol);

#endif
