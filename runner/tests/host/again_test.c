// SPDX-License-Identifier: GPL-2.0-only
/* What is run again: flaky tests, crashes that need company, and the limits of both. */
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/host/search.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

static int count_of(const char *text, const char *part)
{
	int n = 0;

	for (const char *s = text; (s = strstr(s, part)); s++)
		n++;
	return n;
}

static void write_known(const char *line)
{
	char *path = mem_printf("%s/known", dir);
	FILE *f = fopen(path, "we");

	ck_assert(f);
	fprintf(f, "id\tkernel\tverdict\treason\tlink\tadded\texpires\n%s", line);
	fclose(f);
	free(path);
}

/* A number of one test of the last run. */
static long number(const char *id, const char *key)
{
	json_t *root = results(), *test;
	long found = -1;
	size_t i;

	json_array_foreach(json_object_get(root, "tests"), i, test)
	{
		if (!strcmp(json_string_value(json_object_get(test, "id")), id) && json_object_get(test, key))
			found = (long)json_integer_value(json_object_get(test, key));
	}
	json_decref(root);
	return found;
}

START_TEST(a_failure_is_confirmed)
{
	IS_STATUS(run_out("fail:a.one.first", "a"), 1);
	ck_assert_str_eq(fact("a.one.first", "verdict"), "fail");
	ck_assert_int_eq(number("a.one.first", "runs"), 1);
	ck_assert_int_eq(number("a.one.first", "runs_again"), 2);
	ck_assert_int_eq(number("a.one.first", "runs_again_bad"), 2);
	ck_assert_int_eq(count_of(output, "again, alone and cold"), 2);
	ck_assert_int_eq(count_of(output, "getpid() is 2"), 1);
	holds(output, "2 passed, 1 failed, 0 skipped in");
	char *ktap = slurp("out/results.ktap");
	holds(ktap, "# run again alone in a booted VM: bad 2 of 2 times\nnot ok 1 a.one.first\n");
	free(ktap);
}
END_TEST

START_TEST(when_many_time_out_the_others_get_less_time)
{
	IS_STATUS(run_out("timeout:a.one.first,timeout:a.one.second,timeout:a.two.third", "--jobs 1 a b"), 1);
	ck_assert_int_eq(count_of(output, "fifth of their time limits\n"), 1);
	holds(output, " tests had less than their time limit, since others had timed out before\n");
	ck_assert_int_eq(number("a.two.third", "runs_again"), 2);
	IS_STATUS(run_out("timeout:a.one.first,timeout:a.one.second,timeout:a.two.third,timeout:b.one.exempt",
			  "--jobs 1 a b"),
		  1);
	holds(output,
	      "1 more failed tests were not run again: the limit of a run is 10, and 3 that time out\n");
	IS_STATUS(run_out("timeout:a.one.first,timeout:a.one.second", "--jobs 1 a b"), 1);
	ck_assert_int_eq(count_of(output, "fifth of"), 0);
}
END_TEST

START_TEST(a_mixed_result_is_flaky)
{
	IS_STATUS(run_out("fail-later:a.one.second,leak:a.two.third", "a"), 1);
	ck_assert_str_eq(fact("a.one.second", "verdict"), "flaky");
	ck_assert_str_eq(fact("a.one.second", "message"), "in 'init': getpid() is 2, expected 1");
	ck_assert_str_eq(fact("a.two.third", "verdict"), "leak");
	ck_assert_int_eq(number("a.one.second", "runs_again_bad"), 0);
	ck_assert_int_eq(number("a.two.third", "runs_again_bad"), 2);
	holds(output, "flaky   a.one.second: failed 1 of 3 runs\n");
	holds(output, "1 passed, 0 failed, 0 skipped, 1 leaks, 1 flaky in");
	char *ktap = slurp("out/results.ktap");
	holds(ktap, "#:nscheck_verdict: flaky\n");
	holds(ktap, "\nnot ok 2 a.one.second\n");
	free(ktap);
	IS_STATUS(run("", "--report out"), 1);
	ck_assert_str_eq(fact("a.one.second", "verdict"), "flaky");
	IS_STATUS(run_out("fail-later:a.one.second", "--reruns 0 a"), 1);
	ck_assert_str_eq(fact("a.one.second", "verdict"), "fail");
	IS_STATUS(run_out("fail-later:a.one.second", "--reruns 5 a"), 1);
	holds(output, "failed 1 of 6 runs");
}
END_TEST

