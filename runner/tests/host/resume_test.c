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

static Suite *resumed(void)
{
	Suite *s = suite_create("host/resume");
	TCase *t = tcase_create("fake machine");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, times_are_those_of_all_parts);
	tcase_add_test(t, a_part_that_was_killed_took_time_as_well);
	tcase_add_test(t, parts_add_up);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(resumed)
