// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/sha256.h"
#include "runner/contract.h"

/* Milliseconds; those of the guest's are multiplied by the time-out factor. */
enum {
	HELLO_KVM_AUTO = 20000,
	HELLO = 120000,
	RESTORE = 20000,
	SAVE = 60000,
	PREPARE = 30000,
	SETUP = 120000,
	SETTLE = 250,
	SYSRQ = 200,        /* between two keys */
	SYSRQ_TASKS = 1500, /* for the list of tasks */
	NMI = 1000,
	LEAVE = 1000,
	POLL = 3,
	STREAM_USUAL =
		500, /* from the first orders to the answer that the suites are there, emulated on an idle core */
};

enum { SLOWNESS_MAX = 10 };

/* A VM that never shows the agent's marks on its console is not waited for any longer. */
enum { MARKS_MISSED_MAX = 3, STRAYS_SHOWN = 5, DRAIN_MAX = 32 << 20 };

/*
 * What a guest that does not answer is asked for (admin-guide/sysrq.rst): all that the kernel says, where its
 * processors are, all tasks, those that wait.
 */
static const char hang_keys[] = "8ltw";

/* Bytes on their way to the guest. */
struct out_chunk {
	struct out_chunk *next;
	const char *data;
	size_t len;
	char *owned;
};

static void set_deadline(struct vm *vm, double ms)
{
	vm->deadline = ms < 0 ? INT64_MAX : loop_now() + (int64_t)ms;
}

/* The program of a container runtime is some megabytes of code for an emulator to translate, each time. */
static double factor(const struct vm *vm)
{
	const struct options *o = vm->machine->options;

	return o->timeout_factor * (o->runtime.name && strcmp(o->runtime.name, RUNTIME_REFERENCE) ? 10 : 1);
}

/* What the harness itself waits for is stretched by the factor, but never made shorter. */
static double patience(const struct machine *m)
{
	return m->options->timeout_factor > 1 ? m->options->timeout_factor : 1;
}

double vm_test_limit(const struct test *test, double f)
{
	return test->timeout * f + 2 + 5 * f;
}

static void set_failure(struct vm *vm, const char *text)
{
	if (!vm->failure)
		vm->failure = mem_strdup(text);
}

/* ---- QEMU's command line ---- */

char **vm_argv(const struct machine *m, bool shared, int incoming, struct fault *fault)
{
	struct kernel kernel = *m->kernel;
	char image[32], initrd[32];
	struct qemu_request r = {
		.binary = m->options->qemu,
		.kernel = &kernel,
		.initrd = m->initrd,
		.append = m->options->append,
		.accel = m->accel,
		.memory_mib = m->options->memory,
		.cpus = m->options->cpus,
		.qmp_fd = SPAWN_FD_FIRST + FD_QMP,
		.console_fd = SPAWN_FD_FIRST + FD_CONSOLE,
		.results_fd = SPAWN_FD_FIRST + FD_RESULTS,
		.control_fd = SPAWN_FD_FIRST + FD_CONTROL,
		.serial2_fd = SPAWN_FD_FIRST + FD_SERIAL2,
		.incoming_fd = incoming,
		.shell = m->options->shell,
	};

	if (shared && m->kernel_fd >= 0) {
		snprintf(image, sizeof(image), "/dev/fd/%d", SPAWN_FD_FIRST + FD_KERNEL);
		snprintf(initrd, sizeof(initrd), "/dev/fd/%d", SPAWN_FD_FIRST + FD_INITRD);
		kernel.image = image;
		r.initrd = initrd;
	}
	return qemu_argv(&r, fault);
}

char *vm_command(const struct machine *m, struct fault *fault)
{
	char **argv = vm_argv(m, false, -1, fault);
	struct text command = {0};

	if (!argv)
		return NULL;
	for (char **a = argv; *a; a++)
		text_printf(&command, strpbrk(*a, " '\"$&;|<>()*?") ? "%s'%s'" : "%s%s", a == argv ? "" : " ",
			    *a);
	qemu_argv_free(argv);
	return text_take(&command);
}

static void hash_string(struct sha256 *sum, const char *s)
{
	sha256_add(sum, s, strlen(s) + 1);
}

