/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_NETLINK_H
#define HELPERS_NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>

/*
 * netlink(7): requests are put together attribute by attribute and answered with the kernel's own errno.
 * link.h says what most tests want of rtnetlink; this is for what it does not say, and for other families.
 */

struct nl_request {
	struct nlmsghdr header;
	char body[2048]; /* ample for all requests of tests */
};

/* A request with its family's header ("struct ifinfomsg"); `flags` are NLM_F_* besides NLM_F_REQUEST. */
struct nl_request nl_request(int type, int flags, const void *family_header, size_t size);

/* Attributes, appended at the end; a nest ends with nl_nest_end on what began it. */
struct rtattr *nl_attr(struct nl_request *r, int type, const void *data, size_t size);
struct rtattr *nl_nest(struct nl_request *r, int type);
void nl_nest_end(struct nl_request *r, struct rtattr *nest);
void nl_attr_text(struct nl_request *r, int type, const char *text);
void nl_attr_u32(struct nl_request *r, int type, uint32_t value);

/* A socket of a protocol (NETLINK_ROUTE), member of the groups in the mask. -1 with errno. */
int nl_open(int protocol, unsigned int groups);

/*
 * Waits for the next message of a socket that is member of a group. `nsid` is the id of the namespace that it
 * comes from, where the kernel tells (NETLINK_LISTEN_ALL_NSID), else -1. Valid until the fourth event after it.
 */
struct nl_event {
	const struct nlmsghdr *message;
	size_t size;
	int nsid;
};
#define NL_EVENT(fd) nl_event(__FILE__, __LINE__, fd)
struct nl_event nl_event(const char *file, int line, int fd);

/* What was answered, pointing into a buffer (256 KiB) that lasts until the next request of this process. */
struct nl_answers {
	int count; /* the first NL_ANSWERS of them are kept */
#define NL_ANSWERS 256
	const struct nlmsghdr *message[NL_ANSWERS];
};

/*
 * Sends one request over `fd`, or over a new socket of `protocol`, and reads until the kernel has answered:
 * an acknowledgement, one message, or a whole dump. `answers` may be NULL. -1 with the kernel's errno.
 */
int nl_ask_on(int fd, struct nl_request *r, struct nl_answers *answers);
int nl_ask(int protocol, struct nl_request *r, struct nl_answers *answers);

/* The same for requests that must travel together (the batches of nfnetlink); the first answer counts. */
int nl_ask_batch(int protocol, struct nl_request *const requests[], int count);

/* An attribute of a message with a family header of `size` bytes; NULL with ENODATA if it is not there. */
const struct rtattr *nl_find(const struct nlmsghdr *message, size_t size, int type);

#endif
