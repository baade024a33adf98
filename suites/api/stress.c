// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces made, joined and left by several processes at once. namespaces(7) "Namespace lifetime" */
#include "helpers/nscheck.h"

#define GROUP "api.stress"

#define ROUNDS 15
#define LIMIT  4 /* namespaces of each type at once */

/* What may be gone already: its process is a zombie, or was reaped just now. */
static bool has_gone(void)
{
	return errno == ESRCH || errno == ENOENT || errno == EACCES;
}

/*
 * Joins a process: all its new namespaces by its pidfd, or one of them by its file. 0; -1 with errno of the look at the
 * process, which may fail where it has gone. To join what was found cannot fail.
 */
static int join(pid_t pid, int pidfd, int flags, const struct ns_type *one)
{
	if (!one)
		return setns(pidfd, flags);
	int ns = ns_open(pid, one->name);
	if (ns < 0)
		return -1;
	OK(setns(ns, one->flag));
	return 0;
}

/*
 * One process in new namespaces of these types, as soon as the limits allow them. One joins it while it stays, which
 * has to work, and another one while it ends.
 */
static void make_and_join(int flags, const struct ns_type *one)
{
	int pidfd = -1, stay[2];
	char byte;
	struct clone_args args = {
		.flags = (unsigned int)flags | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t host;

	MUST(pipe2(stay, O_CLOEXEC));
	while ((host = ns_clone3_raw(&args, sizeof(args))) < 0) {
		GAVE(ENOSPC);
		sched_yield(); /* freed by a worker; the test's time limit ends this */
	}
	if (host == 0) {
		close(stay[1]);
		_exit((int)read(stay[0], &byte, 1));
	}
	close(stay[0]);
	CHILD(guest, 0) {
		struct ns_ids its, own;
		MUST(ns_ids(host, &its));
		OK(join(host, pidfd, flags, one));
		MUST(ns_ids(0, &own));
		for (int i = 0; i < NS_TYPES; i++)
			if (ns_types[i].flag & (one ? one->flag : flags))
				IS(own.next[i], its.now[i]);
	}
	EXITS(guest, 0);
	close(stay[1]);
	CHILD(late, 0) {
		if (join(host, pidfd, flags, one) < 0)
			HOLDS(has_gone());
	}
	IS(waitpid(host, NULL, 0), host);
	EXITS(late, 0);
	close(pidfd);
}

/* Types at random, but the same ones in every run. */
static void work(unsigned int seed)
{
	for (int round = 0; round < ROUNDS; round++) {
		int flags = 0;
		seed = seed * 1103515245 + 12345;
		NOTE("round %d, seed %#x", round, seed);
		const struct ns_type *t = ns_types + (seed >> 24) % NS_TYPES;
		for (int i = 0; i < NS_TYPES; i++)
			flags |= seed >> (16 + i) & 1 ? ns_types[i].flag : 0;
		flags = (flags | t->flag) & ns_all();
		if (flags)
			make_and_join(flags, round % 2 ? t : NULL);
	}
}

CASE(concurrent_create_join_destroy)
{
	COUNTED(box, NS_UTS, LIMIT) {
		FOR_EACH_NS_HERE(t)
			ns_quota(NS_WHERE, t->flag, LIMIT);
		CHILD(first, 0) {
			work(1);
		}
		CHILD(second, 0) {
			work(2);
		}
		EXITS(first, 0);
		EXITS(second, 0);
		FOR_EACH_NS_HERE(t) {
			NOTE("%s namespaces", t->label);
			FREED_ALL(t->flag, LIMIT);
		}
	}
	EXITS(box, 0);
}
