// SPDX-License-Identifier: GPL-2.0-only
/* --resume: the times of all parts, and matrices that go on. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results/facts.h"
#include "results/parts.h"
#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

/* A number of results.json below "end". */
static long long of_end(const char *object, const char *key)
{
	json_t *root = results(), *end = json_object_get(root, "end");
	long long n = json_integer_value(json_object_get(json_object_get(end, object), key));

	json_decref(root);
	return n;
}

/* Puts a journal of so many lines in the place of the one in "out", and a last one. */
static void cut_journal(size_t lines, const char *last)
{
	char *all = slurp("out/journal.ndjson"), *end = all;

	for (size_t i = 0; i < lines; i++)
		end += strcspn(end, "\n") + 1;
	char *text = mem_printf("%.*s%s", (int)(end - all), all, last);
	write_kernel("out/journal.ndjson", text);
	free(text);
	free(all);
}

START_TEST(times_are_those_of_all_parts)
{
	IS_STATUS(run_out("", ""), 0);
	cut_journal(1, "{\"type\":\"end\",\"how\":\"interrupted\",\"times_ms\":{\"tests\":3000000,\"total\":"
		       "5000000},\"peak_kib\":{\"own\":99999999,\"qemu\":1}}");
	IS_STATUS(run("", "--report out"), 3);
	IS_STATUS(run("", "--resume out"), 0);
	holds(output, "5 passed, 0 failed, 0 skipped in 500");
	long long total = of_end("times_ms", "total");
	ck_assert_int_ge(total, 5000000);
	ck_assert_int_lt(total, 5100000);
	ck_assert_int_ge(of_end("times_ms", "tests"), 3000000);
	ck_assert_int_eq(of_end("peak_kib", "own"), 99999999);
	ck_assert_int_gt(of_end("peak_kib", "qemu"), 1);
	IS_STATUS(run("", "--report out"), 0);
	ck_assert_int_eq(of_end("times_ms", "total"), total);
	holds(output, "5 passed, 0 failed, 0 skipped in 500");
}
END_TEST

/* It has no end: what its results tell counts. */
START_TEST(a_part_that_was_killed_took_time_as_well)
{
	IS_STATUS(run_out("", ""), 0);
	cut_journal(1, "{\"type\":\"test\",\"id\":\"a.one.first\",\"verdict\":\"pass\",\"observed\":\"pass\","
		       "\"at_ms\":7000000,\"duration_ms\":6000000}");
	IS_STATUS(run("", "--resume out"), 0);
	ck_assert_int_ge(of_end("times_ms", "total"), 7000000);
	ck_assert_int_lt(of_end("times_ms", "total"), 7100000);
	ck_assert_int_ge(of_end("times_ms", "tests"), 6000000);
	holds(output, "5 passed, 0 failed, 0 skipped in 700");
}
END_TEST

static void take(struct run_parts *p, const char *type, const char *text)
{
	json_t *entry = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(entry);
	run_parts_entry(p, type, entry);
	json_decref(entry);
}

START_TEST(parts_add_up)
{
	struct run_parts p = {0};

	take(&p, "test", "{\"at_ms\":900,\"duration_ms\":300}");
	take(&p, "test", "{\"at_ms\":800,\"duration_ms\":200}");
	take(&p, "resumed", "{}");
	take(&p, "test", "{\"at_ms\":1500,\"duration_ms\":1}");
	take(&p, "end", "{\"how\":\"fault\",\"fault\":\"why\",\"times_ms\":{\"total\":2000,\"boot\":7}}");
	take(&p, "resumed", "{}");
	take(&p, "test", "{\"at_ms\":1600,\"duration_ms\":50}");
	struct run_end end = run_parts_end(&p);
	ck_assert_int_eq(end.how, END_KILLED);
	ck_assert_ptr_null(end.fault);
	ck_assert_int_eq(end.ms[SHARE_TOTAL], 900 + 2000 + 100);
	ck_assert_int_eq(end.ms[SHARE_TESTS], 500 + 50);
	ck_assert_int_eq(end.ms[SHARE_BOOT], 7);
	run_end_free(&end);
}
END_TEST

