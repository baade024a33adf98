// SPDX-License-Identifier: GPL-2.0-only
/* QEMU behind the seam of vm/monitor.h: its command line, and what it is told and tells over QMP. */
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/contract.h"
#include "vm/monitor.h"
#include "vm/qmp.h"

/* Milliseconds from one look to the next whether a restore is done, of which no event tells. */
enum { POLL_MS = 3 };

/* ---- the command line ---- */

static void add(struct strings *argv, const char *option, char *value)
{
	strings_add(argv, option);
	if (value)
		strings_take(argv, value);
}

static void add_machine(struct strings *argv, const struct monitor_request *r)
{
	add(argv, "-nodefaults", NULL);
	add(argv, "-no-user-config", NULL);
	add(argv, "-no-reboot", NULL);
	add(argv, "-display", mem_strdup("none"));
	add(argv, "-sandbox",
	    mem_strdup("on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"));
	add(argv, "-machine", mem_strdup("q35"));
	/*
	 * Multi-threaded TCG races with the kernel's patching of its own text (an int3 oops on 6.18 and newer), and
	 * is no faster. Translated code may take 96 MiB: QEMU's own limit of 1 GiB is reached in a long run, and 64
	 * are as fast.
	 */
	add(argv, "-accel", mem_strdup(r->accel == ACCEL_KVM ? "kvm" : "tcg,thread=single,tb-size=96"));
	add(argv, "-cpu", mem_strdup(r->accel == ACCEL_KVM ? "host" : "qemu64"));
	add(argv, "-m", mem_printf("%d", r->memory_mib));
	add(argv, "-smp", mem_printf("%d", r->cpus ? r->cpus : MONITOR_CPUS));
}

/* Neither its end nor a reset takes the guest's memory away. The device is what the kernel tells where its symbols are. */
static void add_dump(struct strings *argv)
{
	add(argv, "-no-shutdown", NULL);
	add(argv, "-device", mem_strdup("vmcoreinfo"));
}

static void add_socket(struct strings *argv, const char *id, int fd)
{
	add(argv, "-chardev", mem_printf("socket,id=%s,fd=%d", id, fd));
}

static void add_channels(struct strings *argv, const struct monitor_request *r)
{
	add_socket(argv, "qmp", r->fds[MONITOR_TALK]);
	add(argv, "-mon", mem_strdup("chardev=qmp,mode=control"));
	add_socket(argv, "console", r->fds[MONITOR_CONSOLE]);
	add(argv, "-serial", mem_strdup("chardev:console"));
	add_socket(argv, "serial2", r->fds[MONITOR_SERIAL2]);
	add(argv, "-serial", mem_strdup("chardev:serial2"));
	add(argv, "-device", mem_strdup("virtio-serial-pci"));
	add_socket(argv, "results", r->fds[MONITOR_RESULTS]);
	add(argv, "-device", mem_strdup("virtserialport,chardev=results,name=" PORT_RESULTS));
	add_socket(argv, "control", r->fds[MONITOR_ORDERS]);
	add(argv, "-device", mem_strdup("virtserialport,chardev=control,name=" PORT_ORDERS));
}

/* Two spare cards for tests of physical devices, wired to each other and to nothing else. */
static void add_network(struct strings *argv)
{
	add(argv, "-netdev", mem_strdup("hubport,id=spare0,hubid=0"));
	add(argv, "-netdev", mem_strdup("hubport,id=spare1,hubid=0"));
	add(argv, "-device", mem_strdup("virtio-net-pci,netdev=spare0,mac=52:54:00:00:00:01,romfile="));
	add(argv, "-device", mem_strdup("virtio-net-pci,netdev=spare1,mac=52:54:00:00:00:02,romfile="));
}

