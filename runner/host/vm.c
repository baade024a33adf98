// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/vm.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/host/vm_inside.h"

/* Milliseconds from the order to power off to the end, and for a dump, which is multiplied by the harness's patience. */
enum { LEAVE = 1000, DUMP = 300000 };

enum { STRAYS_SHOWN = 5, DRAIN_MAX = 32 << 20, ERRORS_MAX = 4096 };

void vm_wait(struct vm *vm, double ms)
{
	vm->deadline = ms < 0 || isinf(ms) ? INT64_MAX : loop_now() + (int64_t)ms;
}

static void note_wake(struct vm *vm)
{
	int ms = vm->talk->wake_ms;

	vm->wake_at = ms < 0 ? INT64_MAX : loop_now() + ms;
}

/* ---- what its owner may ask ---- */

const struct vm_life *vm_life(const struct vm *vm)
{
	return &vm->life;
}

void vm_explain(const struct vm *vm, struct text *out)
{
	char *tail = console_tail(&vm->console);

	if (vm->setup_said)
		text_printf(out, *vm->setup_said ? "it printed:\n%s\n" : "it printed nothing\n",
			    vm->setup_said);
	if (*text_get(&vm->errors))
		text_printf(out, "%s said: %s", vm->machine->monitor->title, text_get(&vm->errors));
	text_printf(out, *tail ? "the end of its console:\n%s" : "its console stayed empty\n", tail);
	free(tail);
}

bool vm_may_save(const struct vm *vm)
{
	return vm->state == VM_BOOTING || vm->state == VM_SAVING;
}

static bool is_coming_up(const struct vm *vm)
{
	return vm_may_save(vm) || vm->state == VM_RESTORING || vm->state == VM_PREPARING;
}

static bool is_at_test(const struct vm *vm)
{
	return vm->state == VM_RUNNING || vm->state == VM_SETTLING || vm->state == VM_HANGING;
}

bool vm_is_free(const struct vm *vm)
{
	return is_coming_up(vm) || vm_is_ready(vm);
}

bool vm_is_ready(const struct vm *vm)
{
	return vm->state == VM_READY;
}

bool vm_is_leaving(const struct vm *vm)
{
	return vm->state == VM_LEAVING;
}

bool vm_is_gone(const struct vm *vm)
{
	return vm->state == VM_DEAD;
}

/* ---- what the guest says ---- */

void vm_choose_channel(struct vm *vm, struct stream *stream)
{
	vm->channel = stream;
	vm->orders.channel = &vm->channels[stream == &vm->serial_stream ? MONITOR_SERIAL2 : MONITOR_ORDERS];
}

static void got_stray(struct vm *vm, const char *line)
{
	vm->life.distrusted = true;
	if (++vm->strays > STRAYS_SHOWN)
		return;
	char *note = mem_printf("the guest sent what was not asked for: %.200s", line);
	vm->owner->note(vm->owner->arg, vm, note);
	free(note);
}

static void got_flood(struct vm *vm)
{
	vm->life.distrusted = true;
	vm_end_now(vm, vm->life.ready_at ? VM_END_CRASH : vm_up_end(vm),
		   vm->setting_up ? "a --setup line prints without end"
				  : "the guest floods its results channel");
}

static void stream_event(struct vm *vm, struct stream *from, struct stream_event *event)
{
	switch (event->kind) {
	case STREAM_HELLO: vm_up_hello(vm, from, event->text); break;
	case STREAM_FOREIGN: vm_up_foreign_hello(vm, event->text); break;
	case STREAM_SUITES: vm_up_suites(vm, event); break;
	case STREAM_SETUP: vm_up_setup(vm, event); break;
	case STREAM_RESULT: vm_run_result(vm, event->result); break;
	case STREAM_BYE:
		if (vm_is_leaving(vm))
			vm_kill(vm);
		break;
	case STREAM_STRAY:
		if (from == vm->channel)
			got_stray(vm, event->text);
		break;
	case STREAM_FLOODED: got_flood(vm); break;
	}
}

