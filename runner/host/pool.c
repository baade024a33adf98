// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/pool_inside.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/host/search.h"

enum { GRACE_MS = 5000 };

void pool_fault(struct pool *p, const char *text)
{
	fault_set(p->fault, EXIT_UNFINISHED, "%s", text);
	p->stopping = p->dropping = true;
}

void pool_journal(struct pool *p, const char *type, json_t *entry)
{
	if (journal_add(p->journal, type, entry, p->fault))
		p->stopping = p->dropping = true;
	if (!p->journal->made_again)
		return;
	p->journal->made_again = false;
	pool_note(
		p,
		"the results folder was removed and has been made again; the kernel logs until now are lost");
}

void pool_note(struct pool *p, const char *text)
{
	pool_journal(p, "note", json_pack("{s:s}", "text", text));
	term_note(p->term, text);
}

void pool_expect(const struct pool *p, struct result *r)
{
	const struct subject on = {.release = p->machine->kernel->release,
				   .version = p->machine->kernel->version,
				   .runtime = p->machine->config.runtime};

	baseline_apply(p->baseline, &on, r);
}

struct slot *pool_slot(struct pool *p, const struct vm *vm)
{
	for (int i = 0; i < p->jobs; i++)
		if (p->slots[i].vm == vm)
			return &p->slots[i];
	abort();
}

/* ---- feeding ---- */

/* Jobs that nobody has taken yet, of all rounds. */
static size_t jobs_left(const struct pool *p)
{
	return p->stopping ? 0 : p->plan->count * (size_t)p->config.repeat - p->next;
}

static const struct job *next_job(const struct pool *p)
{
	return jobs_left(p) ? &p->plan->jobs[p->next % p->plan->count] : NULL;
}

/* Whether a snapshot is on its way, which is worth waiting for. */
static bool snapshot_is_coming(const struct pool *p)
{
	if (!p->machine->snapshots_wanted || p->machine->snapshots->fd >= 0)
		return false;
	for (int i = 0; i < p->jobs; i++) {
		const struct vm *vm = p->slots[i].vm;

		if (vm && vm_may_save(vm))
			return true;
	}
	return false;
}

/* VMs that have no test yet and will take one. */
static size_t idle_vms(const struct pool *p)
{
	size_t idle = 0;

	for (int i = 0; i < p->jobs; i++) {
		const struct slot *slot = &p->slots[i];

		idle += slot->vm && !slot->has_job && !slot->spoiled && vm_is_free(slot->vm);
	}
	return idle;
}

static void start_vm(struct pool *p, struct slot *slot)
{
	static const char starting[] = "starting a VM";

	if (p->stopping)
		slot->has_job = false; /* it was held */
	const struct job *job = slot->has_job ? &slot->job : next_job(p);

	if (!job || (!slot->has_job && jobs_left(p) <= idle_vms(p)) || (!job->cold && snapshot_is_coming(p)))
		return;
	term_status(p->term, starting);
	slot->vm = vm_start(p->machine, &p->owner, ++p->vms, job->cold, p->fault);
	if (!slot->vm)
		p->stopping = p->dropping = true;
	else if (p->config.hint)
		term_note(p->term, p->config.hint);
}

static bool fits(const struct slot *slot, const struct job *job)
{
	const struct vm_life *vm = vm_life(slot->vm);

	if (slot->spoiled || vm->distrusted)
		return false;
	return !job->fresh || (!vm->tests_run && !(job->cold && vm->warm));
}

/*
 * On a broken kernel hundreds of tests may wait for what never comes. Once some have, the others get a fifth of their time,
 * but five times what they took before: that is more than enough on a machine that is as fast as it was at first.
 */
static double share_of(struct pool *p, const struct job *job)
{
	double share = SHARE_OF_LIMIT;

	if (p->timeouts < TIMEOUTS_FOR_ALL || job->again || job->search)
		return 1;
	if (5.0 * (double)job->expected_ms > share * 1000 * job->test->timeout)
		share = 5.0 * (double)job->expected_ms / (1000 * job->test->timeout);
	if (share >= 1)
		return 1;
	if (!p->shortened++)
		pool_note(p, "many tests time out: those that follow get a fifth of their time limits");
	return share;
}

