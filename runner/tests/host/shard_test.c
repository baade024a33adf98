// SPDX-License-Identifier: GPL-2.0-only
/* --shard and --merge: a matrix in parts is the same as one in one piece. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

#define KERNELS "-k k5 -k k6 -k k7"

static void setup(void)
{
	host_setup();
	write_kernel("k5", "5.10.1-fake skip:a.one.first,skip:b.one.exempt");
	write_kernel("k6", "6.1.0-fake crash:a.two.third");
	write_kernel("k7", "7.3.0-fake timeout:a.one.second,fail:a.two.third");
}

/* A part of the matrix, into a folder that is new each time. */
static int part(const char *folder, const char *arguments)
{
	char *all = mem_printf("--accel tcg --jobs 1 -o %s %s", folder, arguments);
	char *rm = mem_printf("rm -rf '%s/%s'", dir, folder);
	int status;

	ck_assert_int_eq(system(rm), 0);
	status = run("", all);
	free(all);
	free(rm);
	return status;
}

static int merge(const char *folders)
{
	char *arguments = mem_printf("-o merged --merge %s", folders),
	     *rm = mem_printf("rm -rf '%s/merged'", dir);
	int status;

	ck_assert_int_eq(system(rm), 0);
	status = run("", arguments);
	free(arguments);
	free(rm);
	return status;
}

/* One line that says that, and nothing left behind. */
static void refused(const char *folders, const char *because)
{
	char *merged = mem_printf("%s/merged", dir);

	IS_STATUS(merge(folders), 2);
	holds(output, because);
	ck_assert_int_eq(lines_of(output), 1);
	ck_assert_int_ne(access(merged, F_OK), 0);
	free(merged);
}

/* The table of the last run, without the line that names the folder; to free. */
static char *table(void)
{
	const char *begin = strstr(output, "\nthe same");
	const char *end = begin ? strstr(begin, "results: ") : NULL;

	ck_assert_msg(end, "%s", output);
	return strndup(begin, (size_t)(end - begin));
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		n++;
		text++;
	}
	return n;
}

START_TEST(parts_make_the_same_matrix)
{
	IS_STATUS(part("whole", KERNELS), 1);
	char *whole = table();
	IS_STATUS(part("p1", KERNELS " --shard 1/4"), 0);
	IS_STATUS(part("p2", KERNELS " --shard 2/4"), 0);
	IS_STATUS(part("p3", KERNELS " --shard 3/4"), 1);
	IS_STATUS(part("p4", KERNELS " --shard 4/4"), 1);
	IS_STATUS(merge("p3 p1 p4 p2"), 1);
	char *merged = table();
	ck_assert_str_eq(merged, whole);
	free(merged);
	free(whole);
	char *json = slurp("merged/k6/results.json");
	ck_assert_uint_eq(count(json, "\"statement\""), 5);
	ck_assert_uint_eq(count(json, "\"ready_ms\""), count(json, "\"accel\"") - 1);
	free(json);
	char *console = slurp("merged/k7/console.log");
	holds(console, "\n3: [    4.000000] nscheck: end b.one.lonely\n");
	free(console);
	IS_STATUS(run("", "--report merged"), 1);
	IS_STATUS(merge("p1 p2 p3 p4"), 1);
	IS_STATUS(run("", "-o merged --merge p1 p2 p3 p4"), 2);
	holds(output, "merged is not empty");
}
END_TEST

START_TEST(parts_of_one_kernel)
{
	IS_STATUS(part("p1", "-k k7 a --shard 1/2"), 0);
	IS_STATUS(part("p2", "-k k7 a --shard 2/2"), 1);
	IS_STATUS(merge("p1 p2"), 1);
	holds(output, "[1] k7  1 passed, 1 failed, 0 skipped, 1 timed out\n");
	IS_STATUS(part("p3", "-k k7 a --shard 3/4"), 2);
	holds(output, "there are only 3 tests to run: take fewer parts");
}
END_TEST

