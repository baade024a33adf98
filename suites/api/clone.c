// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces made together with a process. clone(2) */
#include <sys/ioctl.h>

#include "helpers/nscheck.h"

#define GROUP "api.clone"

/* All that the old clone(2) could make: its low byte, where CLONE_NEWTIME is, was the exit signal. */
#define SEVEN (NS_ALL & ~NS_TIME)

CASE(each_flag_creates_exactly_one_namespace)
{
	struct ns_ids mine, its;

	MUST(ns_ids(0, &mine));
	FOR_EACH_NS_TYPE(t) {
		if (!(t->flag & SEVEN))
			continue;
		NOTE("%s namespace", t->label);
		CHILD(child, t->flag) {
			HEAR(child);
		}
		MUST(ns_ids(child->pid, &its));
		IS(ns_differ(&mine, &its), t->flag);
		IS(ns_differ_next(&mine, &its), t->flag);
		int fd = MUST(ns_open(child->pid, t->name));
		IS(ioctl(fd, NS_GET_NSTYPE), t->flag);
		DISMISS(child);
	}
	NOTE("without a flag");
	CHILD(plain, 0) {
		HEAR(plain);
	}
	MUST(ns_ids(plain->pid, &its));
	IS(ns_differ(&mine, &its), 0);
	IS(ns_differ_next(&mine, &its), 0);
	DISMISS(plain);
}

CASE(all_seven_flags_in_one_call)
{
	struct ns_ids mine, its;
	char name[16];

	OK(sethostname("outside", 7));
	CHILD(box, SEVEN) {
		IS(getpid(), 1);
		OK(gethostname(name, sizeof(name)));
		IS(name, "outside");
		OK(sethostname("inside", 6));
		OK(gethostname(name, sizeof(name)));
		IS(name, "inside");
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	MUST(ns_ids(0, &mine));
	MUST(ns_ids(box->pid, &its));
	IS(ns_differ(&mine, &its), SEVEN); /* so the time namespace is the same */
	OK(gethostname(name, sizeof(name)));
	IS(name, "outside");
	DISMISS(box);
}

CASE(user_nesting_limit_enospc)
{
	for (int level = 1; level <= 33; level++) {
		NOTE("level %d", level);
		OK(unshare(CLONE_NEWUSER));
		MUST(idmap_write(0, "0 0 1"));
	}
	NOTE("level 34");
	FAILS(ENOSPC, unshare(CLONE_NEWUSER));
	FAILS(ENOSPC, ns_clone3(NS_USER));
}
