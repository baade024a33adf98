// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/scm.h"

#include <linux/netlink.h>
#include <stddef.h>
#include <string.h>

/* Room for all that struct scm has, aligned for the first header. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(((struct scm *)NULL)->fds)) + CMSG_SPACE(sizeof(struct ucred)) +
		   CMSG_SPACE(sizeof(int))];
};

struct scm scm_none(void)
{
	return (struct scm){.fds = {-1, -1}, .who = {.pid = -1}, .nsid = -1};
}

struct scm scm_fd(int fd)
{
	struct scm with = scm_none();

	with.fds[0] = fd;
	return with;
}

struct scm scm_who(struct ucred who)
{
	struct scm with = scm_none();

	with.who = who;
	return with;
}

/* Appends one control message to a message whose room for them begins at `control`. */
static void put(struct msghdr *msg, union control *control, int type, const void *data, size_t size)
{
	struct cmsghdr *c = (struct cmsghdr *)(control->bytes + msg->msg_controllen);

	*c = (struct cmsghdr){.cmsg_len = CMSG_LEN(size), .cmsg_level = SOL_SOCKET, .cmsg_type = type};
	memcpy(CMSG_DATA(c), data, size);
	msg->msg_control = control;
	msg->msg_controllen += CMSG_SPACE(size);
}

ssize_t scm_send(int sock, const void *data, size_t size, const struct scm *with)
{
	struct iovec io = {.iov_base = (void *)data, .iov_len = size};
	struct msghdr msg = {.msg_iov = &io, .msg_iovlen = 1};
	size_t fds = with->fds[0] < 0 ? 0 : with->fds[1] < 0 ? 1 : 2;
	union control control = {0};

	if (fds)
		put(&msg, &control, SCM_RIGHTS, with->fds, fds * sizeof(with->fds[0]));
	if (with->who.pid != -1)
		put(&msg, &control, SCM_CREDENTIALS, &with->who, sizeof(with->who));
	return sendmsg(sock, &msg, MSG_NOSIGNAL);
}

ssize_t scm_receive(int sock, void *data, size_t size, int flags, struct scm *with)
{
	union control control;
	struct iovec io = {.iov_base = data, .iov_len = size};
	struct msghdr msg = {
		.msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	ssize_t got = recvmsg(sock, &msg, flags | MSG_CMSG_CLOEXEC);

	*with = scm_none();
	if (got < 0)
		return -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		size_t length = c->cmsg_len - CMSG_LEN(0);
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && length <= sizeof(with->fds))
			memcpy(with->fds, CMSG_DATA(c), length);
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS &&
		    length == sizeof(with->who))
			memcpy(&with->who, CMSG_DATA(c), length);
		if (c->cmsg_level == SOL_NETLINK && c->cmsg_type == NETLINK_LISTEN_ALL_NSID &&
		    length == sizeof(with->nsid))
			memcpy(&with->nsid, CMSG_DATA(c), length);
	}
	return got;
}
