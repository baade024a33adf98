/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_AGAIN_H
#define RUNNER_HOST_AGAIN_H

#include "results/run.h"
#include "runner/host/pool.h"

/*
 * What is run again, and what comes of it. A test that fails, times out or leaks is run --reruns times more, alone in
 * booted VMs: it is flaky when one of those is good. A test that crashes is run once more in the same way; a crash that
 * does not come back alone is searched for among the tests that ran before it in its VM (search.h). Not for known
 * failures, sabotage or --repeat, and only for the first AGAIN_TESTS and AGAIN_SEARCHES of a run:
 * a broken kernel is to cost minutes, not hours.
 */
enum { AGAIN_TESTS = 10, AGAIN_SEARCHES = 3 };

/* A planned test has this result; history: what ran before it in its VM. */
void again_consider(struct pool *p, const struct test *test, const struct result *r,
		    const struct test *const *history, size_t count);

/* The same for a test of an interrupted run, which may have been run again already. */
void again_resume(struct pool *p, const struct test *test, const struct outcome *o);

/* A job of plan_add()'s `again` has this result. */
void again_result(struct pool *p, const struct job *job, const struct result *r);

/* A trial of job->search is over. */
void again_trial(struct pool *p, const struct job *job, bool crashed);

/* Tells what was left out because of the limits, and forgets the rest. */
void again_end(struct pool *p);

#endif
