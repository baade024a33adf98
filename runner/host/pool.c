// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/pool.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/host/again.h"
#include "runner/host/search.h"

enum { GRACE_MS = 5000, BOOT_FAILURES_MAX = 3, RESTORE_FAILURES_MAX = 2 };

/* A place for one VM after the other. */
struct slot {
	struct vm *vm;
	bool has_job;
	bool spoiled; /* ran a job that wants nothing after it in its VM */
	bool announced;
	struct job job;
	size_t step;                 /* of a trial: how many of its tests have ended */
	const struct test **history; /* ran in this VM */
	size_t ran;
};

static void set_fault(struct pool *p, const char *text)
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
				   .runtime = p->options->runtime.name};

	baseline_apply(p->baseline, &on, r);
}

static struct slot *slot_of(struct pool *p, const struct vm *vm)
{
	for (int i = 0; i < p->jobs; i++)
		if (p->slots[i].vm == vm)
			return &p->slots[i];
	abort();
}

/* ---- what VMs tell ---- */

static void add_times(struct pool_times *t, const struct vm *vm)
{
	int64_t up = vm->saving_at ? vm->saving_at : vm->prepared_at;

	*(vm->warm ? &t->restore : &t->boot) += up - vm->started_at;
	t->save += vm->prepared_at - up;
	t->stream += vm->ready_at - vm->prepared_at;
}

static void announce(struct pool *p, struct slot *slot)
{
	struct vm *vm = slot->vm;
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
	struct slot *slot = slot_of(p, vm);

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

static void on_planned_result(struct pool *p, struct slot *slot, struct result *r)
{
	struct job job = slot->job;

	slot->has_job = false;
	slot->spoiled |= job.fresh;
	if (p->dropping)
		return;
	r->again = job.again;
	r->sabotage = p->options->sabotage;
	r->at_ms = (long)(loop_now() - p->began);
	if (!job.again && !r->sabotage)
		pool_expect(p, r);
	p->times.tests += r->duration_ms;
	p->last_result_at = loop_now();
	pool_journal(p, "test", result_to_json(r));
	if (p->dropping)
		return; /* it is not on the disk */
	term_result(p->term, r);
	if (verdict_is_good(r->verdict))
		p->good++;
	else if (p->options->repeat > 1)
		p->stopping = true;
	if (job.again)
		again_result(p, &job, r);
	else
		again_consider(p, job.test, r, slot->history, slot->ran);
	remember(slot, job.test);
}

static void on_result(void *arg, struct vm *vm, struct result *r)
{
	struct pool *p = arg;
	struct slot *slot = slot_of(p, vm);

	if (slot->job.search)
		on_trial_result(p, slot, r);
	else
		on_planned_result(p, slot, r);
	result_free(r);
}

static void on_note(void *arg, struct vm *vm, const char *text)
{
	struct pool *p = arg;
	char *line = mem_printf("VM %d: %s", vm->number, text);

	pool_note(p, line);
	free(line);
}

/* The kernel complained after a test's verdict was given: that verdict does not stand. */
static void on_late_splat(void *arg, struct vm *vm, const char *id, const char *line, const char *log)
{
	struct pool *p = arg;
	struct result *r;

	if (!id || p->dropping || slot_of(p, vm)->job.search)
		return;
	r = result_new(id);
	r->verdict = VERDICT_SPLAT;
	r->vm = vm->number;
	r->warm = vm->warm;
	r->sabotage = p->options->sabotage;
	r->at_ms = (long)(loop_now() - p->began);
	r->fingerprint = console_fingerprint(log);
	r->message = mem_printf("after its end: %s", line);
	result_set(&r->kernel_log, log);
	if (!r->sabotage)
		pool_expect(p, r);
	pool_journal(p, "test", result_to_json(r));
	term_verdict(p->term, r, r->message);
	result_free(r);
}

/* ---- VMs that ended ---- */

static void explain(struct pool *p, const struct vm *vm)
{
	struct fault ignored = {0};
	char *tail = console_tail(&vm->console), *command = vm_command(p->machine, &ignored);

	if (*text_get(&vm->errors_text))
		text_printf(&p->trouble, "QEMU said: %s", text_get(&vm->errors_text));
	text_printf(&p->trouble, *tail ? "the end of its console:\n%s" : "its console stayed empty\n", tail);
	text_printf(&p->trouble, "the command was:\n%s\n", command ? command : "?");
	free(tail);
	free(command);
}

/* Whether there is still another accelerator to try. */
static bool fall_back(struct pool *p, const struct vm *vm)
{
	if (p->options->accel != ACCEL_AUTO || p->machine->accel != ACCEL_KVM || p->ever_ready)
		return false;
	p->machine->accel = ACCEL_TCG;
	accel_remember_broken(p->accel);
	char *text =
		mem_printf("KVM does not work here (%s): emulating instead, and from now on", vm->failure);
	pool_note(p, text);
	free(text);
	pool_journal(p, "facts", json_pack("{s:s}", "accel", accel_name(ACCEL_TCG)));
	if (p->machine->snapshots_wanted) {
		char key[65];

		if (!vm_snapshot_key(p->machine, key, p->fault))
			snapshot_find(p->machine->snapshots, key);
	}
	return true;
}

static void boot_failed(struct pool *p, const struct vm *vm)
{
	/* QEMU has been seen to end before any output, for no reason that came back. */
	bool silent = !vm->killed && !vm->console.lines && !vm->console.len;

	if (fall_back(p, vm))
		return;
	p->failures++;
	if (p->failures < BOOT_FAILURES_MAX && (p->ever_ready || (silent && p->failures == 1)))
		return;
	explain(p, vm);
	set_fault(p, vm->failure);
}

static void restore_failed(struct pool *p, const struct vm *vm)
{
	char *text;

	if (p->machine->snapshots->fd < 0)
		return; /* another VM has said it already */
	text = mem_printf("the saved VM cannot be restored (%s): it is thrown away", vm->failure);
	pool_note(p, text);
	free(text);
	snapshot_discard(p->machine->snapshots);
	if (++p->restore_failures >= RESTORE_FAILURES_MAX)
		p->machine->snapshots_wanted = false;
}

static void handle_end(struct pool *p, const struct vm *vm)
{
	if (p->dropping)
		return;
	switch (vm->end) {
	case VM_END_ASKED: break;
	case VM_END_BOOT: boot_failed(p, vm); break;
	case VM_END_RESTORE: restore_failed(p, vm); break;
	case VM_END_SETUP: set_fault(p, vm->failure); break;
	case VM_END_CRASH:
		if (!vm->tests_run && ++p->failures >= BOOT_FAILURES_MAX)
			set_fault(p, "the VMs end before they run a test");
		break;
	}
}

static void bury_vm(struct pool *p, struct slot *slot)
{
	struct vm *vm = slot->vm;

	handle_end(p, vm);
	if (slot->has_job && slot->job.search && !p->dropping) /* gone between two tests of a trial */
		again_trial(p, &slot->job, false);
	slot->vm = NULL;
	slot->has_job = slot->spoiled = slot->announced = false;
	slot->ran = 0;
	vm_free(vm);
}

/* ---- feeding ---- */

/* Jobs that nobody has taken yet, of all rounds. */
static size_t jobs_left(const struct pool *p)
{
	return p->stopping ? 0 : p->plan->count * (size_t)p->options->repeat - p->next;
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

		if (vm && (vm->state == VM_BOOTING || vm->state == VM_SAVING))
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

		idle += slot->vm && !slot->has_job && !slot->spoiled && slot->vm->state <= VM_READY;
	}
	return idle;
}

