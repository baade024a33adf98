/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_SNAPSHOT_H
#define RUNNER_HOST_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "runner/base/fault.h"

/*
 * Saved VMs in CACHE/snapshots/KEY.snap: a header of one page, then the state that the monitor wrote. A file is used
 * only when its header names the key, and its length, inode and time are those the header tells; after a
 * reboot of this machine, which may have lost what was never written out, its checksum is verified as well.
 */
struct snapshots {
	char *dir;
	char key[65];
	long limit; /* bytes for all of them */
	int fd;     /* the verified snapshot, or -1 */
	off_t length;
	bool serial; /* the guest's channel is ttyS1 */
	char release[65];
};

int snapshots_init(struct snapshots *s, const char *cache, long limit_mib, struct fault *fault);
void snapshots_close(struct snapshots *s);

/* Looks for the snapshot of that key; true when one is there and sound. One that is not is removed. */
bool snapshot_find(struct snapshots *s, const char *key);

/* A descriptor of its own that stands where the state begins, or -1. */
int snapshot_open(const struct snapshots *s);

/* A new unnamed file that stands where the state goes, or -1 with errno. */
int snapshot_begin(const struct snapshots *s);

/* Names the written file, so that it is found from now on; the least recently used make room. Closes fd. */
int snapshot_commit(struct snapshots *s, int fd, bool serial, const char *release);

/* Throws the snapshot away. */
void snapshot_discard(struct snapshots *s);

#endif
