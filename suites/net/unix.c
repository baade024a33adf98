// SPDX-License-Identifier: GPL-2.0-only
/* Abstract names belong to a network namespace, paths to the filesystem. network_namespaces(7), unix(7) */
#include <sys/socket.h>
#include <sys/un.h>

#include "helpers/nscheck.h"

#define GROUP     "net.unix"
#define GROUP_OWN NS_NET

/* 1 if /proc/net/unix lists this name in the caller's namespace, 0 if not. */
static int listed(const char *name)
{
	const char *table = MUST(file_read("/proc/net/unix"));

	return strstr(table, name) != NULL;
}

static void claim_name_stays_here(void)
{
	int listener = MUST(unix_listen("@nsc"));

	IS(listed("@nsc"), 1); /* controls: here it is taken */
	OK(unix_connect("@nsc"));
	FAILS(EADDRINUSE, unix_listen("@nsc"));

	WITHIN(MUST(ns_new(NS_NET))) {
		IS(listed("@nsc"), 0);
		FAILS(ECONNREFUSED, unix_connect("@nsc"));
		int other = OK(unix_listen("@nsc"));
		OK(unix_connect("@nsc"));
		MUST(close(other));
	}
	MUST(close(listener));
}

CASE(abstract_names_are_per_ns, .initial = NS_NET)
{
	claim_name_stays_here(); /* names of the initial namespace are no exception */
	WITHIN(MUST(ns_new(NS_NET)))
		claim_name_stays_here();
}

/* How many datagrams a socket takes that nobody reads. */
static int queue_length(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t size = sizeof(address);
	int receiver = MUST(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)), count = 0;
	int sender = MUST(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));

	MUST(bind(receiver, (struct sockaddr *)&address,
		  sizeof(sa_family_t))); /* a name of the kernel's choice */
	MUST(getsockname(receiver, (struct sockaddr *)&address, &size));
	while (sendto(sender, "", 1, 0, (struct sockaddr *)&address, size) == 1)
		count++;
	GAVE(EAGAIN);
	MUST(close(receiver));
	MUST(close(sender));
	return count;
}

CASE(queue_length_is_per_ns)
{
	const char *limit = "/proc/sys/net/unix/max_dgram_qlen";

	MUST(file_write(limit, "5"));
	IS(queue_length(), 6); /* one more than the limit says */
	WITHIN(MUST(ns_new(NS_NET))) {
		MUST(file_write(limit, "2"));
		IS(queue_length(), 3);
	}
	IS(queue_length(), 6);
}

/* Sends a byte and, with it, a descriptor (unix(7) SCM_RIGHTS). */
static void send_byte_and_fd(int sock, char byte, int fd)
{
	struct scm with = scm_fd(fd);

	OK(scm_send(sock, &byte, 1, &with));
}

static int receive_byte_and_fd(int sock, char expected)
{
	struct scm with;
	char byte = 0;

	IS(scm_receive(sock, &byte, 1, 0, &with), 1);
	IS(byte, expected);
	return OK(with.fds[0]);
}

CASE(pathname_sockets_cross_namespaces)
{
	int listener = MUST(unix_listen("/tmp/listener"));

	CHILD(peer, NS_NET) {
		int sock = OK(unix_connect("/tmp/listener"));
		send_byte_and_fd(sock, 'a', MUST(ns_open(0, "net")));
		SAME_NS(BEHIND(receive_byte_and_fd(sock, 'b')), HEAR(peer), NS_NET);
	}
	int sock = OK(accept4(listener, NULL, NULL, SOCK_CLOEXEC)), ns = receive_byte_and_fd(sock, 'a');
	SAME_NS(BEHIND(ns), peer, NS_NET);
	OTHER_NS(BEHIND(ns), 0, NS_NET); /* control: they are two namespaces */
	send_byte_and_fd(sock, 'b', MUST(ns_open(0, "net")));
	TELL(peer, ns_id(0, "net"));
	EXITS(peer, 0);
}
