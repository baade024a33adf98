// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces that live because others do. namespaces(7) "Namespace lifetime", user_namespaces(7), pid_namespaces(7) */
#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.nest"

/*
 * In an ORDERED box: a descriptor is all that is left of `n` namespaces; it leads to its relative, whose id is
 * this, and its end is the end of all.
 */
static void kept_by_relative(int ns, unsigned long request, long long id, int flag, int n)
{
	KEPT(flag);
	SAME_NS(ns_relative(ns, request), id, flag);
	OK(close(ns));
	FREED_ALL(flag, n);
}

/* In an ORDERED box: `outer`, in such a namespace, gives a descriptor of the one below it, and then both are left. */
static void outer_kept_by_inner(struct child *outer, int flag)
{
	const char *name = ns_type(flag)->name;
	int of_inner = TAKE_FD(outer);
	long long id = MUST(ns_id(outer->pid, name));

	OTHER_NS(id, 0, flag);
	HOLDER(OK(close(of_inner)));
	DISMISS(outer);
	kept_by_relative(of_inner, NS_GET_PARENT, id, flag, 2);
}

CASE(child_userns_pins_parent)
{
	ORDERED(box, NS_USER, 2) {
		CHILD(outer, NS_USER, .map = "0 0 65536") {
			CHILD(inner, NS_USER) {
				HEAR(inner);
			}
			GIVE_FD(outer, MUST(ns_open(inner->pid, "user")));
			HEAR(outer);
			DISMISS(inner);
		}
		outer_kept_by_inner(outer, NS_USER);
	}
	EXITS(box, 0);
}

CASE(owned_namespace_pins_owner)
{
	ORDERED(box, NS_USER, 1) {
		CHILD(member, NS_USER | NS_UTS) {
			HEAR(member);
		}
		int owned = MUST(ns_open(member->pid, "uts"));
		long long id = MUST(ns_id(member->pid, "user"));
		OTHER_NS(id, 0, NS_USER);
		HOLDER(OK(close(owned)));
		DISMISS(member);

		kept_by_relative(owned, NS_GET_USERNS, id, NS_USER, 1);
	}
	EXITS(box, 0);
}

CASE(child_pidns_pins_parent)
{
	ORDERED(box, NS_PID, 2) {
		CHILD(outer, NS_PID) {
			CHILD(inner, NS_PID) {
				IS(getpid(), 1);
				GIVE_FD(inner,
					MUST(ns_open(0,
						     "pid"))); /* procfs knows it by another PID than outer */
				for (;;)
					pause();
			}
			GIVE_FD(outer, TAKE_FD(inner));
			HEAR(outer);
			KILL(inner);
		}
		outer_kept_by_inner(outer, NS_PID);
	}
	EXITS(box, 0);
}

CASE(pending_children_namespaces_pin)
{
	ORDERED(pids, NS_PID, 1) {
		CHILD(holder, 0) {
			OK(unshare(NS_PID));
			CHILD(init, 0) {
				IS(getpid(), 1);
			}
			EXITS(init, 0);
			TELL(holder);
			HEAR(holder);
		}
		HEAR(holder);
		HOLDER(DISMISS(holder));
		KEPT(NS_PID);
		DISMISS(holder);
		FREED(NS_PID);
	}
	EXITS(pids, 0);
	ORDERED(times, NS_TIME, 1) {
		CHILD(holder, 0) {
			OK(unshare(NS_TIME));
			TELL(holder);
			HEAR(holder);
		}
		HEAR(holder);
		HOLDER(DISMISS(holder));
		KEPT(NS_TIME);
		DISMISS(holder);
		FREED(NS_TIME);
	}
	EXITS(times, 0);
}

#define LEVELS            3
#define BELOW_INIT(depth) (2 * (depth)-1) /* a sleeper for each level, and the inits but the first */

/* Gives an init a sleeper and, while depth lasts, an init below it; hands up the pidfds of all. */
static void populate(struct child *init, int depth)
{
	IS(getpid(), 1);
	CHILD(sleeper, 0) {
		for (;;)
			pause();
	}
	GIVE_FD(init, sleeper->pidfd);
	if (depth > 1) {
		CHILD(inner, NS_PID) {
			populate(inner, depth - 1);
			for (;;)
				pause();
		}
		for (int i = 0; i < BELOW_INIT(depth - 1); i++)
			GIVE_FD(init, TAKE_FD(inner));
		GIVE_FD(init, inner->pidfd);
	}
}

CASE(outer_init_death_empties_inner)
{
	int fds[BELOW_INIT(LEVELS)];

	COUNTED(box, NS_PID, LEVELS) {
		CHILD(outermost, NS_PID) {
			populate(outermost, LEVELS);
			for (;;)
				pause();
		}
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			fds[i] = TAKE_FD(outermost);
		FAILS(ENOSPC, ns_one_more(NS_PID));
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			HOLDS(!ready(fds[i]));

		KILL(outermost); /* reaped only after all others */
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
			HOLDS(ready(fds[i]));
			OK(close(fds[i]));
		}
		FREED_ALL(NS_PID, LEVELS);
	}
	EXITS(box, 0);
}
