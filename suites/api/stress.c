// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces made, joined and left by several processes at once. namespaces(7) "Namespace lifetime" */
#include "helpers/nscheck.h"

#define GROUP "api.stress"

#define ROUNDS 15
#define LIMIT  4 /* namespaces of each type at once */

/* ENOENT and EACCES are what the link of a zombie and of a process that was just reaped give. */
static void expected_error(const char *call)
{
	static const int expected[] = {ESRCH, ENOSPC, EAGAIN, ENOENT, EACCES};

	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		if (errno == expected[i])
			return;
	NOTE("%s", call);
	IS(errno_name(errno), "ESRCH, ENOSPC, EAGAIN");
}

/* Joins a process that may end meanwhile: all its new namespaces by its pidfd, or one of them by its file. */
static void join(pid_t pid, int pidfd, int flags, const struct ns_type *one)
{
	int ns = one ? ns_open(pid, one->name) : -1;

	if (one && ns < 0)
		expected_error("open");
	else if (one && setns(ns, one->flag) < 0)
		expected_error("setns by file");
	else if (!one && setns(pidfd, flags) < 0)
		expected_error("setns by pidfd");
}

/* One process in new namespaces of these types, and one that joins it while it ends. */
static void make_and_join(int flags, const struct ns_type *one)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = (unsigned int)flags | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t host = ns_clone3_raw(&args, sizeof(args));

	if (host == 0)
		_exit(0);
	if (host < 0) {
		expected_error("clone3");
		return;
	}
	CHILD(guest, 0) {
		join(host, pidfd, flags, one);
	}
	IS(waitpid(host, NULL, 0), host);
	EXITS(guest, 0);
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
