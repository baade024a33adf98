// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/host/console.h"
#include "runner/tests/tests.h"

static struct console console;

static void setup(void)
{
	console_init(&console, NULL, 1, NULL);
}

static void teardown(void)
{
	console_free(&console);
}

static void feed(const char *s)
{
	console_feed(&console, s, strlen(s));
}

START_TEST(marks_cut_a_slice)
{
	console_begin(&console, "a");
	feed("[    1.0] before\r\n[    1.1] nscheck: start a\r\n[    1.2] inside\r\n[    1.3] nscheck: end "
	     "a\r\n[    1.4] after\n");
	ck_assert_str_eq(text_get(&console.slice), "[    1.2] inside\n");
	ck_assert_str_eq(text_get(&console.gap), "[    1.0] before\n[    1.4] after\n");
	ck_assert(console.started && console.ended);
	console_begin(&console, "b");
	feed("[    2.0] nscheck: start a\n[    2.1] nscheck: start b\n");
	ck_assert(console.started && !console.ended);
	feed("[    2.2] nscheck: end b"); /* its line ends only when the next begins */
	ck_assert(console.ended);
}
END_TEST

START_TEST(complaints_are_seen)
{
	static const char *const bad[] = {
		"WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2",
		"BUG: unable to handle page fault for address: 0",
		"BUG: KASAN: use-after-free in f+0x1/0x2",
		"UBSAN: array-index-out-of-bounds in x.c:1:2",
		"Oops: 0000 [#1]",
		"Oops: Oops: 0000 [#1]",
		"kernel BUG at fs/namespace.c:1!",
		"WARNING: possible circular locking dependency detected",
		"rcu: INFO: rcu_sched self-detected stall on CPU",
		"rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
		"INFO: task x:1 blocked for more than 120 seconds.",
		"watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [x:1]",
		"Kernel panic - not syncing: x",
		"general protection fault, probably for non-canonical address",
		"unregister_netdevice: waiting for lo to become free. Usage count = 2",
		"refcount_t: underflow; use-after-free.",
	};
	static const char *const good[] = {
		"Warning: unable to open an initial console.",
		"systemd: BUGS: none",
		"debug: all is well",
		"",
		"INFO: all tasks done",
		"oops=panic is set",
		"eth0: link becomes ready",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(splat_match(NULL, bad[i]), "%s", bad[i]);
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ck_assert_msg(!splat_match(NULL, good[i]), "%s", good[i]);
}
END_TEST

START_TEST(complaints_belong_to_their_test)
{
	console_begin(&console, "a");
	feed("[    1.0][    T1] BUG: early\n[    1.1] nscheck: start a\n");
	ck_assert_str_eq(console.gap_splat, "BUG: early");
	ck_assert_ptr_null(console.splat);
	feed("[    1.2] WARNING: mine\n[    1.3] WARNING: second\n");
	ck_assert_str_eq(console.splat, "WARNING: mine");
	console_begin(&console, NULL);
	ck_assert_ptr_null(console.splat);
	ck_assert_ptr_null(console.gap_splat);
}
END_TEST

START_TEST(allowed_complaints_do_not_count)
{
	static const char entry[] = "# no\n\nWARNING: * at fs/fake.c:*\tcommit 1234\n";
	char path[] = "/tmp/nscheck-allow-XXXXXX";
	int fd = mkstemp(path);
	struct splat_allow allow;
	struct fault fault = {0};

	ck_assert(fd >= 0 && write(fd, entry, sizeof(entry) - 1) == sizeof(entry) - 1);
	ck_assert_int_eq(splat_allow_load(&allow, path, &fault), 0);
	ck_assert(!splat_match(&allow, "WARNING: CPU: 0 at fs/fake.c:7"));
	ck_assert(splat_match(&allow, "WARNING: CPU: 0 at fs/other.c:7"));
	splat_allow_free(&allow);
	ck_assert_int_eq(write(fd, "no reason\n", 10), 10);
	ck_assert_int_eq(splat_allow_load(&allow, path, &fault), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	ck_assert_ptr_nonnull(strstr(fault.text, ":4: "));
	splat_allow_free(&allow);
	close(fd);
	unlink(path);
}
END_TEST

START_TEST(fingerprints)
{
	char *print = console_fingerprint(
		"[ 1.0] BUG: x\n[ 1.0] RIP: 0010:one+0x1/0x2\n[ 1.1]  ? guess+0x1/0x2\n[ 1.1]  <TASK>\n"
		"[ 1.2]  two+0x3/0x4\n[ 1.2]  three.part.0+0x3/0x4 [mod]\n");

	ck_assert_str_eq(print, "one|two|three.part.0");
	free(print);
	ck_assert_ptr_null(console_fingerprint("nothing\nhere\n"));
}
END_TEST

/* What the host itself asked a hanging guest for is not what is wrong. */
START_TEST(fingerprints_of_hangs)
{
	char *print = console_fingerprint(
		"[ 1.0] sysrq: Show State\n[ 1.0] task:init\n[ 1.1]  __schedule+0x1/0x2\n"
		"[ 1.2] Kernel panic - not syncing: NMI: Not continuing\n[ 1.2]  <NMI>\n"
		"[ 1.2]  nmi_panic.cold+0xc/0xc\n[ 1.2] RIP: 0010:stuck+0x1/0x2\n[ 1.3]  </NMI>\n"
		"[ 1.3]  <TASK>\n[ 1.3]  caller+0x3/0x4\n");

	ck_assert_str_eq(print, "stuck|caller");
	free(print);
	ck_assert_ptr_null(console_fingerprint("sysrq: Show State\n __schedule+0x1/0x2\n"));
}
END_TEST

START_TEST(memory_is_bounded)
{
	console_begin(&console, "a");
	feed("nscheck: start a\n");
	for (int i = 0; i < 200000; i++)
		feed("all the same, again and again, \033[31m until it is far too much\n");
	ck_assert_int_le(console.slice.len, CONSOLE_SLICE_MAX);
	char *tail = console_tail(&console);
	ck_assert_ptr_null(strchr(tail, '\033'));
	free(tail);
}
END_TEST

static Suite *consoles(void)
{
	Suite *s = suite_create("host/console");
	TCase *t = tcase_create("kernel log");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, marks_cut_a_slice);
	tcase_add_test(t, complaints_are_seen);
	tcase_add_test(t, complaints_belong_to_their_test);
	tcase_add_test(t, allowed_complaints_do_not_count);
	tcase_add_test(t, fingerprints);
	tcase_add_test(t, fingerprints_of_hangs);
	tcase_add_test(t, memory_is_bounded);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(consoles)
