/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_PLAN_H
#define RUNNER_HOST_PLAN_H

#include "runner/host/table.h"

struct recheck;
struct search;

/* One run of one test, to be done by any VM that fits. */
struct job {
	const struct test *test;
	bool fresh;            /* in a VM that ran nothing else, and runs nothing after */
	bool cold;             /* in a VM that was booted */
	struct recheck *again; /* it failed before: once more; NULL: the first time */
	struct search *search; /* only after the tests of its trial; NULL: no trial */
	int rank;              /* --in-order: which argument named it, else 0 */
	long expected_ms;
};

struct plan {
	struct job *jobs;
	size_t count;
};

/* What a plan is to be like. */
struct plan_request {
	const char *kernel; /* as --kernel names it: what a test took there before */
	bool fresh_vm, cold, in_order, sabotage;
};

/* Whether a row is selected and can be run. */
bool plan_has(const struct test *test, bool sabotage);

/*
 * What to run of the selected rows, in which order: longest first by the run or matrix in `last` (may be NULL) so
 * that several VMs end together, tests that want a VM of their own before all others if their times are known, else
 * after them. One round of --repeat. A selection without any test that could run is a fault.
 */
int plan_make(struct plan *plan, const struct table *table, const struct plan_request *wanted,
	      const char *last, struct fault *fault);

/* Adds one more job at the end. */
void plan_add(struct plan *plan, struct job job);

void plan_free(struct plan *plan);

#endif
