/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_POOL_INSIDE_H
#define RUNNER_HOST_POOL_INSIDE_H

#include "runner/host/pool.h"

/*
 * A pool as its own five files know it: pool.c, which feeds the VMs; pool_hear.c, what they tell; pool_lose.c, those
 * that ended; pool_dump.c, the memory of those; again.c, what is run again. Nobody else includes this.
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
	char *dump; /* the file that its VM's memory goes to, or NULL */
	int dump_fd;
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

/*
 * The memory of a guest that died or hangs: struct vm_owner's dump and dumped. The first time that a test crashes counts,
 * and the first DUMPS of a run: each is as large as the guest.
 */
enum { DUMPS = 3 };
int pool_dump(void *arg, struct vm *vm);
void pool_dumped(void *arg, struct vm *vm, const char *trouble);

/* Tells what was left out because of the limit. */
void pool_dump_end(struct pool *p);

/*
 * What is run again, and what comes of it. A test that fails, times out or leaks is run --reruns times more, alone in
 * booted VMs: it is flaky when one of those is good. A test that crashes is run once more in the same way; a crash that
 * does not come back alone is searched for among the tests that ran before it in its VM (search.h). Not for known
 * failures, sabotage or --repeat, and only for the first AGAIN_TESTS, TIMEOUTS_FOR_ALL of them that time out, and AGAIN_SEARCHES of a run:
 * a broken kernel is to cost minutes, not hours.
 */
enum { AGAIN_TESTS = 10, AGAIN_SEARCHES = 3 };

/* So many tests that time out are patience enough: from then on a test gets this share of its time limit. */
enum { TIMEOUTS_FOR_ALL = 3 };
#define SHARE_OF_LIMIT 0.2

/* A planned test has this result; history: what ran before it in its VM. */
void again_consider(struct pool *p, const struct test *test, const struct result *r,
		    const struct test *const *history, size_t count);

/* A job of plan_add()'s `again` has this result. */
void again_result(struct pool *p, const struct job *job, const struct result *r);

/* A trial of job->search is over. */
void again_trial(struct pool *p, const struct job *job, bool crashed);

/* Tells what was left out because of the limits, and forgets the rest. */
void again_end(struct pool *p);

#endif
