// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"
#include "runner/base/file.h"
#include "vm/monitor.h"

static struct fault fault;
static const struct monitor *qemu;

/* A program that says it is QEMU makes the monitor known to these tests. */
static void setup(void)
{
	char *dir = sample_dir();
	char *script =
		sample_put_text(dir, "qemu", "#!/bin/sh\necho QEMU emulator version 7.2.22\necho more\n");
	char version[128];

	fault = (struct fault){0};
	ck_assert_int_eq(chmod(script, 0700), 0);
	qemu = monitor_find(script, dir, version, sizeof(version), &fault);
	ck_assert_msg(qemu, "%s", fault.text);
	ck_assert_str_eq(version, "QEMU emulator version 7.2.22");
	dir_remove(dir);
	free(script);
	free(dir);
}

static struct monitor_request request(void)
{
	struct monitor_request r = {.program = "qemu-system-x86_64",
				    .kernel = "/k/bzImage",
				    .initrd = "/c/image.cpio",
				    .accel = ACCEL_TCG,
				    .memory_mib = 512};

	for (int i = 0; i < MONITOR_FDS; i++)
		r.fds[i] = 10 + i;
	r.fds[MONITOR_SAVED] = r.fds[MONITOR_DEBUGGER] = -1;
	return r;
}

/* The value after an option; NULL when the option is not there. */
static const char *value(char **argv, const char *option)
{
	for (; *argv; argv++)
		if (!strcmp(*argv, option))
			return argv[1];
	return NULL;
}

static bool has(char **argv, const char *arg)
{
	for (; *argv; argv++)
		if (!strcmp(*argv, arg))
			return true;
	return false;
}

