// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/plan.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "results/times.h"

void plan_add(struct plan *plan, struct job job)
{
	if (!(plan->count & (plan->count - 1)))
		plan->jobs =
			mem_realloc(plan->jobs, (plan->count ? plan->count * 2 : 1) * sizeof(*plan->jobs));
	plan->jobs[plan->count++] = job;
}

void plan_free(struct plan *plan)
{
	free(plan->jobs);
	*plan = (struct plan){0};
}

bool plan_has(const struct test *t, bool sabotage)
{
	return t->selected && t->file && !(sabotage && t->exempt);
}

/*
 * What wants a VM of its own and takes its time goes first: at the end, one VM would work at it while the others have
 * nothing left to do.
 */
static int turn(const struct job *job)
{
	if (!job->fresh)
		return 1;
	return job->expected_ms > 0 ? 0 : 2;
}

static int before(const void *a, const void *b)
{
	const struct job *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (turn(x) != turn(y))
		return turn(x) - turn(y);
	if (x->expected_ms != y->expected_ms)
		return x->expected_ms > y->expected_ms ? -1 : 1;
	return x->test < y->test ? -1 : x->test > y->test;
}

static void add_selected(struct plan *plan, const struct table *table, const struct plan_request *wanted,
			 const struct times *times)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct test *t = &table->tests[i];
		struct job job = {.test = t,
				  .fresh = t->alone || wanted->fresh_vm || wanted->sabotage,
				  .cold = wanted->cold};

		if (wanted->in_order) {
			job.fresh = false;
			job.rank = t->rank;
		}

		if (!plan_has(t, wanted->sabotage))
			continue;
		long ms = times_of(times, wanted->kernel, t->id);
		job.expected_ms = ms < 0 ? 0 : ms;
		plan_add(plan, job);
	}
	if (plan->count)
		qsort(plan->jobs, plan->count, sizeof(*plan->jobs), before);
}

static int nothing_to_run(const struct table *table, bool sabotage, struct fault *fault)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->tests[i].selected && !table->tests[i].file)
			return fault_set(fault, EXIT_BAD_INPUT,
					 "no test is written yet for %s and the like: see --list --missing",
					 table->tests[i].id);
	return fault_set(fault, EXIT_BAD_INPUT,
			 sabotage ? "no selected test can be sabotaged" : "no test is selected");
}

int plan_make(struct plan *plan, const struct table *table, const struct plan_request *wanted,
	      const char *last, struct fault *fault)
{
	struct times times = {0};
	struct fault ignored = {0};

	*plan = (struct plan){0};
	if (last)
		times_load(&times, last, &ignored);
	add_selected(plan, table, wanted, &times);
	times_free(&times);
	return plan->count ? 0 : nothing_to_run(table, wanted->sabotage, fault);
}
