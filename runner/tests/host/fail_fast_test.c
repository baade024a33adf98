// SPDX-License-Identifier: GPL-2.0-only
/* --fail-fast: a run, a matrix and a part of one end early, with status 1, and are resumed. */
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

START_TEST(a_run_stops_after_so_many)
{
	IS_STATUS(run_out("fail:a.one.first,fail:a.one.second", "--fail-fast"), 1);
	holds(output, "\nstopped by --fail-fast after 1 unexpected verdict\nto run the rest: ");
	ck_assert_int_eq(total("fail"), 1);
	ck_assert_int_eq(total("miss"), 4);
	ck_assert_ptr_null(strstr(output, "alone and cold"));
	char *json = slurp("out/results.json");
	holds(json, "\"how\": \"fail-fast\"");
	holds(json, "\"fail_fast\": 1");
	free(json);
	IS_STATUS(run("", "--report out"), 1);
	IS_STATUS(run_out("fail:a.one.first,crash:a.one.second", "--fail-fast=2"), 1);
	holds(output, "\nstopped by --fail-fast after 2 unexpected verdicts\n");
	ck_assert_int_eq(total("miss"), 3);
	IS_STATUS(run_out("skip:a.one.first,fail:a.one.second", "--fail-fast=2"), 1);
	ck_assert_int_eq(total("miss"), 0);
	ck_assert_ptr_null(strstr(output, "stopped"));
	IS_STATUS(run_out("late-splat:a.one.first", "--fail-fast a"), 1);
	ck_assert_int_eq(total("splat"), 1);
	/* The last test of all cuts nothing short. */
	IS_STATUS(run_out("fail:a.two.third", "--fail-fast --reruns 0 a"), 1);
	ck_assert_ptr_null(strstr(output, "stopped"));
}
END_TEST

START_TEST(what_could_not_be_arranged_stays_a_status_of_its_own)
{
	IS_STATUS(run_out("error:a.one.first", "--fail-fast a"), 3);
	ck_assert_int_eq(total("miss"), 2);
}
END_TEST

START_TEST(it_goes_on_to_the_end_when_it_is_resumed)
{
	IS_STATUS(run_out("fail:a.one.first,fail:a.one.second,fail:a.two.third", "--fail-fast a"), 1);
	IS_STATUS(run("fail:a.one.second,fail:a.two.third", "--resume out --fail-fast"), 1);
	ck_assert_int_eq(total("fail"), 2);
	ck_assert_int_eq(total("miss"), 1);
	IS_STATUS(run("fail:a.two.third", "--resume out"), 1);
	ck_assert_int_eq(total("miss"), 0);
	ck_assert_ptr_null(strstr(output, "stopped"));
}
END_TEST

START_TEST(no_other_kernel_of_a_matrix_is_begun)
{
	write_kernel("k5", "5.10.1-fake");
	write_kernel("k6", "6.1.0-fake fail:a.one.second");
	write_kernel("k7", "7.3.0-fake");
	IS_STATUS(run_out("", "-k k5 -k k6 -k k7 --fail-fast a"), 1);
	holds(output, "[1] k5  3 passed, 0 failed, 0 skipped\n");
	holds(output, "[2] k6  1 passed, 1 failed, 0 skipped, 1 miss; cut short: stopped by --fail-fast\n");
	holds(output, "[3] k7  not run: stopped by --fail-fast\n");
	IS_STATUS(run("", "--report out"), 1);
	IS_STATUS(run("", "--resume out/k6"), 1);
	IS_STATUS(run("", "--report out"), 1);
	holds(output, "[2] k6  2 passed, 1 failed, 0 skipped\n");
}
END_TEST

START_TEST(a_part_stops_and_is_merged)
{
	write_kernel("k6", "6.1.0-fake fail:a.one.first");
	IS_STATUS(run_out("", "-k k6 --shard 1/2 --fail-fast"), 1);
	IS_STATUS(run("", "--accel tcg --jobs 1 -k k6 --shard 2/2 --fail-fast -o out2"), 0);
	IS_STATUS(run("", "--merge out out2 -o all"), 1);
	holds(output, "cut short: stopped by --fail-fast");
}
END_TEST

START_TEST(several_vms_stop_together)
{
	IS_STATUS(run("slow,fail:a.one.first", "--accel tcg --jobs 3 --fail-fast -o out"), 1);
	ck_assert_int_eq(total("fail"), 1);
	ck_assert_int_eq(total("fail") + total("miss") + total("pass"), 5);
}
END_TEST

static Suite *fail_fast_suite(void)
{
	Suite *s = suite_create("host/fail_fast");
	TCase *t = tcase_create("fake machine");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_run_stops_after_so_many);
	tcase_add_test(t, what_could_not_be_arranged_stays_a_status_of_its_own);
	tcase_add_test(t, it_goes_on_to_the_end_when_it_is_resumed);
	tcase_add_test(t, no_other_kernel_of_a_matrix_is_begun);
	tcase_add_test(t, a_part_stops_and_is_merged);
	tcase_add_test(t, several_vms_stop_together);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(fail_fast_suite)