START_TEST(the_baseline_may_know_it)
{
	write_known("a.one.*\t-\tflaky\traces with the timer\t-\t2026-01-01\t2999-01-01\n");
	IS_STATUS(run_out("fail-later:a.one.second", "--baseline known a"), 0);
	ck_assert_str_eq(fact("a.one.first", "verdict"), "pass"); /* flaky: it may */
	ck_assert_str_eq(fact("a.one.second", "verdict"), "xfail");
	ck_assert_str_eq(fact("a.one.second", "observed"), "flaky");
	holds(output, "xfail   a.one.second: failed 1 of 3 runs: races with the timer\n");
	IS_STATUS(run_out("fail:a.one.second", "--baseline known a"), 1);
	ck_assert_str_eq(fact("a.one.second", "verdict"), "fail");
	write_known("a.one.*\t-\tfail\tbroken\t-\t2026-01-01\t2999-01-01\n");
	IS_STATUS(run_out("fail:a.one.first,fail:a.one.second", "--baseline known a"), 0);
	ck_assert_ptr_null(strstr(output, "again, alone")); /* what is known costs nothing */
}
END_TEST

START_TEST(only_so_many_are_run_again)
{
	char *guest = mem_printf("%s/many", dir);
	FILE *f = fopen(guest, "we");

	ck_assert(f);
	fputs("#!/bin/sh\nprintf "
	      "'id\\tfile\\tline\\ttimeout\\talone\\tsabotage\\ttier\\tsince\\tuntil\\tneeds\\t"
	      "statement\\texpected\\tsource\\n'\nfor i in 0 1 2 3 4 5 6 7 8 9 a b c; do printf "
	      "'a.b.%s\\ta.c\\t1\\t1\\t0\\t-\\tseed\\t-\\t-\\t-\\tYes.\\tYes.\\tnone\\n' $i; done\n",
	      f);
	fclose(f);
	char *chmod = mem_printf("chmod 755 '%s'", guest), *arguments = mem_printf("--guest '%s'", guest);
	ck_assert_int_eq(system(chmod), 0);
	IS_STATUS(run_out("fail:a.b.0,fail:a.b.1,fail:a.b.2,fail:a.b.3,fail:a.b.4,fail:a.b.5,fail:a.b.6,"
			  "fail:a.b.7,fail:a.b.8,fail:a.b.9,fail:a.b.a,fail:a.b.b",
			  arguments),
		  1);
	ck_assert_int_eq(count_of(output, "again, alone and cold"), 20);
	holds(output, "note: 2 more failed tests were not run again: the limit of a run is 10\n");
	free(chmod);
	free(arguments);
	free(guest);
}
END_TEST

START_TEST(a_crash_is_traced_to_the_tests_it_takes)
{
	IS_STATUS(run_out("crash-after:b.one.exempt,trigger:a.one.second", "'!b.one.lonely'"), 1);
	ck_assert_str_eq(fact("b.one.exempt", "verdict"), "crash");
	ck_assert_str_eq(
		fact("b.one.exempt", "crash_search"),
		"the crash comes back after 1 of the 3 tests before it (3 trials, none can be left out)");
	holds(output, "none can be left out); again: ");
	holds(output, " --in-order a.one.second b.one.exempt\n");
	char *ktap = slurp("out/results.ktap");
	holds(ktap, "# it crashes after: a.one.second\n");
	free(ktap);
	IS_STATUS(run_out("crash-after:b.one.exempt,trigger:a.one.first,trigger:a.two.third", ""), 1);
	holds(output, " --in-order a.one.first a.two.third b.one.exempt\n");
	/* The command does bring it back, in that order. */
	IS_STATUS(run_out("crash-after:a.one.first,trigger:b.one.exempt",
			  "--reruns 0 --in-order b.one.exempt a.one.first"),
		  1);
	ck_assert_str_eq(fact("a.one.first", "verdict"), "crash");
	ck_assert_ptr_null(strstr(output, "trial"));
}
END_TEST