static void order(struct pool *p, struct slot *slot)
{
	const struct search *s = slot->job.search;
	const struct test *test = s && slot->step < s->trial_count ? s->trial[slot->step] : slot->job.test;

	if (s) {
		char *text = mem_printf("what does the crash of %s take? trial %d", slot->job.test->id,
					s->trials + 1);

		term_status(p->term, text);
		free(text);
	} else {
		term_test(p->term, test->id);
	}
	vm_order(slot->vm, test, share_of(p, &slot->job), p->config.sabotage);
}

static void feed(struct pool *p, struct slot *slot)
{
	const struct job *job = next_job(p);

	if (slot->has_job && p->stopping) { /* a trial that nobody waits for any longer */
		slot->has_job = false;
		vm_leave(slot->vm);
		return;
	}
	if (!slot->has_job) {
		if (!job || !fits(slot, job)) {
			vm_leave(slot->vm);
			return;
		}
		slot->job = *job;
		slot->has_job = true;
		slot->step = 0;
		slot->losses = 0;
		p->next++;
	}
	slot->held = false;
	order(p, slot);
}

static void step_slot(struct pool *p, struct slot *slot)
{
	if (slot->vm && vm_is_gone(slot->vm))
		pool_lose(p, slot);
	if (!slot->vm)
		start_vm(p, slot);
	else if (p->dropping || (p->stopping && !slot->has_job && !vm_is_leaving(slot->vm)))
		vm_kill(slot->vm);
	else if (vm_is_ready(slot->vm))
		feed(p, slot);
}

/* ---- the loop ---- */

static void on_signal(void *arg, struct watch *w)
{
	struct pool *p = arg;
	struct signalfd_siginfo info;

	if (read(w->fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGWINCH) {
		term_resized(p->term);
		return;
	}
	p->interrupts++;
	p->stopping = true;
	if (p->interrupts == 1) {
		p->stop_until = loop_now() + GRACE_MS;
		term_note(p->term, "interrupted: running tests have five seconds; once more ends them now");
	} else {
		p->dropping = true;
	}
}

static int watch_signals(struct pool *p)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	p->signals = (struct watch){
		.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), .ready = on_signal, .arg = p};
	return p->signals.fd < 0 ? -1 : loop_add(p->machine->loop, &p->signals);
}

static bool is_busy(const struct pool *p)
{
	for (int i = 0; i < p->jobs; i++)
		if (p->slots[i].vm || (p->slots[i].has_job && !p->stopping))
			return true;
	return next_job(p) != NULL;
}

static int64_t nearest_deadline(const struct pool *p)
{
	int64_t nearest = p->interrupts ? p->stop_until : INT64_MAX;

	for (int i = 0; i < p->jobs; i++) {
		const struct vm *vm = p->slots[i].vm;

		if (vm && vm_is_gone(vm))
			return 0;
		if (vm && vm_deadline(vm) < nearest)
			nearest = vm_deadline(vm);
	}
	return nearest;
}

static void check_deadlines(struct pool *p)
{
	int64_t now = loop_now();

	if (p->interrupts && now >= p->stop_until)
		p->dropping = true;
	for (int i = 0; i < p->jobs; i++) {
		struct vm *vm = p->slots[i].vm;

		if (vm && vm_deadline(vm) <= now)
			vm_late(vm);
	}
}

static int64_t processor_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int pool_run(struct pool *p)
{
	int64_t own = processor_time();

	p->owner = pool_owner(p);
	p->slots = mem_zalloc((size_t)p->jobs * sizeof(*p->slots));
	p->began = loop_now() - p->before_ms;
	if (watch_signals(p))
		fault_set(p->fault, EXIT_UNFINISHED, "cannot watch signals: %m");
	while (!p->fault->status || is_busy(p)) {
		for (int i = 0; i < p->jobs; i++)
			step_slot(p, &p->slots[i]);
		if (!is_busy(p))
			break;
		if (loop_step(p->machine->loop, nearest_deadline(p))) {
			fault_set(p->fault, EXIT_UNFINISHED, "cannot wait for events: %m");
			break;
		}
		check_deadlines(p);
	}
	for (int i = 0; i < p->jobs; i++) {
		if (p->slots[i].vm)
			vm_free(p->slots[i].vm);
		free(p->slots[i].history);
	}
	free(p->slots);
	again_end(p);
	pool_dump_end(p);
	loop_remove(p->machine->loop, &p->signals);
	int64_t ended = loop_now();
	p->times.ending = p->last_result_at ? ended - p->last_result_at : 0;
	p->times.own = processor_time() - own;
	p->times.wall = ended - p->began - p->before_ms;
	return p->fault->status ? -1 : 0;
}
