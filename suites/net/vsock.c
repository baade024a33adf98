// SPDX-License-Identifier: GPL-2.0-only
/* Ports of vsock(7) and the modes of network namespaces. Documentation/admin-guide/sysctl/net.rst */
#include <linux/vm_sockets.h>
#include <sys/socket.h>

#include "helpers/nscheck.h"

#define GROUP     "net.vsock"
#define GROUP_OWN NS_NET

static int vsock(unsigned int cid, int (*attach)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_vm address = {.svm_family = AF_VSOCK, .svm_port = 1234, .svm_cid = cid};
	int sock = MUST(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0));

	if (attach(sock, (struct sockaddr *)&address, sizeof(address)) == 0)
		return sock;
	int err = errno;
	close(sock);
	errno = err;
	return -1;
}

static int vsock_listen(void)
{
	int sock = vsock(VMADDR_CID_ANY, bind);

	return sock < 0 || listen(sock, 8) < 0 ? -1 : sock;
}

static int vsock_connect(void)
{
	return vsock(VMADDR_CID_LOCAL, connect);
}

#define MODE       "/proc/sys/net/vsock/ns_mode"
#define CHILD_MODE "/proc/sys/net/vsock/child_ns_mode"

CASE(local_mode_isolates_cids)
{
	int shared = OK(vsock_listen());

	FAILS(EADDRINUSE, vsock_listen());
	WITHIN(MUST(ns_new(NS_NET)))
		OK(vsock_connect()); /* control: the default is one world */
	MUST(close(shared));

	OK(file_write(CHILD_MODE, "local"));
	FAILS(EBUSY, file_write(CHILD_MODE, "global"));
	int b = MUST(ns_new(NS_NET)), c = MUST(ns_new(NS_NET));
	WITHIN(b) {
		IS(file_read(MODE), "local");
		FAILS(EPERM, file_write(CHILD_MODE, "global"));
		OK(vsock_listen());
		OK(vsock_connect());
	}
	WITHIN(c) {
		FAILS(ECONNRESET, vsock_connect());
		OK(vsock_listen());
		OK(vsock_connect());
	}
}