int vm_snapshot_key(const struct machine *m, char key[65], struct fault *fault)
{
	char **argv = vm_argv(m, false, -1, fault), *image;
	struct sha256 sum;
	struct stat st;

	if (!argv)
		return -1;
	if (stat(m->initrd, &st)) {
		qemu_argv_free(argv);
		return fault_set(fault, EXIT_UNFINISHED, "cannot read %s: %m", m->initrd);
	}
	/* Its name, which is in argv, tells its content; its time only when it was last used. */
	image = mem_printf("%lld", (long long)st.st_size);
	sha256_begin(&sum);
	hash_string(&sum, m->kernel->sha256);
	hash_string(&sum, image);
	hash_string(&sum, m->qemu_version);
	for (char **a = argv; *a; a++)
		hash_string(&sum, *a);
	sha256_end(&sum, key);
	free(image);
	qemu_argv_free(argv);
	return 0;
}

/* ---- orders to the guest ---- */

static struct watch *order_watch(struct vm *vm)
{
	return vm->channel == &vm->serial_stream ? &vm->serial2 : &vm->control;
}

static void flush_orders(struct vm *vm)
{
	struct watch *w = order_watch(vm);

	while (vm->out && w->fd >= 0) {
		struct out_chunk *chunk = vm->out;
		ssize_t n = send(w->fd, chunk->data, chunk->len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0)
			break;
		chunk->data += n;
		chunk->len -= (size_t)n;
		if (chunk->len)
			continue;
		vm->out = chunk->next;
		if (!vm->out)
			vm->out_end = &vm->out;
		free(chunk->owned);
		free(chunk);
	}
	loop_writing(vm->machine->loop, w, vm->out);
}

static void queue_chunk(struct vm *vm, const char *data, size_t len, char *owned)
{
	struct out_chunk *chunk = mem_zalloc(sizeof(*chunk));

	*chunk = (struct out_chunk){.data = data, .len = len, .owned = owned};
	*vm->out_end = chunk;
	vm->out_end = &chunk->next;
}

static void send_order(struct vm *vm, char *line)
{
	queue_chunk(vm, line, strlen(line), line);
	flush_orders(vm);
}

static void free_orders(struct vm *vm)
{
	while (vm->out) {
		struct out_chunk *chunk = vm->out;

		vm->out = chunk->next;
		free(chunk->owned);
		free(chunk);
	}
	vm->out_end = &vm->out;
}

/* ---- preparing: clock, entropy, suites, setup lines ---- */

static char *entropy_order(void)
{
	unsigned char seed[ENTROPY_MAX];
	struct text order = {0};

	if (getrandom(seed, sizeof(seed), 0) != sizeof(seed))
		abort();
	text_printf(&order, ORDER_ENTROPY);
	for (size_t i = 0; i < sizeof(seed); i++)
		text_printf(&order, "%02x", seed[i]);
	text_printf(&order, "\n");
	return text_take(&order);
}

static void prepare(struct vm *vm)
{
	struct timespec now;

	vm->state = VM_PREPARING;
	vm->prepared_at = loop_now();
	set_deadline(vm, PREPARE * patience(vm->machine));
	clock_gettime(CLOCK_REALTIME, &now);
	send_order(vm, mem_printf(ORDER_CLOCK "%lld %ld\n", (long long)now.tv_sec, now.tv_nsec));
	send_order(vm, entropy_order());
	send_order(vm, mem_printf(ORDER_SUITES "%zu\n", vm->machine->suites_len));
	queue_chunk(vm, vm->machine->suites, vm->machine->suites_len, NULL);
	flush_orders(vm);
}

static void become_ready(struct vm *vm)
{
	vm->state = VM_READY;
	if (!vm->ready_at)
		vm->ready_at = loop_now();
	set_deadline(vm, -1);
	vm->owner->ready(vm->owner->arg, vm);
}

static void next_setup(struct vm *vm)
{
	const struct options *o = vm->machine->options;

	if (vm->setups_done == o->setups) {
		become_ready(vm);
		return;
	}
	set_deadline(vm, SETUP * patience(vm->machine));
	const char *line = o->setup[vm->setups_done];
	send_order(vm, mem_printf(ORDER_SETUP "%zu\n%s", strlen(line), line));
}

static void end_now(struct vm *vm, enum vm_end end, const char *why)
{
	vm->end = end;
	set_failure(vm, why);
	vm_kill(vm);
}

