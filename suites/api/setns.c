// SPDX-License-Identifier: GPL-2.0-only
/* Joining a namespace by its descriptor. setns(2) "fd refers to a /proc/[pid]/ns/ link" */
#include "helpers/nscheck.h"

#define GROUP "api.setns"

/* Joins one type after `joined` others; the links of all these, and no other, have moved since `before`. */
static int join(const struct ns_type *t, int fd, bool exact, int joined, const struct ns_ids *before)
{
	struct ns_ids after;

	NOTE("%s namespace, nstype %s", t->label, exact ? "its flag" : "0");
	joined |= t->flag;
	OK(setns(fd, exact ? t->flag : 0));
	MUST(ns_ids(0, &after));
	IS(ns_differ(before, &after), joined & ~NS_PID);
	IS(ns_differ_next(before, &after), joined);
	return joined;
}

/* Joins all types of `host`, the user namespace last. */
static void join_all(pid_t host, bool exact)
{
	const struct ns_type *user = ns_type(NS_USER);
	struct ns_ids before, after, its;
	int fds[NS_TYPES], joined = 0;

	MUST(ns_ids(0, &before));
	MUST(ns_ids(host, &its));
	FOR_EACH_NS_TYPE(t)
		fds[t - ns_types] = ns_supported(t->flag) ? MUST(ns_open(host, t->name)) : -1;
	FOR_EACH_NS_TYPE(t)
		if (t != user && fds[t - ns_types] >= 0)
			joined = join(t, fds[t - ns_types], exact, joined, &before);
	join(user, fds[user - ns_types], exact, joined, &before);
	MUST(ns_ids(0, &after));
	IS(ns_differ(&after, &its), NS_PID);
	IS(ns_differ_next(&after, &its), 0);
}

CASE(joins_each_type_by_nsfs_fd)
{
	CHILD(host, ns_all()) {
		HEAR(host);
	}
	CHILD(guest, 0) {
		join_all(host->pid, false);
	}
	EXITS(guest, 0);
	CHILD(exact, 0) {
		join_all(host->pid, true);
	}
	EXITS(exact, 0);
	DISMISS(host);
}
