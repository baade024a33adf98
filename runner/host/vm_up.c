// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/contract.h"
#include "runner/host/vm_inside.h"

/* Milliseconds; all but that of a save are multiplied by the harness's patience. */
enum {
	HELLO_ON_TRIAL = 20000,
	HELLO = 120000,
	RESTORE = 20000,
	SAVE = 60000,
	PREPARE = 30000,
	SETUP = 120000, /* but this by the tests' factor */
	STREAM_USUAL =
		500, /* from the first orders to the answer that the suites are there, emulated on an idle core */
};

enum { SLOWNESS_MAX = 10 };

static double patience(const struct vm *vm)
{
	return vm->machine->config.debugged ? INFINITY : vm->machine->config.patience;
}

/* The next look at a kernel that is silent, or the deadline of the start. */
static void wait_for_hello(struct vm *vm)
{
	if (vm->machine->config.debugged)
		return; /* who is stopped by a debugger is no dead kernel */
	int64_t look = loop_now() + (int64_t)(SILENCE_LOOK * patience(vm));

	vm->deadline = look < vm->up_by && vm->life.silent ? look : vm->up_by;
}

void vm_up_begin(struct vm *vm)
{
	bool on_trial = vm->machine->accel == ACCEL_KVM && vm->machine->config.kvm_on_trial;

	vm_wait(vm, (vm->life.warm ? RESTORE : on_trial ? HELLO_ON_TRIAL : HELLO) * patience(vm));
	vm->up_by = vm->deadline;
	if (!vm->life.warm)
		wait_for_hello(vm);
}

static void hello_is_late(struct vm *vm)
{
	const char *why = loop_now() >= vm->up_by ? "the guest did not say hello in time"
			  : !vm->life.silent      ? NULL
						  : silence_look(&vm->silence, vm->pid, patience(vm));

	if (why)
		vm_end_dead(vm, VM_END_BOOT, why);
	else
		wait_for_hello(vm);
}

static const char *orders_are_late(const struct vm *vm)
{
	return vm->channel == &vm->serial_stream ? "the guest did not answer its first orders in time: it "
						   "has no virtio_console, and the "
						   "serial line is slow; build it in, or give --modules DIR"
						 : "the guest did not answer its first orders in time";
}

enum vm_end vm_up_end(const struct vm *vm)
{
	return vm->setting_up ? VM_END_SETUP : vm->life.warm ? VM_END_RESTORE : VM_END_BOOT;
}

/* ---- preparing: clock, entropy, suites, setup lines ---- */

static void prepare(struct vm *vm)
{
	vm->state = VM_PREPARING;
	vm->life.prepared_at = loop_now();
	vm_wait(vm, PREPARE * patience(vm));
	order_prepare(&vm->orders, vm->machine->suites, vm->machine->suites_len);
}

static void become_ready(struct vm *vm)
{
	vm->state = VM_READY;
	if (!vm->life.ready_at)
		vm->life.ready_at = loop_now();
	vm_wait(vm, -1);
	vm->owner->ready(vm->owner->arg, vm);
}

/* The line is the user's own, and so is its limit: it may be made shorter too. */
static double setup_limit(const struct vm *vm)
{
	const struct machine_config *c = &vm->machine->config;

	return c->debugged ? INFINITY : SETUP * c->test_factor * vm->slowness;
}

/* The setup line that runs or comes next, as messages name it; to free. */
static char *setup_name(const struct vm *vm)
{
	char *name = mem_printf("--setup '%s'", vm->machine->config.setup[vm->setups_done]);

	for (char *end = name; (end = strchr(end, '\n'));)
		*end = ' ';
	return name;
}

/* The line has ended, one way or another: what it printed is kept, also for whoever wonders why it failed. */
static void keep_output(struct vm *vm, const char *said, const char *how, bool failed)
{
	FILE *log = vm->machine->setup_log;
	char *name = setup_name(vm);

	vm->setting_up = false;
	if (log)
		fprintf(log, "VM %d: %s\n%s%s(%s)\n", vm->life.number, name, said, *said ? "\n" : "", how);
	if (failed)
		vm->setup_said = mem_strdup(said);
	free(name);
}

static void next_setup(struct vm *vm)
{
	const struct machine_config *c = &vm->machine->config;

	if (vm->setups_done == c->setups) {
		become_ready(vm);
		return;
	}
	vm->setting_up = true;
	stream_expect(vm->channel, NULL);
	console_begin(&vm->console, NULL); /* what the kernel said before is not about the line */
	vm_wait(vm, setup_limit(vm));
	order_setup(&vm->orders, c->setup[vm->setups_done]);
}

void vm_up_setup(struct vm *vm, const struct stream_event *event)
{
	if (vm->state != VM_PREPARING || !vm->setting_up)
		return;
	char *how = mem_printf("ended with status %ld", event->number);
	keep_output(vm, event->text, how, event->number != 0);
	if (event->number) {
		const char *line = strrchr(event->text, '\n');
		char *name = setup_name(vm);
		char *why = mem_printf("%s %s%s%.200s", name, how, *event->text ? ": " : "",
				       line ? line + 1 : event->text);

		vm_end_now(vm, VM_END_SETUP, why);
		free(name);
		free(why);
	} else {
		vm->setups_done++;
		next_setup(vm);
	}
	free(how);
}

