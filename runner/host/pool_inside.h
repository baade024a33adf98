/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_POOL_INSIDE_H
#define RUNNER_HOST_POOL_INSIDE_H

#include "runner/host/pool.h"

/*
 * A pool as its own three files know it: pool.c, which feeds the VMs; pool_hear.c, what they tell; pool_lose.c, those
 * that ended. Nobody else includes this.
 */

/* A place for one VM after the other. */
struct slot {
	struct vm *vm;
	bool has_job;
	bool held;    /* the job: its VM was lost, and it waits for the next one */
	int losses;   /* of the job */
	bool spoiled; /* ran a job that wants nothing after it in its VM */
	bool announced;
	struct job job;
	size_t step;                 /* of a trial: how many of its tests have ended */
	const struct test **history; /* ran in this VM */
	size_t ran;
};

/* The place of a VM. */
struct slot *pool_slot(struct pool *p, const struct vm *vm);

/* Stops the run. */
void pool_fault(struct pool *p, const char *text);

/* Who VMs of this pool tell what they do. */
struct vm_owner pool_owner(struct pool *p);

/* The VM there is gone: why, and what comes of it; frees it. */
void pool_lose(struct pool *p, struct slot *slot);

#endif