START_TEST(a_crash_that_does_not_come_back)
{
	/* Only in the VM that was booted: what brings it about is no test. */
	IS_STATUS(run_out("crash-cold:a.two.third", "a"), 1);
	ck_assert_str_eq(fact("a.two.third", "verdict"), "crash");
	ck_assert_str_eq(fact("a.two.third", "crash_search"),
			 "the crash did not come back in 2 trials with tests that ran before it");
	IS_STATUS(run_out("crash:a.two.third", "a"), 1); /* alone: nothing to look for */
	ck_assert_ptr_null(strstr(output, "trial"));
	ck_assert_int_eq(number("a.two.third", "runs_again_bad"), 1);
}
END_TEST

/* ---- the search by itself ---- */

/* Searches among n tests when those in the string ",3,17," are what it takes; the answer in the same form. */
static char *find(size_t n, const char *takes, int *trials)
{
	struct test *tests = mem_zalloc(n * sizeof(*tests)), crasher = {.id = "x"};
	const struct test **list = mem_zalloc(n * sizeof(*list));
	struct text found = {0};

	for (size_t i = 0; i < n; i++) {
		tests[i].id = mem_printf("%zu,", i);
		list[i] = &tests[i];
	}
	struct search *s = search_new(&crasher, list, n);
	bool more = search_begin(s, 1);
	while (more) {
		int there = 0;

		for (size_t i = 0; i < s->trial_count; i++) {
			char *needle = mem_printf(",%s", s->trial[i]->id);

			there += strstr(takes, needle) != NULL;
			free(needle);
		}
		more = search_step(s, there == count_of(takes, ",") - 1, 1);
	}
	*trials = s->trials;
	for (size_t i = 0; i < s->found_count; i++)
		text_printf(&found, "%s%s", i ? "" : ",", s->found[i]->id);
	search_free(s);
	for (size_t i = 0; i < n; i++)
		free((char *)tests[i].id);
	free(tests);
	free(list);
	return text_take(&found);
}

START_TEST(the_search_ends_with_the_fewest)
{
	static const struct {
		size_t tests;
		const char *takes;
		int trials;
	} cases[] = {
		{1, ",0,", 1},         {2, ",1,", 1},        {2, ",0,", 3},
		{7, ",3,", 10},        {600, ",599,", 1},    {600, ",0,", 30},
		{600, ",598,599,", 5}, {100, ",20,90,", 40}, {600, ",590,597,", 25},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int trials;
		char *found = find(cases[i].tests, cases[i].takes, &trials);

		ck_assert_msg(!strcmp(found, cases[i].takes) && trials <= cases[i].trials,
			      "%zu: %s in %d trials", i, found, trials);
		free(found);
	}
}
END_TEST

START_TEST(the_search_has_limits)
{
	struct test tests[100] = {0}, *crasher = &tests[99];
	const struct test *list[99];
	bool more;

	for (int i = 0; i < 99; i++)
		list[i] = &tests[i];
	struct search *s = search_new(crasher, list, 99);
	ck_assert(search_begin(s, 1));
	do
		more = search_step(s, s->trial_count == 99, 1); /* every one of them is needed */
	while (more);
	ck_assert_int_eq(s->trials, SEARCH_TRIALS);
	char *about = search_about(s);
	ck_assert_str_eq(about,
			 "the crash comes back after 99 of the 99 tests before it (40 trials, which is the "
			 "limit: fewer may do)");
	free(about);
	search_free(s);
	s = search_new(crasher, list, 99);
	ck_assert(search_begin(s, 1));
	ck_assert(!search_step(s, false, SEARCH_MS + 1));
	search_free(s);
	s = search_new(crasher, list, 0);
	ck_assert(!search_begin(s, 1));
	search_free(s);
}
END_TEST

static Suite *again(void)
{
	Suite *s = suite_create("host/again");
	TCase *t = tcase_create("fake machine"), *search = tcase_create("search");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_failure_is_confirmed);
	tcase_add_test(t, a_mixed_result_is_flaky);
	tcase_add_test(t, when_many_time_out_the_others_get_less_time);
	tcase_add_test(t, the_baseline_may_know_it);
	tcase_add_test(t, only_so_many_are_run_again);
	tcase_add_test(t, a_crash_is_traced_to_the_tests_it_takes);
	tcase_add_test(t, a_crash_that_does_not_come_back);
	suite_add_tcase(s, t);
	tcase_add_test(search, the_search_ends_with_the_fewest);
	tcase_add_test(search, the_search_has_limits);
	suite_add_tcase(s, search);
	return s;
}
HOST_SUITE(again)
