// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/plan.h"

#include <stdlib.h>
#include <string.h>

#include "results/journal.h"
#include "results/text.h"

void plan_add(struct plan *plan, struct job job)
{
	if (!(plan->count & (plan->count - 1)))
		plan->jobs = xrealloc(plan->jobs, (plan->count ? plan->count * 2 : 1) * sizeof(*plan->jobs));
	plan->jobs[plan->count++] = job;
}

void plan_free(struct plan *plan)
{
	free(plan->jobs);
	*plan = (struct plan){0};
}

static bool runs(const struct test *t, const struct options *o)
{
	return t->selected && t->file && !(o->sabotage && t->exempt);
}

/* Durations by id, from an earlier journal. */
static void remember_duration(void *arg, const char *type, json_t *entry)
{
	json_t *times = arg, *id = json_object_get(entry, "id"), *ms = json_object_get(entry, "duration_ms");

	if (!strcmp(type, "test") && json_is_string(id) && json_is_integer(ms))
		json_object_set(times, json_string_value(id), ms);
}

static json_t *earlier_durations(const char *last)
{
	json_t *times = json_object();
	struct fault ignored = {0};
	unsigned int damaged;

	if (last)
		journal_read(last, remember_duration, times, &damaged, &ignored);
	return times;
}

static int before(const void *a, const void *b)
{
	const struct job *x = a, *y = b;

	if (x->fresh != y->fresh)
		return x->fresh - y->fresh;
	if (x->expected_ms != y->expected_ms)
		return x->expected_ms > y->expected_ms ? -1 : 1;
	return x->test < y->test ? -1 : x->test > y->test;
}

static void add_selected(struct plan *plan, const struct table *table, const struct options *o, json_t *times)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct test *t = &table->tests[i];
		struct job job = {
			.test = t, .fresh = t->alone || o->fresh_vm || o->sabotage, .cold = o->cold};

		if (!runs(t, o))
			continue;
		job.expected_ms = (long)json_integer_value(json_object_get(times, t->id));
		plan_add(plan, job);
	}
	if (plan->count)
		qsort(plan->jobs, plan->count, sizeof(*plan->jobs), before);
}

static int nothing_to_run(const struct table *table, const struct options *o, struct fault *fault)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->tests[i].selected && !table->tests[i].file)
			return fault_set(fault, EXIT_BAD_INPUT,
					 "no test is written yet for %s and the like: see --list --missing",
					 table->tests[i].id);
	return fault_set(fault, EXIT_BAD_INPUT,
			 o->sabotage ? "no selected test can be sabotaged" : "no test is selected");
}

int plan_make(struct plan *plan, const struct table *table, const struct options *o, const char *last,
	      struct fault *fault)
{
	json_t *times = earlier_durations(last);

	*plan = (struct plan){0};
	add_selected(plan, table, o, times);
	json_decref(times);
	return plan->count ? 0 : nothing_to_run(table, o, fault);
}
