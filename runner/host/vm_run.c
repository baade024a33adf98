// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <sys/wait.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/host/finish.h"
#include "runner/host/vm_inside.h"

/* Milliseconds for the last console lines of a test. */
enum { SETTLE = 250 };

/* A VM that never shows the agent's marks on its console is not waited for any longer. */
enum { MARKS_MISSED_MAX = 3 };

/* Milliseconds of the host's clock for a test; negative: for ever. */
static double limit_of(const struct vm *vm, const struct test *test, double share)
{
	double factor = vm->machine->config.test_factor;

	if (vm->machine->config.debugged)
		return -1;
	return (test->timeout * share * factor + 2 + 5 * factor) * vm->slowness * 1000;
}

void vm_order(struct vm *vm, const struct test *test, double share, bool sabotage)
{
	const struct machine_config *c = &vm->machine->config;

	vm->test = test;
	vm->state = VM_RUNNING;
	hang_clear(&vm->hang);
	vm->ordered_at = loop_now();
	vm_run_gap(vm);
	console_begin(&vm->console, test->id);
	stream_expect(vm->channel, test->id);
	vm_wait(vm, limit_of(vm, test, share));
	/* The guest's clock runs on while its processor waits: limit_of() of the same two factors stays above it. */
	order_run(&vm->orders, test->id, share * c->test_factor * vm->slowness, sabotage, c->runtime);
}

/* Whether the monitor's end was neither the guest's doing nor this program's. */
static bool is_host_trouble(const struct vm *vm, int status)
{
	if (vm->life.killed)
		return false;
	return vm->ending ? vm->ended_by_host : !WIFEXITED(status) || WEXITSTATUS(status);
}

static char *lost_reason(const struct vm *vm, int status)
{
	char *how = vm->ending ? mem_printf("the VM ended (%.40s)", vm->ending)
			       : monitor_ended(vm->machine->monitor, status);
	char *reason =
		mem_printf("%s while the test ran: the trouble of this machine, not of the kernel", how);

	free(how);
	return reason;
}

/* The last line of the kernel that says why, else how the monitor ended. */
static char *crash_reason(const struct vm *vm, int status)
{
	const struct console *c = &vm->console;
	const char *splat = c->splat ? c->splat : c->gap_splat;

	if (hang_began(&vm->hang))
		return mem_strdup(vm->hang.about);
	if (vm->life.failure)
		return mem_strdup(vm->life.failure);
	if (splat)
		return mem_strdup(splat);
	if (vm->ending)
		return mem_printf("the VM ended while the test ran (%.40s)", vm->ending);
	return monitor_ended(vm->machine->monitor, status);
}

/* ---- a test's result ---- */

static void deliver(struct vm *vm, struct result *r)
{
	const struct kernel *kernel = vm->machine->kernel;

	r->evidence.due = judge_due(vm->test->since, vm->test->until,
				    kernel->version ? kernel->version : vm->life.release);
	finish_result(r, &vm->console);
	if (!r->file || !*r->file) {
		result_set(&r->file, vm->test->file);
		r->line = vm->test->line;
	}
	r->vm = vm->life.number;
	r->warm = vm->life.warm;
	free(vm->earlier_id);
	vm->earlier_id = vm->last_id;
	vm->last_id = mem_strdup(r->id);
	vm->test = NULL;
	vm->pending = NULL;
	vm->life.tests_run++;
	stream_expect(vm->channel, NULL);
	vm->owner->result(vm->owner->arg, vm, r);
}

/* The console has had its last word on the test. */
static void settle(struct vm *vm)
{
	vm->marks_missed = vm->console.ended ? 0 : vm->marks_missed + 1;
	vm->state = VM_READY;
	vm_wait(vm, -1);
	deliver(vm, vm->pending);
	if (vm->state == VM_READY)
		vm->owner->ready(vm->owner->arg, vm);
}

void vm_run_result(struct vm *vm, struct result *r)
{
	bool mark_is_awaited = !vm->console.ended && vm->marks_missed < MARKS_MISSED_MAX;

	r->duration_ms = (long)(loop_now() - vm->ordered_at);
	vm->pending = r;
	if (vm->state != VM_RUNNING && vm->state != VM_HANGING)
		return; /* the monitor is gone already; vm_run_gone() delivers it */
	vm->state = VM_SETTLING;
	vm_wait(vm, mark_is_awaited ? SETTLE * vm->machine->config.patience : 0);
}

void vm_run_late(struct vm *vm)
{
	if (vm->state == VM_SETTLING) {
		settle(vm);
		return;
	}
	vm->state = VM_HANGING;
	int ms = hang_step(&vm->hang, &vm->orders, vm->machine->monitor, vm->talk, vm->console.splat);
	if (ms < 0)
		vm_end_dead(vm, VM_END_CRASH, vm->hang.about);
	else
		vm_wait(vm, ms);
}

void vm_run_gap(struct vm *vm)
{
	const struct console *c = &vm->console;

	if (c->gap_splat && c->started)
		vm->owner->late_splat(vm->owner->arg, vm, c->gap_before ? vm->earlier_id : vm->last_id,
				      c->gap_splat, text_get(&c->gap));
	else if (c->gap_splat && !c->id) /* while it left */
		vm->owner->late_splat(vm->owner->arg, vm, vm->last_id, c->gap_splat, text_get(&c->gap));
}

void vm_run_gone(struct vm *vm, int status)
{
	if (vm->pending) {
		deliver(vm, vm->pending);
		return;
	}
	if (!vm->test)
		return;
	struct result *r = stream_abandon(vm->channel);
	bool lost = is_host_trouble(vm, status);
	char *reason = lost ? lost_reason(vm, status) : crash_reason(vm, status);
	if (!r)
		r = result_new(vm->test->id);
	r->evidence.fate = lost                                      ? FATE_TAKEN
			   : vm->life.distrusted && vm->life.failure ? FATE_LIED
								     : FATE_ENDED;
	r->duration_ms = (long)(loop_now() - vm->ordered_at);
	result_set(&r->message, reason);
	free(reason);
	deliver(vm, r);
}
