// SPDX-License-Identifier: GPL-2.0-only
/* How many namespaces, and how deep. clone(2) ERRORS ENOSPC, namespaces(7) "The /proc/sys/user directory" */
/* Goes on from clone.c. */
#include "helpers/nscheck.h"
#include "helpers/nscount.h"

#define GROUP "api.clone"

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

static void nest_pid_namespaces(int level)
{
	NOTE("level %d", level);
	if (level > 32) {
		FAILS(ENOSPC, ns_try_clone3(NS_PID));
		FAILS(ENOSPC, ns_try_unshare(NS_PID));
		return;
	}
	OK(ns_try_clone3(NS_PID));
	CHILD(inner, NS_PID) {
		IS(getpid(), 1);
		nest_pid_namespaces(level + 1);
	}
	EXITS(inner, 0);
}

CASE(pid_nesting_limit_enospc)
{
	nest_pid_namespaces(1);
}

static const char *limit_file(const struct ns_type *t)
{
	return path("/proc/sys/user/max_%s_namespaces", t->name);
}

CASE(per_type_limit_enospc)
{
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		FOR_EACH_NS_HERE(t) {
			const struct ns_type *other = ns_type(t->flag == NS_UTS ? NS_IPC : NS_UTS);
			NOTE("%s namespace", t->label);
			IS(file_number(limit_file(t)), 2147483647);
			OK(file_write(limit_file(t), "0"));
			FAILS(ENOSPC, ns_try_unshare(t->flag));
			FAILS(ENOSPC, ns_try_clone3(t->flag));
			OK(ns_try_unshare(other->flag));
			OK(ns_try_clone3(other->flag));
			OK(file_write(limit_file(t), "2147483647"));
			OK(ns_try_clone3(t->flag));
		}
		FOR_EACH_NS_HERE(t)
			OK(file_write(limit_file(t), "0"));
		TELL(root);
		HEAR(root);
	}
	HEAR(root);
	CHILD(sibling, NS_USER, .map = CONTAINER_MAP) {
		FOR_EACH_NS_HERE(t)
			IS(file_number(limit_file(t)), 2147483647);
	}
	EXITS(sibling, 0);
	DISMISS(root);
}

/* Nothing of the types in `kept` is left: as soon as one is allowed, one can be made. */
static void claim_released(int kept)
{
	FOR_EACH_NS_HERE(t) {
		if (!(t->flag & kept))
			continue;
		NOTE("%s namespace", t->label);
		MUST(file_write(limit_file(t), "1"));
		FREED(t->flag);
		MUST(file_write(limit_file(t), "2147483647"));
	}
}

CASE(failed_call_releases_everything, .timeout = 20)
{
	const int all = ns_all();

	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		struct ns_ids before, after;
		MUST(ns_ids(0, &before));
		OK(ns_try_clone3((unsigned int)all)); /* controls */
		OK(ns_try_unshare(all));
		FOR_EACH_NS_HERE(t) {
			MUST(file_write(limit_file(t), "0"));
			for (int i = 0; i < 5; i++) {
				NOTE("no %s namespace", t->label);
				FAILS(ENOSPC, ns_clone3((unsigned int)all));
				FAILS(ENOSPC, unshare(all));
			}
			MUST(ns_ids(0, &after));
			IS(ns_differ(&before, &after), 0);
			IS(ns_differ_next(&before, &after), 0);
			MUST(file_write(limit_file(t), "2147483647"));
		}
		claim_released(all); /* so none of the 10 calls for each type has left anything */
	}
	EXITS(root, 0);
}
