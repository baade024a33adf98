// SPDX-License-Identifier: GPL-2.0-only
/* --only-failed: which tests are run again, on what, and with which options. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

/* A run of what failed in "out", into "again". */
static int run_failed(const char *script, const char *arguments)
{
	char *rm = mem_printf("rm -rf '%s/again'", dir),
	     *all = mem_printf("--accel tcg -o again --only-failed out %s", arguments);

	ck_assert_int_eq(system(rm), 0);
	int status = run(script, all);
	free(rm);
	free(all);
	return status;
}

static void again_holds(const char *part)
{
	char *json = slurp("again/results.json");

	holds(json, part);
	free(json);
}

START_TEST(every_unexpected_verdict_and_nothing_else)
{
	IS_STATUS(run_out("fail:a.one.first,skip:a.one.second,crash:a.two.third,error:b.one.lonely",
			  "--reruns 0"),
		  1);
	IS_STATUS(run_failed("", ""), 0);
	holds(output, "6.0.0-fake: 3 passed, 0 failed, 0 skipped in ");
	again_holds("\"a.one.first\"");
	again_holds("\"a.two.third\"");
	again_holds("\"b.one.lonely\"");
	/* What never ran counts as well. */
	IS_STATUS(run_out("panics", "--cold a"), 3);
	IS_STATUS(run_failed("", ""), 0);
	holds(output, "6.0.0-fake: 3 passed, ");
	IS_STATUS(run_out("survive:a.one.first", "--sabotage a"), 1);
	IS_STATUS(run_failed("", ""), 0);
	holds(output, "sabotage: 1 of 1 caught");
}
END_TEST

START_TEST(nothing_failed_is_one_line)
{
	IS_STATUS(run_out("fail:a.one.first,skip:a.one.second", "--reruns 0"), 1);
	IS_STATUS(run_failed("", "b a.one.second"), 0);
	ck_assert_str_eq(output, "nothing of the selection failed in out\n");
	IS_STATUS(run_failed("", "'a.one.*'"), 0);
	holds(output, "6.0.0-fake: 1 passed, ");
	IS_STATUS(run_out("skip:a.one.second", ""), 0);
	IS_STATUS(run_failed("", ""), 0);
	ck_assert_str_eq(output, "nothing failed in out\n");
	IS_STATUS(run("", "--only-failed nowhere"), 2);
	ck_assert_uint_eq(lines_of(output), 1);
}
END_TEST

START_TEST(the_options_of_then_hold_unless_others_are_given)
{
	write_kernel("k7", "7.3.0-fake fail:a.one.first");
	write_kernel("known", "# none");
	IS_STATUS(run_out("", "-k k7 --memory 256 --append x --setup true --reruns 0 a"), 1);
	IS_STATUS(run_failed("", "--append y"), 1);
	again_holds("\"memory_mib\": 256");
	again_holds("\"append\": \"y\"");
	again_holds("\"true\"");
	again_holds("\"release\": \"7.3.0-fake\"");
	holds(output, "/k7 --memory 256 --setup true --qemu ");
	IS_STATUS(run_failed("", "-k debian/6.12"), 0);
	holds(output, "6.0.0-fake: 1 passed, ");
	/* It stands for itself from then on: it can be run again, and what it is about is in its own line. */
	IS_STATUS(run_failed("", ""), 1);
	IS_STATUS(run("", "--only-failed again -o third --reruns 0"), 1);
	/* Found from another folder as well; where the options are places of this machine they are not taken. */
	char *line = mem_printf("--only-failed '%s/out' -o '%s/fourth' --reruns 0", dir, dir);
	char *command =
		mem_printf("mkdir '%s/else' && cd '%s/else' && '%s/nscheck-fake' --qemu "
			   "'%s/fake-machine' --guest '%s/guest' --cache '%s/cache' %s >/dev/null 2>&1",
			   dir, dir, build, build, dir, dir, line);
	ck_assert_int_eq(system(command), 1 << 8);
	free(command);
	free(line);
	char *json = slurp("fourth/results.json");
	holds(json, "7.3.0-fake");
	free(json);
}
END_TEST

START_TEST(of_a_matrix_the_kernels_on_which_something_failed)
{
	write_kernel("k5", "5.10.1-fake skip:a.one.first");
	write_kernel("k6", "6.1.0-fake fail:a.two.third");
	write_kernel("k7", "7.3.0-fake fail:a.two.third,timeout:a.one.second");
	IS_STATUS(run_out("", "-k k5 -k k6 -k k7 --reruns 0 --memory 256"), 1);
	IS_STATUS(run_failed("", "--reruns 0"), 1);
	holds(output, "kernel 1 of 2: ");
	holds(output, "/k6\n");
	holds(output, "/k7\n");
	holds(output, "1 passed, 1 failed, 0 skipped");
	IS_STATUS(run_failed("", "--reruns 0 a.one.second -k k5"), 0);
	holds(output, "5.10.1-fake: 1 passed");
}
END_TEST

START_TEST(a_test_that_is_gone_is_told)
{
	IS_STATUS(run_out("fail:a.one.first,fail:a.two.third", "--reruns 0 a"), 1);
	char *command = mem_printf("sed -i '/a.two.third/s/a.two.third/a.two.new/' '%s/guest'", dir);
	ck_assert_int_eq(system(command), 0);
	free(command);
	IS_STATUS(run_failed("", ""), 0);
	holds(output, "note: there is no test a.two.third any more\n");
	holds(output, "6.0.0-fake: 1 passed");
}
END_TEST

START_TEST(it_is_resumed_as_what_it_is)
{
	IS_STATUS(run_out("fail:a.one.first,fail:a.two.third", "--reruns 0 --append x a"), 1);
	IS_STATUS(run_failed("panics", "--cold"), 3);
	IS_STATUS(run("", "--resume again"), 0);
	holds(output, "6.0.0-fake: 2 passed");
	again_holds("\"append\": \"x\"");
}
END_TEST

static Suite *only_failed_suite(void)
{
	Suite *s = suite_create("host/only_failed");
	TCase *t = tcase_create("fake machine");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, every_unexpected_verdict_and_nothing_else);
	tcase_add_test(t, nothing_failed_is_one_line);
	tcase_add_test(t, the_options_of_then_hold_unless_others_are_given);
	tcase_add_test(t, of_a_matrix_the_kernels_on_which_something_failed);
	tcase_add_test(t, a_test_that_is_gone_is_told);
	tcase_add_test(t, it_is_resumed_as_what_it_is);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(only_failed_suite)