static int add_kernel(struct strings *argv, const struct monitor_request *r, struct fault *fault)
{
	const int online = monitor_cpus_online(r->cpus, r->accel);
	const char *cpus = r->cpus || online > 1 ? "" : " maxcpus=1";
	/*
	 * A hang with interrupts off ends in a trace when QEMU sends an NMI; a real processor may send others. A further
	 * CPU comes up in a third of the time if the kernel neither measures its speed (lpj suits 3 GHz and HZ=250, and
	 * decides no more than how long short delays last) nor writes all its locks anew.
	 */
	const char *emulated = r->accel == ACCEL_KVM ? "" : " unknown_nmi_panic noreplace-smp lpj=12000000";
	char *own = mem_printf("%s%s", cpus, emulated);
	char *line = monitor_command_line(r, own, fault);

	free(own);
	if (!line)
		return -1;
	add(argv, "-kernel", mem_strdup(r->kernel));
	add(argv, "-initrd", mem_strdup(r->initrd));
	add(argv, "-append", line);
	return 0;
}

/* The guest stands still until the debugger says otherwise. */
static void add_debugger(struct strings *argv, int fd)
{
	add(argv, "-chardev", mem_printf("socket,id=gdb,fd=%d,server=on,wait=off", fd));
	add(argv, "-gdb", mem_strdup("chardev:gdb"));
	add(argv, "-S", NULL);
}

static char **argv_of(const struct monitor_request *r, struct fault *fault)
{
	struct strings argv = {0};

	strings_add(&argv, r->program);
	add_machine(&argv, r);
	add(&argv, "-device", mem_strdup("virtio-rng-pci"));
	add_channels(&argv, r);
	add_network(&argv);
	if (add_kernel(&argv, r, fault) < 0) {
		strings_free(&argv);
		return NULL;
	}
	if (r->dumped)
		add_dump(&argv);
	if (r->fds[MONITOR_DEBUGGER] >= 0)
		add_debugger(&argv, r->fds[MONITOR_DEBUGGER]);
	for (size_t i = 0; i < r->more_count; i++)
		add(&argv, r->more[i], NULL);
	if (r->fds[MONITOR_SAVED] >= 0)
		add(&argv, "-incoming", mem_printf("fd:%d", r->fds[MONITOR_SAVED]));
	strings_take(&argv, NULL);
	return argv.items;
}

static bool is_mine(const char *version)
{
	return !strncmp(version, "QEMU", 4);
}

/* ---- what it tells ---- */

struct talk {
	struct monitor_talk base;
	struct qmp qmp;
	bool saving, dumping;
	bool ended; /* the guest has, whether or not this program goes on */
};

static void tell(struct talk *t, enum monitor_event_kind kind, const char *text)
{
	const struct monitor_event event = {.kind = kind, .text = text};

	t->base.sink(t->base.arg, &event);
}

static void end_saving(struct talk *t, const char *trouble)
{
	t->saving = false;
	tell(t, MONITOR_SAVE_ENDED, trouble);
}

static void end_dumping(struct talk *t, const char *trouble)
{
	t->dumping = false;
	tell(t, MONITOR_DUMP_ENDED, trouble);
}

static void end_restoring(struct talk *t, const char *trouble)
{
	t->base.restoring = false;
	tell(t, MONITOR_RESTORE_ENDED, trouble);
}

static void got_event(struct talk *t, const struct qmp_message *m)
{
	const char *status = json_string_value(json_object_get(m->data, "status"));
	const char *reason = json_string_value(json_object_get(m->data, "reason"));

	if (!strcmp(m->name, "MIGRATION") && t->saving && status) {
		if (!strcmp(status, "completed"))
			end_saving(t, NULL);
		else if (!strcmp(status, "failed") || !strcmp(status, "cancelled"))
			end_saving(t, "QEMU could not write it");
	} else if (!strcmp(m->name, "SHUTDOWN")) {
		bool by_host = json_is_false(json_object_get(m->data, "guest"));

		t->ended = true;
		tell(t, by_host ? MONITOR_ENDED_BY_HOST : MONITOR_ENDING, reason ? reason : "unknown");
	} else if (!strcmp(m->name, "STOP") && !t->saving && !t->dumping && !t->ended && !t->base.restoring) {
		tell(t, MONITOR_STOPPED, "QEMU stopped the guest");
	}
}

