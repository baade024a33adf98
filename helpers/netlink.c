// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/netlink.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "helpers/child.h"
#include "helpers/claim.h"
#include "helpers/scm.h"

#define BATCH_MAX    8
#define MESSAGES_MAX 32768 /* the most that the kernel hands out at once */

/* Appends to the request and gives where it begins. */
static void *append(struct nl_request *r, const void *data, size_t size)
{
	char *at = (char *)r + NLMSG_ALIGN(r->header.nlmsg_len);

	if (size)
		memcpy(at, data, size);
	r->header.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->header.nlmsg_len) + size);
	return at;
}

struct nl_request nl_request(int type, int flags, const void *family_header, size_t size)
{
	struct nl_request r = {.header = {.nlmsg_len = NLMSG_HDRLEN,
					  .nlmsg_type = (uint16_t)type,
					  .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags)}};

	append(&r, family_header, size);
	return r;
}

struct rtattr *nl_attr(struct nl_request *r, int type, const void *data, size_t size)
{
	struct rtattr a = {.rta_type = (unsigned short)type, .rta_len = (unsigned short)RTA_LENGTH(size)};
	struct rtattr *at = append(r, &a, sizeof(a));

	append(r, data, size);
	return at;
}

struct rtattr *nl_nest(struct nl_request *r, int type)
{
	return nl_attr(r, type, NULL, 0);
}

void nl_nest_end(struct nl_request *r, struct rtattr *nest)
{
	r->header.nlmsg_len = NLMSG_ALIGN(r->header.nlmsg_len);
	nest->rta_len = (unsigned short)((char *)r + r->header.nlmsg_len - (char *)nest);
}

void nl_attr_text(struct nl_request *r, int type, const char *text)
{
	nl_attr(r, type, text, strlen(text) + 1);
}

void nl_attr_u32(struct nl_request *r, int type, uint32_t value)
{
	nl_attr(r, type, &value, sizeof(value));
}

int nl_open(int protocol, unsigned int groups)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int err = errno;
		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

struct nl_event nl_event(const char *file, int line, int fd)
{
	static char buffers[4][16384] __attribute__((aligned(NLMSG_ALIGNTO)));
	static unsigned int turn;
	char *buffer = buffers[turn++ % 4];
	struct scm with;

	child_await(file, line, fd);
	ssize_t got = scm_receive(fd, buffer, sizeof(buffers[0]), 0, &with);
	if (got < 0)
		record_end(RECORD_ERROR, file, line, "cannot read netlink events: %s", errno_name(errno));
	return (struct nl_event){
		.message = (const struct nlmsghdr *)buffer, .size = (size_t)got, .nsid = with.nsid};
}

/* Takes in one message; true if it was the last, then *err is what the kernel says, 0 for success. */
static bool take(const struct nlmsghdr *h, bool acknowledged, struct nl_answers *answers, int *err)
{
	if (h->nlmsg_type == NLMSG_ERROR) {
		*err = -((const struct nlmsgerr *)NLMSG_DATA(h))->error;
		return true;
	}
	if (h->nlmsg_type == NLMSG_DONE) { /* a dump that failed says so here */
		int said = h->nlmsg_len >= NLMSG_LENGTH(sizeof(said)) ? *(const int *)NLMSG_DATA(h) : 0;
		*err = said < 0 ? -said : 0;
		return true;
	}
	if (answers && answers->count < NL_ANSWERS)
		answers->message[answers->count] = h;
	if (answers)
		answers->count++;
	*err = 0;
	return !acknowledged && !(h->nlmsg_flags & NLM_F_MULTI);
}

static int listen_to(int fd, bool acknowledged, struct nl_answers *answers)
{
	static char buffer[256 << 10];
	size_t used = 0;
	int err = EIO;

	if (answers)
		answers->count = 0;
	for (;;) {
		if (used + MESSAGES_MAX > sizeof(buffer)) {
			errno = ENOBUFS;
			return -1;
		}
		ssize_t got = recv(fd, buffer + used, sizeof(buffer) - used, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		struct nlmsghdr *h = (struct nlmsghdr *)(buffer + used);
		used += NLMSG_ALIGN((size_t)got);
		for (; NLMSG_OK(h, (uint32_t)got); h = NLMSG_NEXT(h, got)) {
			if (take(h, acknowledged, answers, &err)) {
				errno = err;
				return err ? -1 : 0;
			}
		}
	}
}

int nl_ask_on(int fd, struct nl_request *r, struct nl_answers *answers)
{
	bool dump = (r->header.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;

	if (!answers && !dump)
		r->header.nlmsg_flags |= NLM_F_ACK;
	if (send(fd, r, r->header.nlmsg_len, 0) < 0)
		return -1;
	return listen_to(fd, r->header.nlmsg_flags & NLM_F_ACK, answers);
}

static int close_keeping_errno(int fd, int result)
{
	int err = errno;

	close(fd);
	errno = err;
	return result;
}

int nl_ask(int protocol, struct nl_request *r, struct nl_answers *answers)
{
	int fd = nl_open(protocol, 0);

	return fd < 0 ? -1 : close_keeping_errno(fd, nl_ask_on(fd, r, answers));
}

int nl_ask_batch(int protocol, struct nl_request *const requests[], int count)
{
	int fd = nl_open(protocol, 0);
	struct iovec parts[BATCH_MAX];

	if (fd < 0)
		return -1;
	for (int i = 0; i < count && i < BATCH_MAX; i++)
		parts[i] = (struct iovec){.iov_base = requests[i],
					  .iov_len = NLMSG_ALIGN(requests[i]->header.nlmsg_len)};
	if (writev(fd, parts, count < BATCH_MAX ? count : BATCH_MAX) < 0)
		return close_keeping_errno(fd, -1);
	return close_keeping_errno(fd, listen_to(fd, true, NULL));
}

const struct rtattr *nl_find(const struct nlmsghdr *message, size_t size, int type)
{
	const struct rtattr *a =
		(const struct rtattr *)((const char *)NLMSG_DATA(message) + NLMSG_ALIGN(size));
	int left = (int)(message->nlmsg_len - NLMSG_SPACE(size));

	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
	errno = ENODATA;
	return NULL;
}
