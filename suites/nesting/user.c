// SPDX-License-Identifier: GPL-2.0-only
/* User namespaces within user namespaces. user_namespaces(7) "Nested namespaces", "Capabilities" */
#include <linux/nsfs.h>
#include <sys/ioctl.h>

#include "helpers/nscheck.h"

#define GROUP "nesting.user"

static void claim_owner(const char *file, unsigned int id)
{
	struct stat status;

	OK(stat(file, &status));
	IS(status.st_uid, id);
	IS(status.st_gid, id);
}

CASE(maps_compose_across_levels)
{
	MUST(chmod("/tmp", 01777));
	CHILD(first, NS_USER, .map = "0 100000 1000") {
		CHILD(second, NS_USER, .map = "0 5 100") {
			CHILD(third, NS_USER, .map = "0 10 10") {
				MUST(file_make("/tmp/of_the_third"));
				claim_owner("/tmp/of_the_third", 0);
			}
			EXITS(third, 0);
			claim_owner("/tmp/of_the_third", 10);
		}
		EXITS(second, 0);
		claim_owner("/tmp/of_the_third", 15);
	}
	EXITS(first, 0);
	claim_owner("/tmp/of_the_third", 100015);
}

static void claim_map(pid_t pid, long long outside)
{
	long long map[3];

	IS(sscanf(MUST(file_read(proc_path(pid, "uid_map"))), "%lld %lld %lld", &map[0], &map[1], &map[2]),
	   3);
	IS(map[0], 0);
	IS(map[1], outside);
	IS(map[2], 10);
}

CASE(map_of_a_grandchild_reads_differently_at_each_level)
{
	CHILD(first, NS_USER, .map = CONTAINER_MAP) {
		CHILD(second, NS_USER, .map = "0 5 10") {
			claim_map(0, 5);
			CHILD(member, 0) {
				claim_map(getppid(), 5);
			}
			EXITS(member, 0);
			HEAR(second);
		}
		claim_map(second->pid, 5);
		TELL(first, second->pid);
		HEAR(first);
		DISMISS(second);
	}
	pid_t second = (pid_t)HEAR(first);
	claim_map(second, 100005);
	CHILD(sibling, NS_USER, .map = "0 200000 65536") {
		claim_map(second, 4294967295);
	}
	EXITS(sibling, 0);
	DISMISS(first);
}

static void claim_joins(int uts, int user)
{
	CHILD(visitor, 0) {
		OK(setns(uts, CLONE_NEWUTS));
		OK(sethostname("visited", 7));
		OK(setns(user, CLONE_NEWUSER));
	}
	EXITS(visitor, 0);
}

CASE(capabilities_reach_all_descendants_and_no_ancestor)
{
	CHILD(first, NS_USER | NS_UTS, .map = CONTAINER_MAP) {
		int first_uts = MUST(ns_open(0, "uts")), first_user = MUST(ns_open(0, "user"));
		CHILD(second, NS_USER | NS_UTS, .map = "0 0 100") {
			int second_user = MUST(ns_open(0, "user"));
			HOLDS(cap_effective_full());
			FAILS(EPERM, setns(first_uts, CLONE_NEWUTS));
			CHILD(third, NS_USER | NS_UTS, .map = "0 0 10") {
				char name[65];
				HOLDS(cap_effective_full());
				FAILS(EPERM, setns(second_user, CLONE_NEWUSER));
				FAILS(EPERM, setns(first_user, CLONE_NEWUSER));
				TELL(third);
				HEAR(third);
				OK(gethostname(name, sizeof(name)));
				IS(name, "visited");
			}
			HEAR(third);
			claim_joins(MUST(ns_open(third->pid, "uts")), MUST(ns_open(third->pid, "user")));
			TELL(second, third->pid);
			HEAR(second);
			DISMISS(third);
		}
		pid_t third = (pid_t)HEAR(second);
		claim_joins(MUST(ns_open(third, "uts")), MUST(ns_open(third, "user")));
		DISMISS(second);
	}
	EXITS(first, 0);
}

