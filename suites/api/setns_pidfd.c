// SPDX-License-Identifier: GPL-2.0-only
/* Joining the namespaces of a process by its pidfd. setns(2) "fd is a PID file descriptor" */
#include <sys/pidfd.h>

#include "helpers/nscheck.h"

#define GROUP "api.setns_pidfd"

CASE(all_types_in_one_call)
{
	struct ns_ids before, its;

	CHILD(host, ns_all()) {
		HEAR(host);
	}
	int pidfd = MUST(pidfd_open(host->pid, 0));
	MUST(ns_ids(0, &before));
	MUST(ns_ids(host->pid, &its));
	FOR_EACH_NS_TYPE(t) {
		if (!ns_supported(t->flag))
			continue;
		NOTE("%s namespace", t->label);
		CHILD(one, 0) {
			struct ns_ids after;
			OK(setns(pidfd, t->flag));
			MUST(ns_ids(0, &after));
			IS(ns_differ(&before, &after), t->flag & ~NS_PID);
			IS(ns_differ_next(&before, &after), t->flag);
		}
		EXITS(one, 0);
	}
	NOTE("all types");
	CHILD(guest, 0) {
		struct ns_ids after;
		OK(setns(pidfd, ns_all()));
		MUST(ns_ids(0, &after));
		IS(ns_differ(&after, &its), NS_PID); /* a process never leaves its own PID namespace */
		IS(ns_differ_next(&after, &its), 0);
		CHILD(next, 0) {
			IS(getpid(), 2);
		}
		EXITS(next, 0);
	}
	EXITS(guest, 0);
	DISMISS(host);
}
