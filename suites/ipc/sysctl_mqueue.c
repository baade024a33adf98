// SPDX-License-Identifier: GPL-2.0-only
/* The limits of POSIX message queues in /proc/sys/fs/mqueue. mq_overview(7) */
/* Goes on from sysctl.c. */
#include <mqueue.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.sysctl"
#define GROUP_OWN NS_IPC

static int queue_make(const char *name, const struct mq_attr *attributes)
{
	return mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, attributes);
}

/* With the limits that the test sets, or with the kernel's. */
static void claim_limits(bool set)
{
	struct mq_attr many = {.mq_maxmsg = 6, .mq_msgsize = 64}, attributes;

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		NOTE(set ? "limits set" : "beside that");
		int first = OK(queue_make("/first", NULL));
		OK(mq_getattr(first, &attributes));
		IS(attributes.mq_maxmsg, set ? 4 : 10);
		IS(attributes.mq_msgsize, set ? 256 : 8192);
		OK(queue_make("/second", &many));
		many.mq_maxmsg = 8;
		if (set)
			FAILS(EINVAL, queue_make("/third", &many));
		else
			OK(mq_close(OK(queue_make("/another", &many))));
		int third = OK(queue_make("/third", NULL));
		if (set) {
			FAILS(ENOSPC, queue_make("/fourth", NULL));
			OK(mq_close(third));
			OK(mq_unlink("/third")); /* one that is gone no longer counts */
		}
		OK(queue_make("/fourth", NULL));
	}
	EXITS(user, 0);
}

CASE(mqueue_limits_are_enforced_in_their_namespace_only)
{
	CHILD(limited, NS_IPC) {
		MUST(file_write("/proc/sys/fs/mqueue/queues_max", "3"));
		MUST(file_write("/proc/sys/fs/mqueue/msg_max", "7"));
		MUST(file_write("/proc/sys/fs/mqueue/msg_default", "4"));
		MUST(file_write("/proc/sys/fs/mqueue/msgsize_default", "256"));
		claim_limits(true);
		CHILD(root, NS_USER, .map = CONTAINER_MAP) {
			FAILS(ENOSPC, queue_make("/fifth", NULL));
		}
		EXITS(root, 0);
		OK(queue_make("/fifth", NULL)); /* control: no limit for real root */
		TELL(limited);
		HEAR(limited);
	}
	HEAR(limited);
	claim_limits(false);
	DISMISS(limited);
}

CASE(queues_max_binds_root_of_the_owner)
{
	const struct mq_attr tiny = {.mq_maxmsg = 1, .mq_msgsize = 1};

	CHILD(root, NS_USER | NS_IPC, .map = CONTAINER_MAP) {
		long long max = MUST(file_number("/proc/sys/fs/mqueue/queues_max"));
		for (int i = 0; i < max; i++)
			OK(mq_close(OK(queue_make(path("/%d", i), &tiny))));
		FAILS(ENOSPC, queue_make("/excess", &tiny));
		OK(mq_unlink("/0"));
		OK(queue_make("/excess", &tiny));
	}
	EXITS(root, 0);
}