static void got_setup(struct vm *vm, const struct stream_event *event)
{
	const char *line = vm->machine->options->setup[vm->setups_done];

	if (event->number) {
		char *why = mem_printf("--setup '%s' ended with status %ld%s%s", line, event->number,
				       *event->text ? ": " : "", event->text);

		for (char *end = why; (end = strchr(end, '\n'));)
			*end = ' ';
		end_now(vm, VM_END_SETUP, why);
		free(why);
		return;
	}
	vm->setups_done++;
	next_setup(vm);
}

/* How much slower than usual this guest is, or the machine that it shares: the host's clock waits so much longer. */
static void measure(struct vm *vm)
{
	double ratio = (double)(loop_now() - vm->prepared_at) / STREAM_USUAL;

	vm->slowness = ratio < 1 ? 1 : ratio > SLOWNESS_MAX ? SLOWNESS_MAX : ratio;
}

static void got_suites(struct vm *vm, const struct stream_event *event)
{
	char *why;

	if (event->number == (long)vm->machine->suites_len) {
		measure(vm);
		next_setup(vm);
		return;
	}
	why = mem_printf("the guest could not take the suites: %s", event->text);
	end_now(vm, vm->warm ? VM_END_RESTORE : VM_END_BOOT, why);
	free(why);
}

/* ---- saving ---- */

static void begin_saving(struct vm *vm)
{
	struct qmp *q = &vm->qmp;

	vm->snapshot_fd = snapshot_begin(vm->machine->snapshots);
	if (vm->snapshot_fd < 0) {
		char *why = mem_printf("no snapshot can be saved: %s", strerror(errno));

		vm->owner->note(vm->owner->arg, vm, why);
		free(why);
		prepare(vm);
		return;
	}
	vm->state = VM_SAVING;
	vm->saving_at = loop_now();
	set_deadline(vm, SAVE);
	qmp_send(q, "migrate-set-capabilities",
		 json_pack("{s:[{s:s,s:b}]}", "capabilities", "capability", "events", "state", 1), -1);
	qmp_send(q, "migrate-set-parameters", json_pack("{s:I}", "max-bandwidth", (json_int_t)1 << 40), -1);
	qmp_send(q, "stop", NULL, -1);
	qmp_send(q, "getfd", json_pack("{s:s}", "fdname", "snapshot"), vm->snapshot_fd);
	qmp_send(q, "migrate", json_pack("{s:s}", "uri", "fd:snapshot"), -1);
}

static void end_saving(struct vm *vm, const char *trouble)
{
	struct snapshots *s = vm->machine->snapshots;
	int fd = vm->snapshot_fd;

	vm->snapshot_fd = -1;
	if (!trouble && snapshot_commit(s, fd, vm->channel == &vm->serial_stream, vm->release))
		trouble = strerror(errno);
	else if (trouble)
		close(fd);
	if (trouble) {
		char *why = mem_printf("no snapshot was saved: %s", trouble);

		vm->owner->note(vm->owner->arg, vm, why);
		free(why);
	}
	qmp_send(&vm->qmp, "cont", NULL, -1);
	prepare(vm);
}

/* ---- what the guest says ---- */

static void got_hello(struct vm *vm, struct stream *from, const char *release)
{
	if (vm->state != VM_BOOTING)
		return;
	vm->channel = from;
	vm->release = mem_strdup(release);
	if (vm->machine->snapshots_wanted && vm->machine->snapshots->fd < 0)
		begin_saving(vm);
	else
		prepare(vm);
}

static void got_foreign_hello(struct vm *vm, const char *text)
{
	if (vm->state != VM_BOOTING)
		return;
	char *why = mem_printf("the guest speaks version %.20s of the contract, this program version %d",
			       text, CONTRACT_VERSION);
	end_now(vm, VM_END_BOOT, why);
	free(why);
}

static bool mark_is_awaited(const struct vm *vm)
{
	return !vm->console.ended && vm->marks_missed < MARKS_MISSED_MAX;
}

