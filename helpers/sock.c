// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <linux/unix_diag.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "helpers/child.h"
#include "helpers/claim.h"
#include "helpers/netlink.h"

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static int parse(const char *text, union address *a)
{
	char host[INET6_ADDRSTRLEN];
	const char *colon = strrchr(text, ':');
	size_t bracket = *text == '[', length = colon ? (size_t)(colon - text) - 2 * bracket : 0;

	*a = (union address){.any.sa_family = bracket ? AF_INET6 : AF_INET};
	if (length > 0 && length < sizeof(host)) {
		memcpy(host, text + bracket, length);
		host[length] = '\0';
		/* the port lies at the same place in both */
		a->in.sin_port = htons((uint16_t)atoi(colon + 1));
		if (inet_pton(a->any.sa_family, host,
			      bracket ? (void *)&a->in6.sin6_addr : &a->in.sin_addr) == 1)
			return 0;
	}
	errno = EINVAL;
	return -1;
}

static socklen_t size_of(const union address *a)
{
	return a->any.sa_family == AF_INET6 ? sizeof(a->in6) : sizeof(a->in);
}

/* A new socket that `attach`, bind(2) or connect(2), ties to an address. */
static int make(int type, const char *text, int (*attach)(int, const struct sockaddr *, socklen_t))
{
	union address a;
	int fd = parse(text, &a) < 0 ? -1 : socket(a.any.sa_family, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || attach(fd, &a.any, size_of(&a)) == 0)
		return fd;
	int err = errno;
	close(fd);
	errno = err;
	return -1;
}

int udp_bind(const char *address)
{
	return make(SOCK_DGRAM, address, bind);
}

int udp_connect(const char *address)
{
	return make(SOCK_DGRAM, address, connect);
}

int sock_send(int sock, const char *to, const char *text)
{
	union address a;

	return parse(to, &a) < 0 || sendto(sock, text, strlen(text), 0, &a.any, size_of(&a)) < 0 ? -1 : 0;
}

int udp_send(const char *to, const char *text)
{
	int sock = socket(*to == '[' ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int sent = sock < 0 ? -1 : sock_send(sock, to, text), err = errno;

	close(sock);
	errno = err;
	return sent;
}

int sock_connect(int sock, const char *to)
{
	union address a;

	return parse(to, &a) < 0 ? -1 : connect(sock, &a.any, size_of(&a));
}

int sock_ns(int sock)
{
	return ioctl(sock, SIOCGSKNS);
}

/* `fd` as it is if the call gave 0; else it is closed, -1 with the call's errno. */
static int keep_if(int result, int fd)
{
	int err = errno;

	if (fd < 0 || result == 0)
		return fd;
	close(fd);
	errno = err;
	return -1;
}

static int make_unix(const char *name, int (*attach)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + (*name != '@'));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strncpy(a.sun_path, name, sizeof(a.sun_path) - 1);
	if (*name == '@')
		*a.sun_path = '\0';
	return fd < 0 ? -1 : keep_if(attach(fd, (struct sockaddr *)&a, size), fd);
}

int unix_listen(const char *name)
{
	int fd = make_unix(name, bind);

	return fd < 0 ? -1 : keep_if(listen(fd, 8), fd);
}

int unix_connect(const char *name)
{
	return make_unix(name, connect);
}

int tcp_listen(const char *address)
{
	int fd = make(SOCK_STREAM, address, bind);

	return fd < 0 ? -1 : keep_if(listen(fd, 8), fd);
}

int tcp_connect(const char *address)
{
	return make(SOCK_STREAM, address, connect);
}

struct datagram sock_receive(const char *file, int line, int sock)
{
	static char texts[4][512], froms[4][INET6_ADDRSTRLEN];
	static unsigned int turn;
	unsigned int t = turn++ % 4;
	union address a = {0};
	socklen_t size = sizeof(a);

	child_await(file, line, sock);
	ssize_t got = recvfrom(sock, texts[t], sizeof(texts[t]) - 1, 0, &a.any, &size);
	if (got < 0)
		record_end(RECORD_FAIL, file, line, "a socket that waits for a datagram gets %s",
			   errno_name(errno));
	texts[t][got] = '\0';
	inet_ntop(a.any.sa_family, a.any.sa_family == AF_INET6 ? (void *)&a.in6.sin6_addr : &a.in.sin_addr,
		  froms[t], sizeof(froms[t]));
	return (struct datagram){.text = texts[t], .from = froms[t]};
}

int sock_receive_now(int sock)
{
	char byte;

	return recv(sock, &byte, 1, MSG_DONTWAIT) < 0 ? -1 : 0;
}

int sock_count(int family, int protocol)
{
	struct inet_diag_req_v2 inet = {
		.sdiag_family = (uint8_t)family, .sdiag_protocol = (uint8_t)protocol, .idiag_states = ~0U};
	struct unix_diag_req local = {.sdiag_family = AF_UNIX, .udiag_states = ~0U};
	struct nl_request r = family == AF_UNIX
				      ? nl_request(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &local, sizeof(local))
				      : nl_request(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &inet, sizeof(inet));
	struct nl_answers sockets;

	return nl_ask(NETLINK_SOCK_DIAG, &r, &sockets) < 0 ? -1 : sockets.count;
}
