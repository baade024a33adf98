// SPDX-License-Identifier: GPL-2.0-only
/* --dump: whose memory is kept, what is told of it, and that a run goes on whatever comes of it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, part)); at++)
		n++;
	return n;
}

static void is_dumped(const char *name)
{
	char *memory = slurp(name);

	ck_assert_str_eq(memory, "the memory of a fake VM");
	free(memory);
}

START_TEST(a_guest_that_died_is_dumped_once)
{
	IS_STATUS(run_out("crash:a.one.second", "--dump a"), 1);
	is_dumped("out/memory-1-a.one.second.elf");
	holds(output,
	      "note: VM 1: a.one.second: its memory, 512 MiB, is dumped to out/memory-1-a.one.second.elf\n");
	ck_assert_uint_eq(count(output, "is dumped to"), 1);
	ck_assert_str_eq(fact("a.one.second", "fingerprint"), "fake_crash|fake_caller|do_syscall_64");
	holds(fact("a.one.second", "message"), "BUG: kernel NULL pointer dereference");
	holds(output, "again, alone and cold");
	ck_assert_int_eq(total("pass"), 2);
	char *json = slurp("out/results.json");
	holds(json, "\"dump\": true");
	free(json);
	IS_STATUS(run_out("crash:a.one.second", "a"), 1);
	ck_assert_ptr_null(strstr(output, "is dumped to"));
}
END_TEST

START_TEST(so_is_one_that_hangs_or_does_not_come_up)
{
	IS_STATUS(run_out("hang:a.one.first", "--dump --timeout-factor 0.1 --reruns 0 a.one.first"), 1);
	is_dumped("out/memory-1-a.one.first.elf");
	holds(fact("a.one.first", "message"), "hang: ");
	IS_STATUS(run_out("panics", "--dump --cold --memory 128 a"), 3);
	is_dumped("out/memory-1-boot.elf");
	holds(output, "VM 1: boot: its memory, 128 MiB, is dumped to ");
	holds(output, "Unable to mount root fs");
	IS_STATUS(run_out("setup-panics", "--dump --setup true a"), 3);
	is_dumped("out/memory-1-boot.elf");
	holds(output, "the kernel died in --setup ");
}
END_TEST

START_TEST(a_dump_that_fails_is_one_line)
{
	IS_STATUS(run_out("dump-fails,crash:a.one.first", "--dump --reruns 0 a"), 1);
	holds(output, "\nnote: VM 1: no memory dump: the disk is full\n");
	ck_assert_str_eq(fact("a.one.first", "verdict"), "crash");
	ck_assert_int_eq(total("pass"), 2);
	char *path = mem_printf("%s/out/memory-1-a.one.first.elf", dir);
	ck_assert_int_ne(access(path, F_OK), 0);
	free(path);
}
END_TEST

START_TEST(a_run_keeps_three)
{
	IS_STATUS(run_out("crash:a.one.first,crash:a.one.second,crash:a.two.third,crash:b.one.exempt,"
			  "crash:b.one.lonely",
			  "--dump --reruns 0"),
		  1);
	ck_assert_uint_eq(count(output, "is dumped to"), 3);
	holds(output, "note: 2 more guests that died were not dumped: the limit of a run is 3\n");
}
END_TEST

START_TEST(one_that_goes_when_told_to_is_not_dumped)
{
	IS_STATUS(run_out("no-bye", "--dump"), 0);
	ck_assert_ptr_null(strstr(output, "is dumped to"));
	IS_STATUS(run_out("killed:a.one.first", "--dump a.one.first"), 3);
	ck_assert_ptr_null(strstr(output, "is dumped to"));
}
END_TEST

static Suite *dump_suite(void)
{
	Suite *s = suite_create("host/dump");
	TCase *t = tcase_create("fake machine");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_guest_that_died_is_dumped_once);
	tcase_add_test(t, so_is_one_that_hangs_or_does_not_come_up);
	tcase_add_test(t, a_dump_that_fails_is_one_line);
	tcase_add_test(t, a_run_keeps_three);
	tcase_add_test(t, one_that_goes_when_told_to_is_not_dumped);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(dump_suite)