START_TEST(parts_that_do_not_fit_are_refused)
{
	IS_STATUS(part("p1", KERNELS " a --shard 1/3"), 0);
	IS_STATUS(part("p2", KERNELS " a --shard 2/3"), 1);
	IS_STATUS(part("p3", KERNELS " a --shard 3/3"), 1);
	refused("p1 p3", "of 3 parts these are missing: 2\n");
	refused("p3", "of 3 parts these are missing: 1, 2\n");
	refused("p1 p2 p2 p3", "p2 and p2 are both part 2 of 3\n");
	refused("p1 /nowhere", "/nowhere/matrix.json cannot be read");
	part("q", KERNELS " a --shard 2/4");
	refused("p1 q p3", "p1 is one of 3 parts, q one of 4\n");
	part("q", KERNELS " a b --shard 2/3");
	refused("p1 q p3", "the parts differ in their selection: p1 has a, q has a b\n");
	part("q", "-k k5 -k k6 a --shard 2/3");
	refused("p1 q p3", "the parts differ in their kernels: p1 has k5 k6 k7, q has k5 k6\n");
	part("q", KERNELS " a --shard 2/3 --times p3");
	refused("p1 q p3", "p1 and q were cut by other times: give the same --times to all parts\n");
	part("q", KERNELS " a");
	refused("p1 q p3", "q is no part: it was run without --shard\n");
	char *edit = mem_printf("sed -i 's/ 20 0/ 21 0/' '%s/guest'", dir);
	ck_assert_int_eq(system(edit), 0);
	part("q", KERNELS " a --shard 2/3");
	refused("p1 q p3", "p1 and q were run with other catalogues: use the same nscheck for all parts\n");
	free(edit);
}
END_TEST

START_TEST(parts_of_other_runs_are_refused)
{
	IS_STATUS(part("p1", "-k k5 a --shard 1/2"), 0);
	part("p2", "-k k5 a --shard 2/2 --memory 256");
	refused("p1 p2", "p1 and p2 were run with other options\n");
	write_kernel("k5", "5.10.2-fake");
	part("p2", "-k k5 a --shard 2/2");
	refused("p1 p2", "k5 is 5.10.1-fake  in p1, but 5.10.2-fake  in p2: one build for all parts\n");
}
END_TEST

START_TEST(a_part_that_went_wrong_shows)
{
	IS_STATUS(part("p1", "-k none -k k5 a --shard 1/2"), 3);
	IS_STATUS(part("p2", "-k none -k k5 a --shard 2/2"), 0);
	IS_STATUS(merge("p1 p2"), 3);
	holds(output, "[1] none  not run: no such kernel: none\n");
	holds(output, "[2] k5    2 passed, 0 failed, 1 skipped\n");
	char *cut = mem_printf("sed -i '/\"type\":\"end\"/d' '%s/p2/k5/journal.ndjson'", dir);
	ck_assert_int_eq(system(cut), 0);
	IS_STATUS(merge("p1 p2"), 3);
	holds(output, "[2] k5    2 passed, 0 failed, 1 skipped; cut short: nscheck was killed\n");
	free(cut);
}
END_TEST

/* a.one.first takes as long as all others together. */
START_TEST(parts_are_balanced_by_time)
{
	write_kernel("t.json", "{\"schema\": 1, \"run\": {\"kernel\": {\"name\": \"k5\"}}, \"tests\": "
			       "[{\"id\": \"a.one.first\", "
			       "\"duration_ms\": 4000}, {\"id\": \"a.one.second\", \"duration_ms\": 1000}]}");
	IS_STATUS(part("p1", "-k k5 --shard 1/2 --times t.json a.one.first a.one.second a.two.third"), 0);
	holds(output, "[1/1] skip    a.one.first");
	IS_STATUS(part("p2", "-k k5 --shard 2/2 --times t.json a.one.first a.one.second a.two.third"), 0);
	holds(output, "[2/2] pass    a.two.third");
	IS_STATUS(part("p3", "-k k5 --shard 2/2 --times p1 a"), 0);
	IS_STATUS(part("p4", "-k k5 --shard 2/2 --times p1/k5 a"), 0);
	IS_STATUS(part("p5", "-k k5 --shard 2/2 --times p1/k5/results.json a"), 0);
}
END_TEST

START_TEST(nonsense)
{
	static const char *const words[] = {
		"--shard 0/2",
		"--shard 3/2",
		"--shard 1",
		"--shard 1/2x",
		"--shard -1/2",
		"--shard 1/2/3",
		"--times p1",
		"--shard 1/2 --list",
		"--merge",
		"--merge p1 --list",
		"--shard 1/2 --merge p1",
		"--shard 1/2 --times /nowhere",
		"--shard 1/2 --times guest",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		IS_STATUS(run("", words[i]), 2);
		ck_assert_msg(lines_of(output) == 1 && !strncmp(output, "nscheck: ", 9), "%s: %s", words[i],
			      output);
	}
}
END_TEST

static Suite *shards(void)
{
	Suite *s = suite_create("host/shard");
	TCase *t = tcase_create("fake machine");

	tcase_add_checked_fixture(t, setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, parts_make_the_same_matrix);
	tcase_add_test(t, parts_of_one_kernel);
	tcase_add_test(t, parts_that_do_not_fit_are_refused);
	tcase_add_test(t, parts_of_other_runs_are_refused);
	tcase_add_test(t, a_part_that_went_wrong_shows);
	tcase_add_test(t, parts_are_balanced_by_time);
	tcase_add_test(t, nonsense);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(shards)