static void on_stream(void *arg, struct stream_event *event)
{
	struct vm *vm = arg;

	stream_event(vm, &vm->stream, event);
}

static void on_serial_stream(void *arg, struct stream_event *event)
{
	struct vm *vm = arg;

	stream_event(vm, &vm->serial_stream, event);
}

/* ---- what the monitor says ---- */

static void got_stopped(struct vm *vm, const char *why)
{
	if (vm->machine->config.debugged)
		return;
	if (vm->state == VM_BOOTING)
		vm_end_dead(vm, VM_END_BOOT, why);
	else if (vm->setting_up)
		vm_end_dead(vm, VM_END_SETUP, why);
	else if (vm->life.ready_at)
		vm_end_dead(vm, VM_END_CRASH, why);
}

/* One that can be dumped does not go by itself. */
static void got_ending(struct vm *vm, const struct monitor_event *event)
{
	vm->ended_by_host = event->kind == MONITOR_ENDED_BY_HOST;
	free(vm->ending);
	vm->ending = mem_strdup(event->text);
	if (!vm->machine->config.dumped || vm->ended_by_host || vm->state == VM_DYING ||
	    vm->state == VM_DEAD || vm->state == VM_DUMPING)
		return;
	if (vm_is_leaving(vm))
		vm_kill(vm);
	else
		vm_end_dead(vm, vm->life.ready_at ? VM_END_CRASH : vm_up_end(vm), NULL);
}

/* The file is the owner's. */
static void end_dump(struct vm *vm, const char *trouble)
{
	if (!vm->dumping)
		return;
	vm->dumping = false;
	vm->owner->dumped(vm->owner->arg, vm, trouble);
	vm_kill(vm);
}

static void on_monitor(void *arg, const struct monitor_event *event)
{
	struct vm *vm = arg;

	switch (event->kind) {
	case MONITOR_SAVE_ENDED: vm_up_saved(vm, event->text); break;
	case MONITOR_RESTORE_ENDED: vm_up_restored(vm, event->text); break;
	case MONITOR_BREAK_SENT:
		if (vm->state == VM_HANGING)
			hang_break_sent(&vm->hang, vm->channels[MONITOR_CONSOLE].fd);
		break;
	case MONITOR_STOPPED: got_stopped(vm, event->text); break;
	case MONITOR_DUMP_ENDED: end_dump(vm, event->text); break;
	case MONITOR_ENDING:
	case MONITOR_ENDED_BY_HOST: got_ending(vm, event); break;
	}
}

/* Its own words may quote the guest's. */
static void take_errors(struct vm *vm, const char *data, size_t len)
{
	while (len) {
		const char *end = memchr(data, '\n', len);
		size_t n = end ? (size_t)(end - data) : len;

		text_add_escaped(&vm->errors, data, n);
		if (end)
			text_add(&vm->errors, "\n", 1);
		data += n + (end != NULL);
		len -= n + (end != NULL);
	}
}

/* ---- descriptors ---- */

static void take_console(struct vm *vm, const char *data, size_t len)
{
	console_feed(&vm->console, data, len);
	vm->life.silent = !vm->console.lines && !vm->console.len;
	if (vm->state == VM_SETTLING && vm->console.ended)
		vm_wait(vm, 0);
}

static void take_bytes(struct vm *vm, const struct watch *w, const char *data, size_t len)
{
	switch (w - vm->channels) {
	case MONITOR_TALK:
		vm->machine->monitor->take(vm->talk, data, len);
		note_wake(vm);
		break;
	case MONITOR_CONSOLE: take_console(vm, data, len); break;
	case MONITOR_RESULTS: stream_feed(&vm->stream, data, len); break;
	case MONITOR_SERIAL2: stream_feed(&vm->serial_stream, data, len); break;
	case CHANNEL_ERRORS: take_errors(vm, data, len); break;
	default: break; /* nothing is said where orders go */
	}
}