/* How much slower than usual this guest is, or the machine that it shares: the host's clock waits so much longer. */
static void measure(struct vm *vm)
{
	double ratio = (double)(loop_now() - vm->life.prepared_at) / STREAM_USUAL;

	vm->slowness = ratio < 1 ? 1 : ratio > SLOWNESS_MAX ? SLOWNESS_MAX : ratio;
}

void vm_up_suites(struct vm *vm, const struct stream_event *event)
{
	char *why;

	if (vm->state != VM_PREPARING || vm->setting_up || vm->setups_done)
		return;
	if (event->number == (long)vm->machine->suites_len) {
		measure(vm);
		next_setup(vm);
		return;
	}
	why = mem_printf("the guest could not take the suites: %s", event->text);
	vm_end_now(vm, vm_up_end(vm), why);
	free(why);
}

/* ---- saving and restoring ---- */

static void tell_no_snapshot(struct vm *vm, const char *what, const char *why)
{
	char *note = mem_printf("%s: %s", what, why);

	vm->owner->note(vm->owner->arg, vm, note);
	free(note);
}

static void begin_saving(struct vm *vm)
{
	vm->snapshot_fd = snapshot_begin(vm->machine->snapshots);
	if (vm->snapshot_fd < 0) {
		tell_no_snapshot(vm, "no snapshot can be saved", strerror(errno));
		prepare(vm);
		return;
	}
	vm->state = VM_SAVING;
	vm->life.saving_at = loop_now();
	vm_wait(vm, SAVE);
	vm->machine->monitor->save(vm->talk, vm->snapshot_fd);
}

void vm_up_saved(struct vm *vm, const char *trouble)
{
	struct snapshots *s = vm->machine->snapshots;
	int fd = vm->snapshot_fd;

	if (vm->state != VM_SAVING)
		return;
	vm->snapshot_fd = -1;
	if (!trouble && snapshot_commit(s, fd, vm->channel == &vm->serial_stream, vm->life.release))
		trouble = strerror(errno);
	else if (trouble)
		close(fd);
	if (trouble)
		tell_no_snapshot(vm, "no snapshot was saved", trouble);
	vm->machine->monitor->go_on(vm->talk);
	prepare(vm);
}

void vm_up_restored(struct vm *vm, const char *trouble)
{
	const struct snapshots *s = vm->machine->snapshots;

	if (vm->state != VM_RESTORING)
		return;
	if (trouble) {
		vm_end_now(vm, VM_END_RESTORE, trouble);
		return;
	}
	vm_choose_channel(vm, s->serial ? &vm->serial_stream : &vm->stream);
	vm->life.release = mem_strdup(s->release);
	prepare(vm);
}

void vm_up_hello(struct vm *vm, struct stream *from, const char *release)
{
	if (vm->state != VM_BOOTING)
		return;
	vm_choose_channel(vm, from);
	vm->life.release = mem_strdup(release);
	if (vm->machine->snapshots_wanted && vm->machine->snapshots->fd < 0)
		begin_saving(vm);
	else
		prepare(vm);
}

/* ---- what goes wrong ---- */

void vm_up_foreign_hello(struct vm *vm, const char *text)
{
	if (vm->state != VM_BOOTING)
		return;
	char *why = mem_printf("the guest speaks version %.20s of the contract, this program version %d",
			       text, CONTRACT_VERSION);
	vm_end_now(vm, VM_END_BOOT, why);
	free(why);
}

static void setup_late(struct vm *vm)
{
	char *name = setup_name(vm),
	     *why = mem_printf("%s did not end within %.4g s", name, setup_limit(vm) / 1000);

	vm_end_dead(vm, VM_END_SETUP, why);
	free(name);
	free(why);
}

void vm_up_late(struct vm *vm)
{
	if (vm->state == VM_BOOTING)
		hello_is_late(vm);
	else if (vm->state == VM_SAVING)
		vm_up_saved(vm, "it took too long");
	else if (vm->state == VM_RESTORING)
		vm_end_now(vm, VM_END_RESTORE, "the restore took too long");
	else if (vm->setting_up)
		setup_late(vm);
	else
		vm_end_now(vm, vm_up_end(vm), orders_are_late(vm));
}

static char *gone_in_setup(const struct vm *vm, const char *how)
{
	const char *splat = vm->console.gap_splat;
	char *name = setup_name(vm), *why = splat && !vm->life.taken
						    ? mem_printf("the kernel died in %s: %s", name, splat)
						    : mem_printf("%s in %s", how, name);

	free(name);
	return why;
}

void vm_up_gone(struct vm *vm, int status)
{
	char *how = vm->ending ? mem_printf("the VM ended (%.40s)", vm->ending)
			       : monitor_ended(vm->machine->monitor, status);

	if (!vm->life.failure)
		vm->life.failure = vm->setting_up ? gone_in_setup(vm, how)
						  : mem_printf("%s before the guest said hello", how);
	if (vm->setting_up)
		keep_output(vm, text_get(&vm->channel->said), vm->life.failure, true);
	free(how);
}
