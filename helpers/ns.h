/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_NS_H
#define HELPERS_NS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "helpers/ns_type.h"

/*
 * The id (inode number, namespaces(7)) of /proc/PID/ns/NAME; pid 0 is the caller. -1 with errno. Of a type that the
 * kernel is built without, this and ns_open end the test with a skip (helpers/lack.h).
 */
long long ns_id(pid_t pid, const char *name);

/* The id behind an open nsfs descriptor. -1 with errno. */
long long ns_id_of(int fd);

/* Opens /proc/PID/ns/NAME (O_RDONLY|O_CLOEXEC); pid 0 is the caller. -1 with errno. */
int ns_open(pid_t pid, const char *name);

/*
 * Makes a new namespace of one type (not PID, time or user) with no process in it and gives its descriptor;
 * the namespace lives as long as that. -1 with errno of unshare(2).
 */
int ns_new(int flag);

/* ids of all types of a process at once, in the order of ns_types; a missing type has id 0. -1 with errno. */
struct ns_ids {
	long long now[NS_TYPES], next[NS_TYPES]; /* by ns_type.name and ns_type.next */
};
int ns_ids(pid_t pid, struct ns_ids *ids);

/* The CLONE_NEW* flags of all types whose ids differ: of where two processes are, of where their children go. */
int ns_differ(const struct ns_ids *a, const struct ns_ids *b);
int ns_differ_next(const struct ns_ids *a, const struct ns_ids *b);

/*
 * The id of the namespace that owns the one behind `fd` (NS_GET_USERNS) or is its parent (NS_GET_PARENT),
 * ioctl_nsfs(2). -1 with errno.
 */
long long ns_relative(int fd, unsigned long request);

/* clone(2) with `flags` and no stack of its own, as fork(2) does it; the rest as ns_clone3. */
pid_t ns_clone(unsigned long long flags);

/* clone3(2) with `flags` (CLONE_NEW* are dropped under sabotage); 0 in the child, exit signal SIGCHLD. */
pid_t ns_clone3(unsigned long long flags);

/* ns_clone3 that asks for PIDs (set_tid of clone3(2)), the innermost namespace first. */
pid_t ns_clone3_pids(unsigned long long flags, const pid_t *pids, size_t count);

/*
 * clone3(2) itself, for what ns_clone3 decides: `size` need not be that of *args. CLONE_NEW* are dropped from
 * args->flags under sabotage.
 */
pid_t ns_clone3_raw(struct clone_args *args, size_t size);

/*
 * The same calls tried out by a process that ends at once, so that the caller stays as it is: 0, or -1 with
 * the errno that the call gave.
 */
int ns_try_clone(unsigned long long flags);
int ns_try_clone3(unsigned long long flags);
int ns_try_unshare(int flags);
int ns_try_setns(int fd, int nstype);

/*
 * A block that runs in the namespace behind `fd` (net, uts, ipc, cgroup; any type that setns(2) takes back
 * and forth) and comes back after it:
 *
 *	WITHIN(a) {
 *		OK(bind(sock, ...));
 *	}
 */
#define WITHIN(fd) NS_WITHIN_(fd, NS_UNIQUE(home_))
#define NS_WITHIN_(fd, home)                                                                                 \
	for (int home = ns_go(__FILE__, __LINE__, fd); home >= 0; home = ns_return(__FILE__, __LINE__, home))

int ns_go(const char *file, int line, int fd);
int ns_return(const char *file, int line, int home);

#endif