START_TEST(what_every_vm_has)
{
	struct monitor_request r = request();
	char **argv = monitor_argv(qemu, &r, &fault);

	ck_assert_ptr_nonnull(argv);
	ck_assert_str_eq(argv[0], "qemu-system-x86_64");
	ck_assert_str_eq(value(argv, "-accel"), "tcg,thread=single,tb-size=96");
	ck_assert_str_eq(value(argv, "-cpu"), "qemu64");
	ck_assert_str_eq(value(argv, "-kernel"), "/k/bzImage");
	ck_assert_str_eq(value(argv, "-initrd"), "/c/image.cpio");
	ck_assert(has(argv, "-nodefaults"));
	ck_assert(has(argv, "-no-user-config"));
	ck_assert(has(argv, "-no-reboot"));
	ck_assert_str_eq(value(argv, "-sandbox"),
			 "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
	ck_assert(has(argv, "socket,id=qmp,fd=10"));
	ck_assert(has(argv, "socket,id=console,fd=11"));
	ck_assert(has(argv, "socket,id=results,fd=12"));
	ck_assert(has(argv, "socket,id=control,fd=13"));
	ck_assert(has(argv, "socket,id=serial2,fd=14"));
	ck_assert_ptr_null(value(argv, "-incoming"));
	ck_assert(!has(argv, "-S"));
	ck_assert_ptr_null(value(argv, "-gdb"));
	monitor_argv_free(argv);
}
END_TEST

/* Nothing of the host, and no way to a network: no drive, share, image or host-side network of any kind. */
START_TEST(what_no_vm_has)
{
	static const char *const forbidden[] = {"-drive",  "-hda", "-blockdev", "-fsdev",
						"-virtfs", "-nic", "-net",      "-snapshot",
						"-cdrom",  "-usb", "-vnc"};
	struct monitor_request r = request();
	char **argv = monitor_argv(qemu, &r, &fault);

	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
		ck_assert_msg(!has(argv, forbidden[i]), "%s", forbidden[i]);
	for (char **arg = argv; *arg; arg++)
		if (!strcmp(*arg, "-netdev"))
			ck_assert_int_eq(strncmp(arg[1], "hubport,", 8), 0);
	monitor_argv_free(argv);
}
END_TEST

START_TEST(what_is_asked_for)
{
	struct monitor_request r = request();

	r.program = "/opt/qemu";
	r.accel = ACCEL_KVM;
	r.memory_mib = 1024;
	r.cpus = 4;
	r.fds[MONITOR_SAVED] = 20;
	r.append = "quiet";
	r.shell = true;
	char **argv = monitor_argv(qemu, &r, &fault);

	ck_assert_str_eq(argv[0], "/opt/qemu");
	ck_assert_str_eq(value(argv, "-accel"), "kvm");
	ck_assert_str_eq(value(argv, "-cpu"), "host");
	ck_assert_str_eq(value(argv, "-m"), "1024");
	ck_assert_str_eq(value(argv, "-smp"), "4");
	ck_assert_str_eq(value(argv, "-incoming"), "fd:20");
	ck_assert_ptr_nonnull(strstr(value(argv, "-append"), " nscheck nscheck.shell quiet"));
	monitor_argv_free(argv);
}
END_TEST

/* A guest that has ended stands still, so that its memory is there. */
START_TEST(a_guest_that_can_be_dumped)
{
	struct monitor_request r = request();

	r.dumped = true;
	char **argv = monitor_argv(qemu, &r, &fault);

	ck_assert(has(argv, "-no-shutdown"));
	ck_assert(has(argv, "vmcoreinfo"));
	monitor_argv_free(argv);
	r.dumped = false;
	argv = monitor_argv(qemu, &r, &fault);
	ck_assert(!has(argv, "-no-shutdown"));
	ck_assert(!has(argv, "vmcoreinfo"));
	monitor_argv_free(argv);
}
END_TEST

START_TEST(more_words_are_taken_as_they_are)
{
	char *more[] = {(char *)"-device", (char *)"a,b='c d'"};
	struct monitor_request r = request();

	r.more = more;
	r.more_count = 2;
	char **argv = monitor_argv(qemu, &r, &fault), **last = argv;

	while (last[1])
		last++;
	ck_assert_str_eq(last[-1], "-device");
	ck_assert_str_eq(last[0], "a,b='c d'");
	monitor_argv_free(argv);
}
END_TEST

START_TEST(a_debugger_is_waited_for)
{
	struct monitor_request r = request();

	r.fds[MONITOR_DEBUGGER] = 30;
	char **argv = monitor_argv(qemu, &r, &fault);

	ck_assert(has(argv, "-S"));
	ck_assert_str_eq(value(argv, "-gdb"), "chardev:gdb");
	ck_assert(has(argv, "socket,id=gdb,fd=30,server=on,wait=off"));
	ck_assert_ptr_nonnull(strstr(value(argv, "-append"), " nokaslr"));
	monitor_argv_free(argv);
}
END_TEST

/* Of the processors of a VM those are online that were asked for; else one under emulation, both with KVM. */
START_TEST(processors_online)
{
	static const struct {
		int cpus, online;
		enum accel accel;
		const char *smp;
	} cases[] = {{0, 1, ACCEL_TCG, "2"},
		     {0, 2, ACCEL_KVM, "2"},
		     {1, 1, ACCEL_KVM, "1"},
		     {2, 2, ACCEL_TCG, "2"},
		     {4, 4, ACCEL_TCG, "4"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct monitor_request r = request();

		r.accel = cases[i].accel;
		r.cpus = cases[i].cpus;
		char **argv = monitor_argv(qemu, &r, &fault);
		ck_assert_str_eq(value(argv, "-smp"), cases[i].smp);
		ck_assert_int_eq(monitor_cpus_online(r.cpus, r.accel), cases[i].online);
		bool limited = strstr(value(argv, "-append"), "maxcpus=1");
		ck_assert_int_eq(limited, cases[i].online < atoi(cases[i].smp));
		monitor_argv_free(argv);
	}
}
END_TEST

START_TEST(nonsense)
{
	static const struct {
		int memory, cpus;
	} cases[] = {{1, 0}, {-5, 0}, {1 << 30, 0}, {512, -1}, {512, 1000}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct monitor_request r = request();

		fault = (struct fault){0};
		r.memory_mib = cases[i].memory;
		r.cpus = cases[i].cpus;
		ck_assert_ptr_null(monitor_argv(qemu, &r, &fault));
		ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	}
}
END_TEST

START_TEST(command_line_that_the_kernel_would_cut)
{
	struct monitor_request r = request();
	char append[2100];

	memset(append, 'x', sizeof(append) - 1);
	append[sizeof(append) - 1] = '\0';
	r.append = append;
	ck_assert_ptr_null(monitor_argv(qemu, &r, &fault));
	ck_assert_ptr_nonnull(strstr(fault.text, "shorten --append"));
}
END_TEST

START_TEST(programs_that_are_no_monitor)
{
	char line[128];

	ck_assert_ptr_null(monitor_find("/nonexistent/qemu", "/nonexistent", line, sizeof(line), &fault));
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	ck_assert_ptr_nonnull(strstr(fault.text, "install the package qemu-system-x86"));
	fault = (struct fault){0};
	ck_assert_ptr_null(monitor_find("true", "/nonexistent", line, sizeof(line), &fault));
	ck_assert_ptr_nonnull(strstr(fault.text, "true is not QEMU: install the package qemu-system-x86"));
}
END_TEST

START_TEST(how_it_ended)
{
	char *status = monitor_ended(qemu, 3 << 8), *killed = monitor_ended(qemu, SIGKILL);

	ck_assert_str_eq(status, "QEMU ended with status 3");
	ck_assert_str_eq(killed, "QEMU was ended by signal 9 (Killed)");
	free(status);
	free(killed);
}
END_TEST

/* ---- the talk ---- */

static struct monitor_talk *talk;
static int theirs;      /* its end of the channel */
static char heard[500]; /* the events, each as "KIND TEXT;" */

static void on_event(void *arg, const struct monitor_event *event)
{
	size_t len = strlen(heard);

	ck_assert_ptr_eq(arg, heard);
	snprintf(heard + len, sizeof(heard) - len, "%d %s;", event->kind, event->text ? event->text : "-");
}

static void talk_begin(bool restoring)
{
	int pair[2];

	setup();
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	theirs = pair[1];
	talk = monitor_talk(qemu, pair[0], restoring, on_event, heard);
	*heard = '\0';
}

static void talk_setup(void)
{
	talk_begin(false);
}

static void restore_setup(void)
{
	talk_begin(true);
}

static void talk_teardown(void)
{
	qemu->end(talk);
}

/* QEMU says that: these are the events that come of it, and these words are in what it is told. */
static void says(const char *line, const char *events, const char *told)
{
	char buf[4096] = "";

	*heard = '\0';
	qemu->take(talk, line, strlen(line));
	ck_assert_str_eq(heard, events);
	ck_assert_int_ge(recv(theirs, buf, sizeof(buf) - 1, MSG_DONTWAIT), *told ? 1 : -1);
	ck_assert_msg(*told ? strstr(buf, told) != NULL : !*buf, "'%s' is not in: %s", told, buf);
}

#define GREETING             "{\"QMP\": {\"version\": {}}}\n"
#define RETURN(about, value) "{\"return\": {" value "}, \"id\": \"" about "\"}\n"
#define MIGRATION(status)    "{\"event\": \"MIGRATION\", \"data\": {\"status\": \"" status "\"}}\n"
#define STOP                 "{\"event\": \"STOP\"}\n"

/* It is told in order, with the file along; trouble: whether and why it fails. */
static void saves(const char *line, const char *events)
{
	char buf[4096] = "", room[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {buf, sizeof(buf) - 1};
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof(room)};
	bool passed = false;

	qemu->save(talk, STDERR_FILENO);
	while (!strstr(buf, "\"migrate\"")) {
		m.msg_controllen = sizeof(room);
		ck_assert_int_gt(recvmsg(theirs, &m, 0), 0);
		passed |= CMSG_FIRSTHDR(&m) && CMSG_FIRSTHDR(&m)->cmsg_type == SCM_RIGHTS;
	}
	ck_assert(passed);
	says(STOP, "", "");
	says(MIGRATION("active"), "", "");
	says(line, events, "");
	qemu->go_on(talk);
	says(MIGRATION("completed"), "", "\"cont\"");
}

/* The file goes along; that the guest stands still meanwhile is no end of it. */
static void dumps(const char *line, const char *events)
{
	char buf[4096] = "";

	qemu->dump(talk, STDERR_FILENO);
	while (!strstr(buf, "\"fd:dump\"")) {
		size_t len = strlen(buf);

		ck_assert_int_gt(recv(theirs, buf + len, sizeof(buf) - 1 - len, 0), 0);
	}
	says(RETURN("getfd", ""), "", "");
	says(STOP, "", "");
	says(line, events, "");
}

START_TEST(dumping)
{
	says(GREETING, "", "qmp_capabilities");
	dumps(RETURN("dump-guest-memory", ""), "6 -;");
	says(RETURN("dump-guest-memory", ""), "", "");
	dumps("{\"error\": {\"desc\": \"disk full\"}, \"id\": \"dump-guest-memory\"}\n", "6 disk full;");
	dumps("{\"error\": {\"desc\": \"no fd\"}, \"id\": \"getfd\"}\n", "6 no fd;");
	/* Its end was told of; that it stands still from then on is what was asked for. */
	says("{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": \"guest-reset\"}}\n",
	     "4 guest-reset;", "");
	says(STOP, "", "");
	dumps(RETURN("dump-guest-memory", ""), "6 -;");
}
END_TEST

START_TEST(saving)
{
	says(GREETING, "", "qmp_capabilities");
	saves(MIGRATION("completed"), "0 -;");
	saves(MIGRATION("failed"), "0 QEMU could not write it;");
	saves("{\"error\": {\"desc\": \"no room\"}, \"id\": \"migrate\"}\n", "0 no room;");
	says("{\"error\": {\"desc\": \"late\"}, \"id\": \"migrate\"}\n", "", "");
}
END_TEST

START_TEST(restoring)
{
	says(GREETING, "", "\"query-status\"");
	ck_assert_int_eq(talk->wake_ms, -1);
	says(RETURN("query-status", "\"status\": \"inmigrate\""), "", "");
	ck_assert_int_gt(talk->wake_ms, 0);
	qemu->wake(talk);
	ck_assert_int_eq(talk->wake_ms, -1);
	says(STOP, "", "\"query-status\"");
	says(RETURN("query-status", "\"status\": \"paused\""), "", "\"cont\"");
	says(RETURN("cont", ""), "1 -;", "");
	says(RETURN("cont", ""), "", "");
}
END_TEST

START_TEST(restore_that_fails)
{
	says(GREETING, "", "\"query-status\"");
	says("{\"error\": {\"desc\": \"bad file\"}, \"id\": \"query-status\"}\n", "1 bad file;", "");
}
END_TEST

START_TEST(a_guest_that_hangs_or_ends)
{
	qemu->send_break(talk);
	says(RETURN("chardev-send-break", ""), "2 -;", "\"console\"");
	qemu->interrupt(talk);
	says(RETURN("inject-nmi", ""), "", "inject-nmi");
	says(STOP, "3 QEMU stopped the guest;", "");
	says("{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"guest-panic\"}}\n", "4 guest-panic;", "");
	says("{\"event\": \"SHUTDOWN\"}\n", "4 unknown;", "");
	says("no JSON\n[1]\n{}\n{\"event\": 7, \"data\": 8}\n", "", "");
}
END_TEST

static Suite *qemu_suite(void)
{
	Suite *suite = suite_create("vm/qemu");
	TCase *tc = tcase_create("command line"), *live = tcase_create("talk"),
	      *restore = tcase_create("restore");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, what_every_vm_has);
	tcase_add_test(tc, what_no_vm_has);
	tcase_add_test(tc, what_is_asked_for);
	tcase_add_test(tc, a_debugger_is_waited_for);
	tcase_add_test(tc, more_words_are_taken_as_they_are);
	tcase_add_test(tc, a_guest_that_can_be_dumped);
	tcase_add_test(tc, processors_online);
	tcase_add_test(tc, nonsense);
	tcase_add_test(tc, command_line_that_the_kernel_would_cut);
	tcase_add_test(tc, programs_that_are_no_monitor);
	tcase_add_test(tc, how_it_ended);
	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(live, talk_setup, talk_teardown);
	tcase_add_test(live, saving);
	tcase_add_test(live, dumping);
	tcase_add_test(live, a_guest_that_hangs_or_ends);
	suite_add_tcase(suite, live);
	tcase_add_checked_fixture(restore, restore_setup, talk_teardown);
	tcase_add_test(restore, restoring);
	tcase_add_test(restore, restore_that_fails);
	suite_add_tcase(suite, restore);
	return suite;
}
HOST_SUITE(qemu_suite)