static void two_kernels(void)
{
	write_kernel("k5", "5.10.1-fake skip:a.one.first");
	write_kernel("k6", "6.1.0-fake fail:a.two.third");
}

#define MATRIX "--accel tcg --jobs 1 --reruns 0 -o out -k k5 -k k6 "

/* What the runs of the matrix are once it is whole. */
static void is_whole(void)
{
	holds(output, "\nthe same on every kernel: 1 pass\n");
	holds(output, "[1] k5  2 passed, 0 failed, 1 skipped\n[2] k6  2 passed, 1 failed, 0 skipped\n");
	ck_assert_ptr_null(strstr(output, "to run the rest"));
	free(slurp("out/k5/results.json"));
	free(slurp("out/k6/results.json"));
}

/* Once it has no rest, nothing is run. */
static void nothing_is_left(void)
{
	IS_STATUS(run("", "--resume out"), 1);
	holds(output,
	      "kernel 1 of 2: k5: nothing is left to run\n\nkernel 2 of 2: k6: nothing is left to run\n");
	is_whole();
}

START_TEST(an_interrupted_matrix_goes_on)
{
	two_kernels();
	pid_t pid = start("hang:a.one.second", MATRIX "a");
	await("a.one.first");
	kill(pid, SIGINT);
	await("interrupted");
	kill(pid, SIGINT);
	IS_STATUS(wait_status(pid), 130);
	holds(output, "[2] k6  not run: interrupted\n");
	const char *rest = strstr(output, "to run the rest: ");
	ck_assert_ptr_nonnull(rest);
	holds(rest, "/out\n");
	ck_assert_ptr_null(strstr(rest + 1, "to run the rest: "));
	IS_STATUS(run("", "--resume out"), 1);
	is_whole();
	nothing_is_left();
}
END_TEST

START_TEST(a_killed_matrix_goes_on)
{
	two_kernels();
	pid_t pid = start("hang:a.one.second", MATRIX "a");
	await("a.one.first");
	kill(pid, SIGKILL);
	wait_status(pid);
	IS_STATUS(run("", "--report out"), 3);
	IS_STATUS(run("", "--resume ./out --timings"), 1);
	is_whole();
	nothing_is_left();
}
END_TEST

START_TEST(a_matrix_that_is_cut_anywhere_goes_on)
{
	two_kernels();
	for (int i = 0; i < 3; i++) {
		static const char *const cuts[] = {
			"rm -rf out/k6 out/k5/results.*", /* before the reports of one, and the next */
			"rm out/k6/journal.ndjson",       /* before the first word */
			"head -c 100 out/k5/journal.ndjson >k && cp k out/k5/journal.ndjson && rm -rf out/k6",
		};
		char *cut = mem_printf("cd '%s' && %s", dir, cuts[i]);

		IS_STATUS(run_out("", "--reruns 0 -k k5 -k k6 a"), 1);
		ck_assert_int_eq(system(cut), 0);
		free(cut);
		IS_STATUS(run("", "--resume out"), 1);
		is_whole();
	}
}
END_TEST

START_TEST(a_kernel_that_could_not_be_had_is_tried_again)
{
	write_kernel("k5", "5.10.1-fake skip:a.one.first");
	write_kernel("k6", "6.6.6-fake panics");
	char *folder = mem_printf("mkdir -p '%s/k7'", dir);
	ck_assert_int_eq(system(folder), 0);
	free(folder);
	IS_STATUS(run_out("", "--reruns 0 -k k5 -k k6 -k k7 a"), 3);
	holds(output, "[3] k7  not run: no kernel is built there: k7/fake-kernel\n");
	write_kernel("k7/fake-kernel", "7.0.0-fake");
	IS_STATUS(run("", "--resume out"), 3);
	holds(output, "kernel 1 of 3: k5: nothing is left to run\n");
	holds(output, "[2] k6  not run: ");
	holds(output, "[3] k7  3 passed, 0 failed, 0 skipped\n");
}
END_TEST

