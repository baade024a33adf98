// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/host/pool_inside.h"
#include "runner/host/search.h"

/* Of a job that is begun anew. */
enum { LOSSES_MAX = 2 };

static void add_times(struct pool_times *t, const struct vm_life *vm)
{
	int64_t up = vm->saving_at ? vm->saving_at : vm->prepared_at;

	*(vm->warm ? &t->restore : &t->boot) += up - vm->started_at;
	t->save += vm->prepared_at - up;
	t->stream += vm->ready_at - vm->prepared_at;
}

static void announce(struct pool *p, struct slot *slot)
{
	const struct vm_life *vm = vm_life(slot->vm);
	int64_t took = vm->ready_at - vm->started_at;

	slot->announced = true;
	p->ever_ready = true;
	p->failures = 0;
	add_times(&p->times, vm);
	pool_journal(p, "vm",
		     json_pack("{s:i,s:s,s:I,s:s,s:s,s:I}", "vm", vm->number, "start",
			       vm->warm ? "warm" : "cold", "ready_ms", (json_int_t)took, "accel",
			       accel_name(p->machine->accel), "release", vm->release ? vm->release : "",
			       "at_ms", (json_int_t)(vm->started_at - p->began)));
}

static void on_ready(void *arg, struct vm *vm)
{
	struct pool *p = arg;
	struct slot *slot = pool_slot(p, vm);

	if (!slot->announced)
		announce(p, slot);
}

static void remember(struct slot *slot, const struct test *test)
{
	if (!(slot->ran & (slot->ran - 1)))
		slot->history =
			mem_realloc(slot->history, (slot->ran ? slot->ran * 2 : 1) * sizeof(*slot->history));
	slot->history[slot->ran++] = test;
}

/* Only whether the last test of a trial crashes is asked; a crash before it is another one. */
static void on_trial_result(struct pool *p, struct slot *slot, const struct result *r)
{
	struct job job = slot->job;
	bool last = slot->step == job.search->trial_count, crashed = r->verdict == VERDICT_CRASH;

	slot->step++;
	if (!last && !crashed)
		return;
	slot->has_job = false;
	slot->spoiled = true;
	if (!p->dropping)
		again_trial(p, &job, last && crashed);
}

/* A planned test has a verdict that was not expected. */
static void count_bad(struct pool *p)
{
	const struct pool_config *c = &p->config;

	if (++p->bad < c->fail_fast || !c->fail_fast || p->stopping)
		return;
	p->cut = p->next < p->plan->count;
	p->stopping = true;
}

static void on_planned_result(struct pool *p, struct slot *slot, struct result *r)
{
	struct job job = slot->job;

	slot->has_job = false;
	slot->spoiled |= job.fresh;
	if (p->dropping)
		return;
	r->again = job.again;
	r->sabotage = p->config.sabotage;
	r->at_ms = (long)(loop_now() - p->began);
	if (!job.again && !r->sabotage)
		pool_expect(p, r);
	p->times.tests += r->duration_ms;
	p->last_result_at = loop_now();
	pool_journal(p, "test", result_to_json(r));
	if (p->dropping)
		return; /* it is not on the disk */
	term_result(p->term, r, &(struct term_test){job.test->file, job.test->line, job.expected_ms});
	if (verdict_is_good(r->verdict))
		p->good++;
	else if (p->config.repeat > 1)
		p->stopping = true;
	if (!verdict_is_good(r->verdict) && !job.again)
		count_bad(p);
	if (job.again)
		again_result(p, &job, r);
	else
		again_consider(p, job.test, r, slot->history, slot->ran);
	p->timeouts += r->verdict == VERDICT_TIMEOUT && !job.again;
	remember(slot, job.test);
}

/* The host took the VM away while the job was in it, which gets another one; false when that has been tried enough. */
static bool hold_job(struct pool *p, struct slot *slot, const struct result *r)
{
	char *text;

	if (p->stopping || slot->losses == LOSSES_MAX)
		return false;
	slot->losses++;
	slot->step = 0;
	slot->held = true;
	text = mem_printf("%s: %s; once more in another VM", r->id, r->message);
	pool_note(p, text);
	free(text);
	return true;
}

static void on_result(void *arg, struct vm *vm, struct result *r)
{
	struct pool *p = arg;
	struct slot *slot = pool_slot(p, vm);

	if (judge_void(&r->evidence) && hold_job(p, slot, r))
		; /* it says nothing about the test */
	else if (slot->job.search)
		on_trial_result(p, slot, r);
	else
		on_planned_result(p, slot, r);
	result_free(r);
}

static void on_note(void *arg, struct vm *vm, const char *text)
{
	struct pool *p = arg;
	char *line = mem_printf("VM %d: %s", vm_life(vm)->number, text);

	pool_note(p, line);
	free(line);
}

/* Where a test of the plan is. */
static struct term_test place_of(const struct pool *p, const char *id)
{
	for (size_t i = 0; i < p->plan->count; i++) {
		const struct test *test = p->plan->jobs[i].test;

		if (!strcmp(test->id, id))
			return (struct term_test){.file = test->file, .line = test->line};
	}
	return (struct term_test){0};
}

/* The kernel complained after a test's verdict was given: that verdict does not stand. */
static void on_late_splat(void *arg, struct vm *vm, const char *id, const char *line, const char *log)
{
	struct pool *p = arg;
	struct result *r;

	if (!id || p->dropping || pool_slot(p, vm)->job.search)
		return;
	r = result_new(id);
	r->evidence = (struct evidence){.ending = ENDING_ITSELF, .splat = true};
	r->verdict = judge_test(&r->evidence);
	r->vm = vm_life(vm)->number;
	r->warm = vm_life(vm)->warm;
	r->sabotage = p->config.sabotage;
	r->at_ms = (long)(loop_now() - p->began);
	r->fingerprint = console_fingerprint(log);
	r->message = mem_printf("after its end: %s", line);
	result_set(&r->kernel_log, log);
	if (!r->sabotage)
		pool_expect(p, r);
	pool_journal(p, "test", result_to_json(r));
	const struct term_test at = place_of(p, id);
	term_late(p->term, r, &at);
	if (!verdict_is_good(r->verdict))
		count_bad(p);
	result_free(r);
}

struct vm_owner pool_owner(struct pool *p)
{
	return (struct vm_owner){.ready = on_ready,
				 .result = on_result,
				 .note = on_note,
				 .dump = pool_dump,
				 .dumped = pool_dumped,
				 .late_splat = on_late_splat,
				 .arg = p};
}