/* Serves in the first level: lets one of its users make the second one, and says the PID that sits there. */
static void hold_second_level(struct child *self, uid_t uid)
{
	CHILD(maker, 0, .uid = uid) {
		CHILD(second, NS_USER) {
			HEAR(second);
		}
		TELL(maker, second->pid);
		int own = MUST(ns_open(second->pid, "user"));
		CHILD(joiner, 0) { /* control: the owner, from the direct parent */
			OK(setns(own, CLONE_NEWUSER));
			HOLDS(cap_effective_full());
		}
		EXITS(joiner, 0);
		HEAR(maker);
		DISMISS(second);
	}
	TELL(self, HEAR(maker));
	HEAR(self);
	DISMISS(maker);
}

CASE(owner_of_l1_is_privileged_in_l2)
{
	CHILD(owner, 0, .uid = UNPRIVILEGED) {
		CHILD(first, NS_USER) {
			HEAR(first);
			hold_second_level(first, 5);
		}
		TELL(owner, first->pid);
		HEAR(owner);
		TELL(first);
		pid_t second = (pid_t)HEAR(first);
		CHILD(joiner, 0) {
			IS(proc_status(0, "CapEff"), CAPS_NONE);
			long long home = ns_id(0, "user");
			int target = MUST(ns_open(second, "user"));
			OK(setns(target, CLONE_NEWUSER));
			HOLDS(cap_effective_full());
			SAME_NS(0, BEHIND(target), NS_USER);
			OTHER_NS(0, home, NS_USER);
		}
		EXITS(joiner, 0);
		TELL(owner, second);
		HEAR(owner);
		DISMISS(first);
	}
	MUST(idmap_write((pid_t)HEAR(owner), path("0 %d 1\n1 100000 10", UNPRIVILEGED)));
	TELL(owner);
	int second = MUST(ns_open((pid_t)HEAR(owner), "user"));
	CHILD(other, 0, .uid = 2000) {
		FAILS(EPERM, setns(second, CLONE_NEWUSER));
	}
	EXITS(other, 0);
	DISMISS(owner);
}

CASE(owner_uid_must_sit_in_the_direct_parent)
{
	uid_t uid;

	CHILD(first, NS_USER, .map = CONTAINER_MAP) {
		hold_second_level(first, 4);
	}
	int second = MUST(ns_open((pid_t)HEAR(first), "user"));
	OK(ioctl(second, NS_GET_OWNER_UID, &uid));
	IS(uid, CONTAINER_ID + 4);
	CHILD(namesake, 0, .uid = CONTAINER_ID + 4) {
		FAILS(EPERM, setns(second, CLONE_NEWUSER));
	}
	EXITS(namesake, 0);
	DISMISS(first);
}

static void nest(int levels, struct child *self)
{
	if (levels == 0) {
		GIVE_FD(self, MUST(ns_open(0, "user")));
		HEAR(self);
		return;
	}
	CHILD(inner, NS_USER, .map = "0 0 1") {
		FAILS(EPERM, ioctl(MUST(ns_open(0, "user")), NS_GET_PARENT));
		nest(levels - 1, inner);
	}
	GIVE_FD(self, TAKE_FD(inner));
	HEAR(self);
	DISMISS(inner);
}

CASE(ns_get_parent_walks_to_the_callers_level)
{
	static const unsigned long requests[] = {NS_GET_PARENT, NS_GET_USERNS};

	CHILD(first, NS_USER, .map = "0 0 1") {
		nest(4, first);
	}
	int innermost = TAKE_FD(first);
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		int fd = innermost;
		long long ids[6] = {ns_id_of(fd)};
		NOTE(requests[i] == NS_GET_PARENT ? "NS_GET_PARENT" : "NS_GET_USERNS");
		for (int step = 1; step <= 5; step++) {
			fd = OK(ioctl(fd, requests[i]));
			ids[step] = ns_id_of(fd);
			for (int before = 0; before < step; before++)
				OTHER_NS(ids[step], ids[before], NS_USER);
		}
		SAME_NS(ids[4], first, NS_USER);
		SAME_NS(ids[5], 0, NS_USER);
		FAILS(EPERM, ioctl(fd, requests[i]));
	}
	DISMISS(first);
}