/* The kernel's own words may change a verdict that the guest gave. */
static void judge(struct vm *vm, struct result *r)
{
	struct console *c = &vm->console;
	bool cut = c->started;
	const char *log = cut ? text_get(&c->slice) : text_get(&c->gap);
	const char *splat = cut ? c->splat : c->gap_splat;

	if (splat && r->verdict != VERDICT_FAIL && r->verdict != VERDICT_TIMEOUT &&
	    r->verdict != VERDICT_CRASH) {
		r->verdict = VERDICT_SPLAT;
		result_set(&r->message, splat);
	}
	if (r->verdict == VERDICT_SPLAT || r->verdict == VERDICT_CRASH)
		r->fingerprint = console_fingerprint(log);
	if (*log && r->verdict != VERDICT_PASS && r->verdict != VERDICT_SKIP)
		result_set(&r->kernel_log, log);
}

static void deliver(struct vm *vm, struct result *r)
{
	judge(vm, r);
	if (!r->file || !*r->file) {
		result_set(&r->file, vm->test->file);
		r->line = vm->test->line;
	}
	r->vm = vm->number;
	r->warm = vm->warm;
	free(vm->earlier_id);
	vm->earlier_id = vm->last_id;
	vm->last_id = mem_strdup(r->id);
	vm->test = NULL;
	vm->pending = NULL;
	vm->tests_run++;
	stream_expect(vm->channel, NULL);
	vm->owner->result(vm->owner->arg, vm, r);
}

static void settle(struct vm *vm)
{
	struct result *r = vm->pending;

	if (!vm->console.ended)
		vm->marks_missed++;
	else
		vm->marks_missed = 0;
	vm->state = VM_READY;
	set_deadline(vm, -1);
	deliver(vm, r);
	if (vm->state == VM_READY)
		vm->owner->ready(vm->owner->arg, vm);
}

static void got_result(struct vm *vm, struct result *r)
{
	r->duration_ms = (long)(loop_now() - vm->ordered_at);
	vm->pending = r;
	if (vm->state != VM_RUNNING && vm->state != VM_HANGING)
		return; /* QEMU is gone already; bury() delivers it */
	vm->state = VM_SETTLING;
	if (mark_is_awaited(vm))
		set_deadline(vm, SETTLE * patience(vm->machine));
	else
		set_deadline(vm, 0);
}

static void got_stray(struct vm *vm, const char *line)
{
	vm->distrusted = true;
	if (++vm->strays > STRAYS_SHOWN)
		return;
	char *note = mem_printf("the guest sent what was not asked for: %.200s", line);
	vm->owner->note(vm->owner->arg, vm, note);
	free(note);
}

static void got_flood(struct vm *vm)
{
	vm->distrusted = true;
	end_now(vm,
		vm->ready_at ? VM_END_CRASH
		: vm->warm   ? VM_END_RESTORE
			     : VM_END_BOOT,
		"the guest floods its results channel");
}