/* Reads once; false at the end of the stream. */
static bool read_some(struct vm *vm, struct watch *w, size_t *got)
{
	char buf[65536];
	ssize_t n = w->fd < 0 ? 0 : read(w->fd, buf, sizeof(buf));

	*got = n > 0 ? (size_t)n : 0;
	if (n > 0)
		take_bytes(vm, w, buf, (size_t)n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void on_readable(void *arg, struct watch *w)
{
	struct vm *vm = arg;
	size_t got;

	if (w->writing)
		orders_flush(&vm->orders);
	if (!read_some(vm, w, &got))
		loop_remove(vm->machine->loop, w);
}

static void drain(struct vm *vm, struct watch *w)
{
	size_t got, total = 0;

	do {
		if (!read_some(vm, w, &got))
			break;
		total += got;
	} while (got && total < DRAIN_MAX);
	loop_remove(vm->machine->loop, w);
}

/* ---- its end ---- */

/* The process is gone: what it still had to say is heard, then the running test gets its verdict. */
static void bury(struct vm *vm, int status)
{
	static const int heard[] = {MONITOR_CONSOLE, MONITOR_RESULTS, MONITOR_SERIAL2, MONITOR_TALK,
				    CHANNEL_ERRORS};
	bool asked = vm_is_leaving(vm) || (vm->state == VM_DYING && vm->life.end == VM_END_ASKED);

	vm->state = VM_DEAD;
	end_dump(vm, "the VM ended meanwhile");
	for (size_t i = 0; i < sizeof(heard) / sizeof(*heard); i++)
		drain(vm, &vm->channels[heard[i]]);
	loop_remove(vm->machine->loop, &vm->channels[MONITOR_ORDERS]);
	if (asked && !vm->test)
		vm_run_gap(vm);
	vm_wait(vm, -1);
	vm->wake_at = INT64_MAX;
	if (vm->snapshot_fd >= 0)
		close(vm->snapshot_fd);
	vm->snapshot_fd = -1;
	if (!vm->life.killed)
		vm->life.taken =
			vm->ending ? vm->ended_by_host : WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	if (!asked && vm->life.end == VM_END_ASKED)
		vm->life.end = vm->life.ready_at ? VM_END_CRASH : vm_up_end(vm);
	if (!vm->life.ready_at && vm->life.end != VM_END_ASKED)
		vm_up_gone(vm, status);
	vm_run_gone(vm, status);
}

static void on_process(void *arg, struct watch *w)
{
	struct vm *vm = arg;
	int status = 0;

	loop_remove(vm->machine->loop, w);
	waitpid(vm->pid, &status, 0);
	vm->pid = -1;
	bury(vm, status);
}

void vm_kill(struct vm *vm)
{
	if (vm_is_gone(vm))
		return;
	vm->state = VM_DYING;
	vm->life.killed = true;
	vm_wait(vm, -1);
	if (vm->pid > 0)
		kill(vm->pid, SIGKILL);
}

void vm_end_now(struct vm *vm, enum vm_end end, const char *why)
{
	vm->life.end = end;
	if (!vm->life.failure)
		vm->life.failure = mem_strdup(why);
	vm_kill(vm);
}

void vm_end_dead(struct vm *vm, enum vm_end end, const char *why)
{
	int fd = vm->machine->config.dumped ? vm->owner->dump(vm->owner->arg, vm) : -1;

	vm->life.end = end;
	if (why && !vm->life.failure)
		vm->life.failure = mem_strdup(why);
	if (fd < 0) {
		vm_kill(vm);
		return;
	}
	vm->state = VM_DUMPING;
	vm->dumping = true;
	vm_wait(vm, DUMP * vm->machine->config.patience);
	vm->machine->monitor->dump(vm->talk, fd);
}

void vm_leave(struct vm *vm)
{
	if (!vm_is_ready(vm)) {
		vm_kill(vm);
		return;
	}
	vm->state = VM_LEAVING;
	vm_wait(vm, LEAVE);
	vm_run_gap(vm);
	console_begin(&vm->console, NULL);
	order_bye(&vm->orders);
}

/* ---- time ---- */

int64_t vm_deadline(const struct vm *vm)
{
	return vm->wake_at < vm->deadline ? vm->wake_at : vm->deadline;
}

static void state_late(struct vm *vm)
{
	if (is_coming_up(vm))
		vm_up_late(vm);
	else if (is_at_test(vm))
		vm_run_late(vm);
	else if (vm->state == VM_DUMPING)
		end_dump(vm, "it took too long");
	else if (vm_is_leaving(vm))
		vm_kill(vm);
	else
		vm_wait(vm, -1);
}

void vm_late(struct vm *vm)
{
	int64_t now = loop_now();

	if (vm->wake_at <= now) {
		vm->machine->monitor->wake(vm->talk);
		note_wake(vm);
	}
	if (vm->deadline <= now)
		state_late(vm);
}

/* ---- its start ---- */

static struct vm *vm_new(const struct machine *machine, const struct vm_owner *owner, int number)
{
	struct vm *vm = mem_zalloc(sizeof(*vm));

	vm->machine = machine;
	vm->owner = owner;
	vm->life = (struct vm_life){.number = number, .silent = true};
	vm->pid = -1;
	vm->snapshot_fd = -1;
	vm->wake_at = INT64_MAX;
	vm->errors.limit = ERRORS_MAX;
	vm->process = (struct watch){.fd = -1, .ready = on_process, .arg = vm};
	for (int i = 0; i < CHANNELS; i++)
		vm->channels[i] = (struct watch){.fd = -1, .ready = on_readable, .arg = vm};
	orders_init(&vm->orders, machine->loop);
	stream_init(&vm->stream, on_stream, vm);
	stream_init(&vm->serial_stream, on_serial_stream, vm);
	console_init(&vm->console, machine->console_log, number, machine->allow);
	return vm;
}

static int watch_all(struct vm *vm, const struct started *s)
{
	vm->pid = s->pid;
	vm->process.fd = s->process;
	for (int i = 0; i < CHANNELS; i++)
		vm->channels[i].fd = s->channels[i];
	vm->talk =
		monitor_talk(vm->machine->monitor, s->channels[MONITOR_TALK], vm->life.warm, on_monitor, vm);
	for (int i = 0; i < CHANNELS; i++)
		if (loop_add(vm->machine->loop, &vm->channels[i]))
			return -1;
	return loop_add(vm->machine->loop, &vm->process);
}

struct vm *vm_start(const struct machine *machine, const struct vm_owner *owner, int number, bool cold,
		    struct fault *fault)
{
	struct vm *vm = vm_new(machine, owner, number);
	int saved = cold ? -1 : snapshot_open(machine->snapshots);
	struct started started;

	vm->life.warm = saved >= 0;
	vm->life.started_at = loop_now();
	vm->state = vm->life.warm ? VM_RESTORING : VM_BOOTING;
	int err = machine_start(machine, saved, -1, &started, fault);
	if (!err && (err = watch_all(vm, &started)))
		fault_set(fault, EXIT_UNFINISHED, "cannot watch %s: %m", machine->monitor->title);
	if (saved >= 0)
		close(saved);
	if (err) {
		vm_free(vm);
		return NULL;
	}
	vm_up_begin(vm);
	return vm;
}

void vm_free(struct vm *vm)
{
	if (vm->pid > 0) {
		kill(vm->pid, SIGKILL);
		waitpid(vm->pid, NULL, 0);
	}
	loop_remove(vm->machine->loop, &vm->process);
	for (int i = 0; i < CHANNELS; i++)
		loop_remove(vm->machine->loop, &vm->channels[i]);
	if (vm->talk)
		vm->machine->monitor->end(vm->talk);
	if (vm->snapshot_fd >= 0)
		close(vm->snapshot_fd);
	orders_free(&vm->orders);
	result_free(vm->pending);
	stream_free(&vm->stream);
	stream_free(&vm->serial_stream);
	console_free(&vm->console);
	text_free(&vm->errors);
	hang_free(&vm->hang);
	free(vm->ending);
	free(vm->setup_said);
	free(vm->life.failure);
	free(vm->life.release);
	free(vm->last_id);
	free(vm->earlier_id);
	free(vm);
}
