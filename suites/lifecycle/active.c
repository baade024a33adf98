// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a namespace is in use, as its file handle and listns(2) tell: by processes, descriptors, mounts, or
 * by namespaces below it that are. A namespace that merely exists cannot be opened. open_by_handle_at(2)
 */
#include <linux/sockios.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.active"

/* The handle of the namespace behind a descriptor, which is closed. */
static struct ns_handle handle_of(int ns)
{
	struct ns_handle h;

	MUST(ns_handle(ns, &h));
	MUST(close(ns));
	return h;
}

static void opens(struct ns_handle *h, long long id)
{
	int ns = OK(ns_handle_open(h, O_RDONLY));

	IS(ns_id_of(ns), id);
	MUST(close(ns));
}

/* A namespace may stay in use for a moment after whoever used it is gone. */
static void becomes_stale(struct ns_handle *h)
{
	int ns;

	while ((ns = ns_handle_open(h, O_RDONLY)) >= 0) {
		MUST(close(ns));
		sched_yield();
	}
	GAVE(ESTALE);
}

/* Two user namespaces after each other, whose last members end now, are seen to go (helpers/kept.c). */
static void decoys_become_stale(void)
{
	for (int i = 0; i < 2; i++) {
		CHILD(decoy, NS_USER) {
			HEAR(decoy);
		}
		struct ns_handle h = handle_of(MUST(ns_open(decoy->pid, "user")));
		KILL(decoy);
		becomes_stale(&h);
	}
}

/* True if this handle opens now, and then leads to the namespace with this id. */
static bool active(struct ns_handle *h, long long id)
{
	int ns = ns_handle_open(h, O_RDONLY);

	if (ns < 0)
		return false;
	IS(ns_id_of(ns), id);
	MUST(close(ns));
	return true;
}

/* True if listns(2) has this namespace. */
static bool listed(long long id, int flag)
{
	uint64_t found = 0;
	long got = ns_list(flag, 0, (uint64_t)id - 1, &found, 1);

	if (got < 0 && errno == ENOENT) /* nothing from there on */
		return false;
	MUST(got);
	return found == (uint64_t)id;
}

CASE(handle_is_stale_after_death)
{
	FOR_EACH_NS_HERE(t) {
		NOTE("%s namespace", t->label);
		CHILD(member, t->flag) {
			HEAR(member);
		}
		long long id = MUST(ns_id(member->pid, t->name));
		OTHER_NS(id, 0, t->flag);
		struct ns_handle h = handle_of(MUST(ns_open(member->pid, t->name)));
		opens(&h, id);
		KILL(member);
		becomes_stale(&h);
	}
}

CASE(socket_only_namespace_is_inactive)
{
	CHILD(member, NS_NET) {
		GIVE_FD(member, MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)));
		HEAR(member);
	}
	int sock = TAKE_FD(member), ns = MUST(ns_open(member->pid, "net"));
	long long inode = ns_id_of(ns);
	long long id = MUST(ns_unique_id(ns));
	OTHER_NS(inode, 0, NS_NET);
	HOLDS(listed(id, NS_NET));
	struct ns_handle h = handle_of(ns);
	opens(&h, inode);
	DISMISS(member);
	becomes_stale(&h);
	HOLDS(!listed(id, NS_NET));

	ns = OK(ioctl(sock, SIOCGSKNS));
	opens(&h, inode);
	HOLDS(listed(id, NS_NET));
	OK(close(ns));
	becomes_stale(&h);
	HOLDS(!listed(id, NS_NET));
}

CASE(owner_is_active_with_its_children)
{
	kept_order(NS_WHERE);
	CHILD(outer, NS_USER, .map = CONTAINER_MAP) {
		CHILD(inner, NS_USER | NS_NET | NS_UTS) {
			HEAR(inner);
		}
		GIVE_FD(outer, MUST(ns_open(inner->pid, "user")));
		GIVE_FD(outer, MUST(ns_open(inner->pid, "net")));
		GIVE_FD(outer, MUST(ns_open(inner->pid, "uts")));
		HEAR(outer);
		DISMISS(inner);
	}
	int user = TAKE_FD(outer), net = TAKE_FD(outer), uts = TAKE_FD(outer);
	long long owner = ns_id_of(user), grandparent = MUST(ns_id(outer->pid, "user"));
	OTHER_NS(grandparent, 0, NS_USER);
	struct ns_handle of_owner = handle_of(user);
	struct ns_handle of_grandparent = handle_of(MUST(ns_open(outer->pid, "user")));
	HOLDER(OK(close(net)); OK(close(uts)));
	DISMISS(outer);

	decoys_become_stale();
	STILL_THERE(active(&of_owner, owner) || active(&of_grandparent, grandparent));
	opens(&of_owner, owner);
	opens(&of_grandparent, grandparent);
	OK(close(net));
	decoys_become_stale();
	opens(&of_owner, owner);
	opens(&of_grandparent, grandparent);
	OK(close(uts));
	becomes_stale(&of_owner);
	becomes_stale(&of_grandparent);
}

CASE(credential_changes_keep_balance)
{
	CHILD(member, NS_USER, .map = CONTAINER_MAP) {
		HEAR(member);
		for (int round = 0; round < 100; round++) {
			OK(setresuid(1, 1, 0));
			OK(setuid(0));
			OK(setresgid(1, 1, 0));
			OK(setgid(0));
			OK(setresuid(0, 0, 0));
			setfsuid(1);
			setfsuid(0);
		}
		TELL(member);
		HEAR(member);
	}
	int ns = MUST(ns_open(member->pid, "user"));
	long long inode = ns_id_of(ns);
	long long id = MUST(ns_unique_id(ns));
	struct ns_handle h = handle_of(ns);
	OTHER_NS(inode, 0, NS_USER);
	TELL(member);
	HEAR(member);
	HOLDS(listed(id, NS_USER));
	opens(&h, inode);
	DISMISS(member);
	becomes_stale(&h);
	HOLDS(!listed(id, NS_USER));
}

CASE(ids_are_not_reused)
{
	long long last = 0;

	for (int round = 0; round < 50; round++) {
		int ns = MUST(ns_new(NS_UTS));
		long long id = MUST(ns_unique_id(ns));
		HOLDS(id > last);
		last = id;
		OK(close(ns));
	}
}
