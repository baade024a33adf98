// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/nsid.h"

#include <sys/socket.h>

#include "helpers/netlink.h"

static struct nl_request request(int type, int flags)
{
	struct rtgenmsg header = {.rtgen_family = AF_UNSPEC};

	return nl_request(type, flags, &header, sizeof(header));
}

static int id_of(const struct nlmsghdr *message)
{
	const struct rtattr *a = nl_find(message, sizeof(struct rtgenmsg), NETNSA_NSID);

	if (!a)
		return -1;
	int id = *(const int *)RTA_DATA(a);
	return id == NETNSA_NSID_NOT_ASSIGNED ? NSID_NONE : id;
}

int nsid_assign_by(int by, int value, int id)
{
	struct nl_request r = request(RTM_NEWNSID, 0);

	nl_attr_u32(&r, by, (uint32_t)value);
	nl_attr_u32(&r, NETNSA_NSID, (uint32_t)id);
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

int nsid_by(int by, int value)
{
	struct nl_request r = request(RTM_GETNSID, 0);
	struct nl_answers answers;

	nl_attr_u32(&r, by, (uint32_t)value);
	return nl_ask(NETLINK_ROUTE, &r, &answers) < 0 ? -1 : id_of(answers.message[0]);
}

int nsid_list(int *ids, int max)
{
	struct nl_request r = request(RTM_GETNSID, NLM_F_DUMP);
	struct nl_answers answers;

	if (nl_ask(NETLINK_ROUTE, &r, &answers) < 0)
		return -1;
	for (int i = 0; i < answers.count && i < max; i++)
		ids[i] = id_of(answers.message[i]);
	return answers.count;
}