static void got_return(struct talk *t, const struct qmp_message *m)
{
	if (!strcmp(m->about, "chardev-send-break"))
		tell(t, MONITOR_BREAK_SENT, NULL);
	if (t->dumping && !strcmp(m->about, "dump-guest-memory"))
		end_dumping(t, NULL);
	if (!t->base.restoring)
		return;
	if (!strcmp(m->about, "query-status")) {
		const char *status = json_string_value(json_object_get(m->data, "status"));

		if (status && !strcmp(status, "inmigrate"))
			t->base.wake_ms = POLL_MS;
		else
			qmp_send(&t->qmp, "cont", NULL, -1);
	} else if (!strcmp(m->about, "cont")) {
		end_restoring(t, NULL);
	}
}

static void on_message(void *arg, const struct qmp_message *m)
{
	struct talk *t = arg;

	switch (m->kind) {
	case QMP_GREETING:
		qmp_send(&t->qmp, "qmp_capabilities", NULL, -1);
		if (t->base.restoring)
			qmp_send(&t->qmp, "query-status", NULL, -1);
		break;
	case QMP_EVENT: got_event(t, m); break;
	case QMP_RETURN: got_return(t, m); break;
	case QMP_ERROR:
		if (t->dumping && (!strcmp(m->about, "dump-guest-memory") || !strcmp(m->about, "getfd")))
			end_dumping(t, m->name);
		else if (t->saving)
			end_saving(t, m->name);
		else if (t->base.restoring)
			end_restoring(t, m->name);
		break;
	case QMP_GARBAGE: break;
	}
}

/* ---- what it is told ---- */

static struct monitor_talk *begin(int fd)
{
	struct talk *t = mem_zalloc(sizeof(*t));

	qmp_init(&t->qmp, fd, on_message, t);
	return &t->base;
}

static void end(struct monitor_talk *talk)
{
	struct talk *t = (struct talk *)talk;

	qmp_free(&t->qmp);
	free(t);
}

static void take(struct monitor_talk *talk, const char *data, size_t len)
{
	qmp_feed(&((struct talk *)talk)->qmp, data, len);
}

static void command(struct monitor_talk *talk, const char *name, json_t *arguments)
{
	qmp_send(&((struct talk *)talk)->qmp, name, arguments, -1);
}

static void wake(struct monitor_talk *talk)
{
	talk->wake_ms = -1;
	command(talk, "query-status", NULL);
}

static void save(struct monitor_talk *talk, int fd)
{
	struct talk *t = (struct talk *)talk;

	t->saving = true;
	command(talk, "migrate-set-capabilities",
		json_pack("{s:[{s:s,s:b}]}", "capabilities", "capability", "events", "state", 1));
	command(talk, "migrate-set-parameters", json_pack("{s:I}", "max-bandwidth", (json_int_t)1 << 40));
	command(talk, "stop", NULL);
	qmp_send(&t->qmp, "getfd", json_pack("{s:s}", "fdname", "snapshot"), fd);
	command(talk, "migrate", json_pack("{s:s}", "uri", "fd:snapshot"));
}

static void go_on(struct monitor_talk *talk)
{
	((struct talk *)talk)->saving = false;
	command(talk, "cont", NULL);
}

static void dump(struct monitor_talk *talk, int fd)
{
	struct talk *t = (struct talk *)talk;

	t->dumping = true;
	qmp_send(&t->qmp, "getfd", json_pack("{s:s}", "fdname", "dump"), fd);
	command(talk, "dump-guest-memory", json_pack("{s:b,s:s}", "paging", 0, "protocol", "fd:dump"));
}

static void send_break(struct monitor_talk *talk)
{
	command(talk, "chardev-send-break", json_pack("{s:s}", "id", "console"));
}

static void interrupt(struct monitor_talk *talk)
{
	command(talk, "inject-nmi", NULL);
}

static const struct monitor qemu = {
	.title = "QEMU",
	.package = "qemu-system-x86",
	.is_mine = is_mine,
	.argv = argv_of,
	.begin = begin,
	.end = end,
	.take = take,
	.wake = wake,
	.save = save,
	.go_on = go_on,
	.dump = dump,
	.send_break = send_break,
	.interrupt = interrupt,
};
MONITOR(qemu);