static void stream_event(struct vm *vm, struct stream *from, struct stream_event *event)
{
	switch (event->kind) {
	case STREAM_HELLO: got_hello(vm, from, event->text); break;
	case STREAM_FOREIGN: got_foreign_hello(vm, event->text); break;
	case STREAM_SUITES:
		if (vm->state == VM_PREPARING && !vm->setups_done)
			got_suites(vm, event);
		break;
	case STREAM_SETUP:
		if (vm->state == VM_PREPARING && vm->setups_done < vm->machine->options->setups)
			got_setup(vm, event);
		break;
	case STREAM_RESULT: got_result(vm, event->result); break;
	case STREAM_BYE:
		if (vm->state == VM_LEAVING)
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

/* ---- what QEMU says ---- */

static void got_migration(struct vm *vm, json_t *data)
{
	const char *status = json_string_value(json_object_get(data, "status"));

	if (vm->state != VM_SAVING || !status)
		return;
	if (!strcmp(status, "completed"))
		end_saving(vm, NULL);
	else if (!strcmp(status, "failed") || !strcmp(status, "cancelled"))
		end_saving(vm, "QEMU could not write it");
}

static void got_event(struct vm *vm, const struct qmp_message *m)
{
	if (!strcmp(m->name, "MIGRATION")) {
		got_migration(vm, m->data);
	} else if (!strcmp(m->name, "SHUTDOWN")) {
		const char *reason = json_string_value(json_object_get(m->data, "reason"));

		free(vm->shutdown);
		vm->shutdown = mem_strdup(reason ? reason : "unknown");
	} else if (!strcmp(m->name, "STOP") && vm->state == VM_BOOTING) {
		end_now(vm, VM_END_BOOT, "QEMU stopped the guest");
	} else if (!strcmp(m->name, "STOP") && vm->ready_at) {
		end_now(vm, VM_END_CRASH, "QEMU stopped the guest");
	}
}

static void got_return(struct vm *vm, const struct qmp_message *m)
{
	const char *status;

	if (vm->state == VM_HANGING && !strcmp(m->about, "chardev-send-break") && vm->console_watch.fd >= 0)
		send(vm->console_watch.fd, &hang_keys[vm->hang_step - 1], 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (vm->state != VM_RESTORING)
		return;
	if (!strcmp(m->about, "query-status")) {
		status = json_string_value(json_object_get(m->data, "status"));
		if (status && !strcmp(status, "inmigrate"))
			set_deadline(vm, POLL);
		else
			qmp_send(&vm->qmp, "cont", NULL, -1);
	} else if (!strcmp(m->about, "cont")) {
		vm->channel = vm->machine->snapshots->serial ? &vm->serial_stream : &vm->stream;
		vm->release = mem_strdup(vm->machine->snapshots->release);
		prepare(vm);
	}
}

static void got_error(struct vm *vm, const struct qmp_message *m)
{
	if (vm->state == VM_SAVING)
		end_saving(vm, m->name);
	else if (vm->state == VM_RESTORING)
		end_now(vm, VM_END_RESTORE, m->name);
}

static void on_qmp(void *arg, const struct qmp_message *m)
{
	struct vm *vm = arg;

	switch (m->kind) {
	case QMP_GREETING:
		qmp_send(&vm->qmp, "qmp_capabilities", NULL, -1);
		if (vm->state == VM_RESTORING)
			qmp_send(&vm->qmp, "query-status", NULL, -1);
		break;
	case QMP_EVENT: got_event(vm, m); break;
	case QMP_RETURN: got_return(vm, m); break;
	case QMP_ERROR: got_error(vm, m); break;
	case QMP_GARBAGE: break;
	}
}

/* ---- descriptors ---- */

/* Reads once; false at the end of the stream. */
static bool read_some(struct vm *vm, struct watch *w,
		      void (*take)(struct vm *, struct watch *, const char *, size_t), size_t *got)
{
	char buf[65536];
	ssize_t n = w->fd < 0 ? 0 : read(w->fd, buf, sizeof(buf));

	*got = n > 0 ? (size_t)n : 0;
	if (n > 0)
		take(vm, w, buf, (size_t)n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* QEMU's own words may quote the guest's. */
static void take_errors(struct vm *vm, const char *data, size_t len)
{
	while (len) {
		const char *end = memchr(data, '\n', len);
		size_t n = end ? (size_t)(end - data) : len;

		text_add_escaped(&vm->errors_text, data, n);
		if (end)
			text_add(&vm->errors_text, "\n", 1);
		data += n + (end != NULL);
		len -= n + (end != NULL);
	}
}

static void take_bytes(struct vm *vm, struct watch *w, const char *data, size_t len)
{
	if (w == &vm->console_watch) {
		console_feed(&vm->console, data, len);
		if (vm->state == VM_SETTLING && vm->console.ended)
			set_deadline(vm, 0);
	} else if (w == &vm->results) {
		stream_feed(&vm->stream, data, len);
	} else if (w == &vm->serial2) {
		stream_feed(&vm->serial_stream, data, len);
	} else if (w == &vm->qmp_watch) {
		qmp_feed(&vm->qmp, data, len);
	} else if (w == &vm->errors) {
		take_errors(vm, data, len);
	}
}

static void on_readable(void *arg, struct watch *w)
{
	struct vm *vm = arg;
	size_t got;

	if (w->writing)
		flush_orders(vm);
	if (!read_some(vm, w, take_bytes, &got))
		loop_remove(vm->machine->loop, w);
}

static void drain(struct vm *vm, struct watch *w)
{
	size_t got, total = 0;

	do {
		if (!read_some(vm, w, take_bytes, &got))
			break;
		total += got;
	} while (got && total < DRAIN_MAX);
	loop_remove(vm->machine->loop, w);
}

/* ---- the end of a VM ---- */

/* The last line of the kernel that says why, else how QEMU ended. */
static char *crash_reason(struct vm *vm, int status)
{
	struct console *c = &vm->console;
	const char *splat = c->splat ? c->splat : c->gap_splat;

	if (vm->hang_step)
		return mem_strdup(vm->hang);
	if (vm->failure)
		return mem_strdup(vm->failure);
	if (splat)
		return mem_strdup(splat);
	if (vm->shutdown)
		return mem_printf("the VM ended while the test ran (%.40s)", vm->shutdown);
	if (WIFSIGNALED(status))
		return mem_printf("QEMU was ended by signal %d (%s)", WTERMSIG(status),
				  strsignal(WTERMSIG(status)));
	return mem_printf("QEMU ended with status %d", WEXITSTATUS(status));
}

static void deliver_crash(struct vm *vm, int status)
{
	struct result *r = stream_abandon(vm->channel);
	char *reason = crash_reason(vm, status);

	if (!r)
		r = result_new(vm->test->id);
	r->verdict = vm->distrusted && vm->failure ? VERDICT_ERROR : VERDICT_CRASH;
	r->duration_ms = (long)(loop_now() - vm->ordered_at);
	result_set(&r->message, reason);
	free(reason);
	deliver(vm, r);
}

static void report_gap(struct vm *vm)
{
	struct console *c = &vm->console;

	if (c->gap_splat && c->started)
		vm->owner->late_splat(vm->owner->arg, vm, c->gap_before ? vm->earlier_id : vm->last_id,
				      c->gap_splat, text_get(&c->gap));
	else if (c->gap_splat && !c->id) /* while it left */
		vm->owner->late_splat(vm->owner->arg, vm, vm->last_id, c->gap_splat, text_get(&c->gap));
}

static void set_boot_failure(struct vm *vm, int status)
{
	struct text why = {0};

	if (WIFSIGNALED(status))
		text_printf(&why, "QEMU was ended by signal %d", WTERMSIG(status));
	else if (vm->shutdown)
		text_printf(&why, "the VM ended (%.40s)", vm->shutdown);
	else
		text_printf(&why, "QEMU ended with status %d", WEXITSTATUS(status));
	text_printf(&why, " before the guest said hello");
	set_failure(vm, text_get(&why));
	text_free(&why);
}

/* QEMU is gone: what it still had to say is heard, then the running test gets its verdict. */
static void bury(struct vm *vm, int status)
{
	bool asked = vm->state == VM_LEAVING || (vm->state == VM_DYING && vm->end == VM_END_ASKED);

	vm->state = VM_DEAD;
	drain(vm, &vm->console_watch);
	drain(vm, &vm->results);
	drain(vm, &vm->serial2);
	drain(vm, &vm->qmp_watch);
	drain(vm, &vm->errors);
	loop_remove(vm->machine->loop, &vm->control);
	if (asked && !vm->test)
		report_gap(vm);
	set_deadline(vm, -1);
	if (vm->snapshot_fd >= 0)
		close(vm->snapshot_fd);
	vm->snapshot_fd = -1;
	if (!vm->ready_at && !asked && vm->end == VM_END_ASKED)
		vm->end = vm->warm ? VM_END_RESTORE : VM_END_BOOT;
	else if (vm->ready_at && !asked && vm->end == VM_END_ASKED)
		vm->end = VM_END_CRASH;
	if (vm->end == VM_END_BOOT || vm->end == VM_END_RESTORE)
		set_boot_failure(vm, status);
	if (vm->pending)
		deliver(vm, vm->pending);
	else if (vm->test)
		deliver_crash(vm, status);
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
	if (vm->state == VM_DEAD)
		return;
	vm->state = VM_DYING;
	vm->killed = true;
	set_deadline(vm, -1);
	if (vm->pid > 0)
		kill(vm->pid, SIGKILL);
}

void vm_leave(struct vm *vm)
{
	if (vm->state != VM_READY) {
		vm_kill(vm);
		return;
	}
	vm->state = VM_LEAVING;
	set_deadline(vm, LEAVE);
	report_gap(vm);
	console_begin(&vm->console, NULL);
	send_order(vm, mem_strdup(ORDER_BYE "\n"));
}

/* The agent may still take orders. */
static void begin_hang(struct vm *vm)
{
	const char *splat = vm->console.splat;

	vm->state = VM_HANGING;
	free(vm->hang);
	vm->hang = mem_printf("hang: neither the test nor the guest's agent answered in time%s%s",
			      splat ? "; " : "", splat ? splat : "");
	for (const char *key = hang_keys; *key; key++)
		send_order(vm, mem_printf(ORDER_SYSRQ "%c\n", *key));
}

/*
 * Without the agent a key comes as a break on the serial line and a letter, one after the other. A kernel whose
 * interrupts are off hears neither: told to panic at an NMI, it says where it is.
 */
static void next_hang_step(struct vm *vm)
{
	const size_t keys = strlen(hang_keys);

	if (!vm->hang_step)
		begin_hang(vm);
	if (vm->hang_step < keys) {
		qmp_send(&vm->qmp, "chardev-send-break", json_pack("{s:s}", "id", "console"), -1);
		set_deadline(vm, hang_keys[vm->hang_step] == 't' ? SYSRQ_TASKS : SYSRQ);
	} else if (vm->hang_step == keys) {
		qmp_send(&vm->qmp, "inject-nmi", NULL, -1);
		set_deadline(vm, NMI);
	} else {
		end_now(vm, VM_END_CRASH, vm->hang);
	}
	vm->hang_step++;
}

void vm_late(struct vm *vm)
{
	switch (vm->state) {
	case VM_BOOTING: end_now(vm, VM_END_BOOT, "the guest did not say hello in time"); break;
	case VM_SAVING: end_saving(vm, "it took too long"); break;
	case VM_RESTORING:
		if (loop_now() - vm->started_at > RESTORE * patience(vm->machine)) {
			end_now(vm, VM_END_RESTORE, "the restore took too long");
			break;
		}
		set_deadline(vm, RESTORE * patience(vm->machine));
		qmp_send(&vm->qmp, "query-status", NULL, -1);
		break;
	case VM_PREPARING:
		end_now(vm,
			vm->setups_done < vm->machine->options->setups && vm->setups_done ? VM_END_SETUP
			: vm->warm                                                        ? VM_END_RESTORE
											  : VM_END_BOOT,
			"the guest did not answer its first orders in time");
		break;
	case VM_RUNNING:
	case VM_HANGING: next_hang_step(vm); break;
	case VM_SETTLING: settle(vm); break;
	case VM_LEAVING: vm_kill(vm); break;
	default: set_deadline(vm, -1);
	}
}

/* What the guest is told of an order besides the test: words separated by commas. */
static char *order_flags(const struct vm *vm, bool sabotage)
{
	const char *runtime = vm->machine->options->runtime.name;

	if (!runtime)
		return mem_strdup(sabotage ? FLAG_SABOTAGE : FLAGS_NONE);
	return mem_printf("%s" FLAG_RUNTIME "%s", sabotage ? FLAG_SABOTAGE "," : "", runtime);
}

void vm_order(struct vm *vm, const struct test *test, bool sabotage)
{
	char *flags = order_flags(vm, sabotage);

	vm->test = test;
	vm->state = VM_RUNNING;
	vm->hang_step = 0;
	vm->ordered_at = loop_now();
	report_gap(vm);
	console_begin(&vm->console, test->id);
	stream_expect(vm->channel, test->id);
	set_deadline(vm, vm_test_limit(test, factor(vm)) * vm->slowness * 1000);
	send_order(vm, mem_printf(ORDER_RUN "%g %s %s\n", factor(vm), flags, test->id));
	free(flags);
}

/* ---- start ---- */

int vm_make_pairs(int mine[], int theirs[], int count)
{
	for (int i = 0; i < count; i++)
		mine[i] = theirs[i] = -1;
	for (int i = 0; i < count; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
			return -1;
		mine[i] = pair[0];
		theirs[i] = pair[1];
		fcntl(mine[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static void close_all(int fds[], int count)
{
	for (int i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static struct vm *vm_new(const struct machine *machine, const struct vm_owner *owner, int number)
{
	struct vm *vm = mem_zalloc(sizeof(*vm));
	struct watch *watches[] = {&vm->process, &vm->qmp_watch, &vm->console_watch, &vm->results,
				   &vm->control, &vm->serial2,   &vm->errors};

	vm->machine = machine;
	vm->owner = owner;
	vm->number = number;
	vm->pid = -1;
	vm->snapshot_fd = -1;
	vm->out_end = &vm->out;
	vm->errors_text.limit = 4096;
	for (size_t i = 0; i < sizeof(watches) / sizeof(*watches); i++)
		*watches[i] = (struct watch){.fd = -1, .ready = on_readable, .arg = vm};
	vm->process.ready = on_process;
	stream_init(&vm->stream, on_stream, vm);
	stream_init(&vm->serial_stream, on_serial_stream, vm);
	console_init(&vm->console, machine->console_log, number, machine->allow);
	return vm;
}

/* Descriptor 5 of the pairs is QEMU's output and errors; the first five are its channels. */
enum { PAIRS = 6, PAIR_ERRORS = 5 };

static int start_qemu(struct vm *vm, const int theirs[PAIRS], int incoming)
{
	const struct machine *m = vm->machine;
	int fds[SPAWN_FDS];

	for (int i = 0; i < PAIR_ERRORS; i++)
		fds[i] = theirs[i];
	fds[FD_INCOMING] = incoming;
	fds[FD_KERNEL] = m->kernel_fd;
	fds[FD_INITRD] = m->initrd_fd;
	vm->pid = spawn_program(vm->argv, fds, theirs[PAIR_ERRORS], &m->identity, &vm->process.fd);
	return vm->pid < 0 ? -1 : 0;
}

static int watch_all(struct vm *vm, const int mine[PAIRS])
{
	struct watch *watches[PAIRS] = {&vm->qmp_watch, &vm->console_watch, &vm->results,
					&vm->control,   &vm->serial2,       &vm->errors};

	for (int i = 0; i < PAIRS; i++)
		watches[i]->fd = mine[i];
	qmp_init(&vm->qmp, mine[FD_QMP], on_qmp, vm);
	for (int i = 0; i < PAIRS; i++)
		if (loop_add(vm->machine->loop, watches[i]))
			return -1;
	return loop_add(vm->machine->loop, &vm->process);
}

static double hello_limit(const struct machine *m)
{
	if (m->accel == ACCEL_KVM && m->options->accel == ACCEL_AUTO)
		return HELLO_KVM_AUTO * patience(m);
	return HELLO * patience(m);
}

struct vm *vm_start(const struct machine *machine, const struct vm_owner *owner, int number, bool cold,
		    struct fault *fault)
{
	struct vm *vm = vm_new(machine, owner, number);
	int mine[PAIRS], theirs[PAIRS];
	int incoming = cold ? -1 : snapshot_open(machine->snapshots);

	vm->warm = incoming >= 0;
	vm->started_at = loop_now();
	vm->state = vm->warm ? VM_RESTORING : VM_BOOTING;
	vm->argv = vm_argv(machine, true, vm->warm ? SPAWN_FD_FIRST + FD_INCOMING : -1, fault);
	if (!vm->argv || vm_make_pairs(mine, theirs, PAIRS)) {
		fault_set(fault, EXIT_UNFINISHED, "cannot make the VM's channels: %m");
		goto fail;
	}
	int err = start_qemu(vm, theirs, incoming);
	close_all(theirs, PAIRS);
	if (err || watch_all(vm, mine)) {
		fault_set(fault, EXIT_UNFINISHED, "cannot start QEMU: %m");
		if (err)
			close_all(mine, PAIRS);
		goto fail;
	}
	if (incoming >= 0)
		close(incoming);
	set_deadline(vm, vm->warm ? RESTORE * patience(vm->machine) : hello_limit(machine));
	return vm;
fail:
	if (incoming >= 0)
		close(incoming);
	vm_free(vm);
	return NULL;
}

void vm_free(struct vm *vm)
{
	struct watch *watches[] = {&vm->process, &vm->qmp_watch, &vm->console_watch, &vm->results,
				   &vm->control, &vm->serial2,   &vm->errors};

	if (vm->pid > 0) {
		kill(vm->pid, SIGKILL);
		waitpid(vm->pid, NULL, 0);
	}
	for (size_t i = 0; i < sizeof(watches) / sizeof(*watches); i++)
		loop_remove(vm->machine->loop, watches[i]);
	if (vm->snapshot_fd >= 0)
		close(vm->snapshot_fd);
	free_orders(vm);
	result_free(vm->pending);
	stream_free(&vm->stream);
	stream_free(&vm->serial_stream);
	console_free(&vm->console);
	qmp_free(&vm->qmp);
	text_free(&vm->errors_text);
	qemu_argv_free(vm->argv);
	free(vm->failure);
	free(vm->hang);
	free(vm->release);
	free(vm->last_id);
	free(vm->earlier_id);
	free(vm->shutdown);
	free(vm);
}
