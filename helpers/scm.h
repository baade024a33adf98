/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_SCM_H
#define HELPERS_SCM_H

#include <sys/socket.h>
#include <sys/types.h>

/*
 * What travels beside the bytes of a message: the control messages of cmsg(3), unix(7) and netlink(7).
 *
 *	struct scm with;
 *	MUST(scm_receive(sock, &byte, 1, 0, &with));
 *	IS(with.who.pid, member->pid);
 */
struct scm {
	int fds[2];       /* SCM_RIGHTS; -1: none */
	struct ucred who; /* SCM_CREDENTIALS; its pid is -1: none */
	int nsid;         /* NETLINK_LISTEN_ALL_NSID, received only; -1: none */
};

/* Nothing at all, one descriptor, or these credentials. */
struct scm scm_none(void);
struct scm scm_fd(int fd);
struct scm scm_who(struct ucred who);

/* Sends one message and what stands in *with, without SIGPIPE. How many bytes; -1 with errno of sendmsg(2). */
ssize_t scm_send(int sock, const void *data, size_t size, const struct scm *with);

/*
 * Receives one message, and what came with it into *with; `flags` as of recvmsg(2), descriptors are closed on exec.
 * How many bytes; -1 with errno of recvmsg(2).
 */
ssize_t scm_receive(int sock, void *data, size_t size, int flags, struct scm *with);

#endif