static void start_vm(struct pool *p, struct slot *slot)
{
	static const char starting[] = "starting a VM";
	static struct vm_owner owner = {
		.ready = on_ready, .result = on_result, .note = on_note, .late_splat = on_late_splat};
	const struct job *job = next_job(p);

	if (!job || jobs_left(p) <= idle_vms(p) || (!job->cold && snapshot_is_coming(p)))
		return;
	owner.arg = p;
	term_status(p->term, starting);
	slot->vm = vm_start(p->machine, &owner, ++p->vms, job->cold, p->fault);
	if (!slot->vm)
		p->stopping = p->dropping = true;
}

static bool fits(const struct slot *slot, const struct job *job)
{
	if (slot->spoiled || slot->vm->distrusted)
		return false;
	return !job->fresh || (!slot->vm->tests_run && !(job->cold && slot->vm->warm));
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
		term_status(p->term, test->id);
	}
	vm_order(slot->vm, test, p->options->sabotage);
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
		p->next++;
	}
	order(p, slot);
}

static void step_slot(struct pool *p, struct slot *slot)
{
	if (slot->vm && slot->vm->state == VM_DEAD)
		bury_vm(p, slot);
	if (!slot->vm)
		start_vm(p, slot);
	else if (p->dropping || (p->stopping && !slot->has_job && slot->vm->state != VM_LEAVING))
		vm_kill(slot->vm);
	else if (slot->vm->state == VM_READY)
		feed(p, slot);
}

/* ---- the loop ---- */

static void on_signal(void *arg, struct watch *w)
{
	struct pool *p = arg;
	struct signalfd_siginfo info;

	if (read(w->fd, &info, sizeof(info)) != sizeof(info))
		return;
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
	sigprocmask(SIG_BLOCK, &set, NULL);
	p->signals = (struct watch){
		.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), .ready = on_signal, .arg = p};
	return p->signals.fd < 0 ? -1 : loop_add(p->machine->loop, &p->signals);
}

static bool is_busy(const struct pool *p)
{
	for (int i = 0; i < p->jobs; i++)
		if (p->slots[i].vm)
			return true;
	return next_job(p) != NULL;
}

static int64_t nearest_deadline(const struct pool *p)
{
	int64_t nearest = p->interrupts ? p->stop_until : INT64_MAX;

	for (int i = 0; i < p->jobs; i++) {
		const struct vm *vm = p->slots[i].vm;

		if (vm && vm->state == VM_DEAD)
			return 0;
		if (vm && vm->deadline < nearest)
			nearest = vm->deadline;
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

		if (vm && vm->deadline <= now)
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
	loop_remove(p->machine->loop, &p->signals);
	int64_t ended = loop_now();
	p->times.ending = p->last_result_at ? ended - p->last_result_at : 0;
	p->times.own = processor_time() - own;
	p->times.wall = ended - p->began - p->before_ms;
	return p->fault->status ? -1 : 0;
}