START_TEST(a_part_that_was_resumed_is_merged)
{
	two_kernels();
	IS_STATUS(run("", "--reruns 0 --accel tcg -o second --shard 2/2 -k k5 -k k6 a"), 1);
	pid_t pid = start("hang:a.one.second", MATRIX "--shard 1/2 a");
	await("a.one.first");
	kill(pid, SIGINT);
	await("interrupted");
	kill(pid, SIGINT);
	IS_STATUS(wait_status(pid), 130);
	IS_STATUS(run("", "--resume out"), 0);
	IS_STATUS(run("", "-o merged --merge out second"), 1);
	holds(output, "[1] k5  2 passed, 0 failed, 1 skipped\n[2] k6  2 passed, 1 failed, 0 skipped\n");
	IS_STATUS(run("", "--resume merged"), 2);
	holds(output, "/merged cannot be resumed: it was merged; resume the parts, and merge them again\n");
	ck_assert_int_eq(lines_of(output), 1);
}
END_TEST

static void is_refused(const char *because)
{
	IS_STATUS(run("", "--resume out"), 2);
	holds(output, because);
	ck_assert_msg(lines_of(output) == 1 && !strncmp(output, "nscheck: ", 9), "%s", output);
}

START_TEST(a_matrix_that_is_another_one_now_is_refused)
{
	two_kernels();
	IS_STATUS(run_out("", "--reruns 0 -k k5 -k k6 --shard 1/1 a"), 1);
	char *change = mem_printf("cd '%s' && sed -i.bak 's/\"times\": \"./&0/' out/matrix.json", dir);
	ck_assert_int_eq(system(change), 0);
	free(change);
	is_refused("cannot resume: --times has other times than it had when the matrix began");
	IS_STATUS(run_out("", "--reruns 0 -k k5 -k k6 a"), 1);
	change = mem_printf("cd '%s' && sed -i.bak 's/\"name\": \"k6\"/\"name\": \"k7\"/' out/matrix.json",
			    dir);
	ck_assert_int_eq(system(change), 0);
	free(change);
	is_refused("cannot resume: the kernels of vm/kernels.list are not what they were");
	change = mem_printf("cd '%s' && mv out/matrix.json.bak out/matrix.json && echo >>guest", dir);
	ck_assert_int_eq(system(change), 0);
	free(change);
	is_refused("cannot resume: the test program is not what it was when the matrix began; begin it anew");
	change = mem_printf("cd '%s' && sed -i '/folder\": \"\\//d' out/matrix.json", dir);
	ck_assert_int_eq(system(change), 0);
	free(change);
	is_refused(" cannot be resumed: its matrix.json does not tell how it was started");
}
END_TEST

START_TEST(nobody_else_writes_to_a_matrix)
{
	two_kernels();
	pid_t pid = start("hang:a.one.second", MATRIX "a");
	await("a.one.first");
	is_refused("nscheck: another nscheck is writing to /");
	kill(pid, SIGKILL);
	wait_status(pid);
}
END_TEST

static Suite *resumed(void)
{
	Suite *s = suite_create("host/resume");
	TCase *t = tcase_create("fake machine");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, times_are_those_of_all_parts);
	tcase_add_test(t, a_part_that_was_killed_took_time_as_well);
	tcase_add_test(t, parts_add_up);
	tcase_add_test(t, an_interrupted_matrix_goes_on);
	tcase_add_test(t, a_killed_matrix_goes_on);
	tcase_add_test(t, a_matrix_that_is_cut_anywhere_goes_on);
	tcase_add_test(t, a_kernel_that_could_not_be_had_is_tried_again);
	tcase_add_test(t, a_part_that_was_resumed_is_merged);
	tcase_add_test(t, a_matrix_that_is_another_one_now_is_refused);
	tcase_add_test(t, nobody_else_writes_to_a_matrix);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(resumed)
