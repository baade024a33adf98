/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_SPAWN_H
#define RUNNER_HOST_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "runner/base/fault.h"

/* Who a virtual machine monitor runs as: oneself, or nobody when started as root. */
struct identity {
	bool drop;
	uid_t uid;
	gid_t gid;
	gid_t kvm; /* supplementary group that may open /dev/kvm, or gid */
};

/* Finds out who a monitor is to run as, and whether that one may open /dev/kvm. */
int identity_choose(struct identity *id, bool *kvm_opens, struct fault *fault);

/* The number that the first descriptor of a spawned program has there, and how many there may be. */
enum { SPAWN_FD_FIRST = 3, SPAWN_FDS_MAX = 16 };

/*
 * Starts a program in a session of its own that dies with this one, standard input from /dev/null.
 * fds, count: its other descriptors, from SPAWN_FD_FIRST on in this order; -1: that number stays closed
 * err: where its output and errors go
 * Returns its pid and, in *pidfd, a descriptor for it; -1 with errno.
 */
pid_t spawn_program(char *const *argv, const int fds[], int count, int err, const struct identity *id,
		    int *pidfd);

/*
 * Opens a file so that a spawned program may open it again by /dev/fd/N whoever it runs as: the file itself when
 * everybody may read it, else a copy in memory.
 */
int spawn_share_file(const char *path, struct fault *fault);

#endif
