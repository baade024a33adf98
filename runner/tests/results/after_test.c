// SPDX-License-Identifier: GPL-2.0-only
/* What comes after runs: a baseline brought up to date, two runs compared, a results.json read again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/baseline.h"
#include "results/compare.h"
#include "results/matrix.h"
#include "results/report.h"
#include "runner/tests/tests.h"

#define HEADING BASELINE_HEADING "\n"

static char dir[64], *path;
static struct run before, after;
static struct fault fault;
static struct text told;
static char *output;
static size_t output_len;

static void make_run(struct run *run, const char *release, const char *version)
{
	*run = (struct run){
		.facts = {.id = mem_strdup(release),
			  .kernel = {.name = mem_strdup("debian/x"),
				     .release = mem_strdup(release),
				     .version = version ? mem_strdup(version) : NULL}},
		.end.how = END_FINISHED,
		.vms = json_array(),
		.notes = json_array(),
	};
}

static struct result *add(struct run *run, const char *id, enum verdict v, const char *message)
{
	run->tests = mem_realloc(run->tests, (run->count + 1) * sizeof(*run->tests));
	struct outcome *o = &run->tests[run->count++];

	*o = (struct outcome){.id = mem_strdup(id), .runs = 1};
	run->total[v]++;
	if (v == VERDICT_MISS)
		return NULL;
	o->result = result_new(id);
	o->result->verdict = v;
	result_set(&o->result->message, message);
	return o->result;
}

static void setup(void)
{
	strcpy(dir, "/tmp/nscheck-after-XXXXXX");
	ck_assert(mkdtemp(dir));
	path = mem_printf("%s/known.tsv", dir);
	fault = (struct fault){0};
	make_run(&before, "6.1.0-56-cloud-amd64", "6.1.192-2");
	make_run(&after, "6.12.117+deb13", "6.12.117-1");
}

static void teardown(void)
{
	char *command = mem_printf("rm -rf '%s'", dir);

	ck_assert_int_eq(system(command), 0);
	free(command);
	free(path);
	free(output);
	output = NULL;
	text_free(&told);
	run_free(&before);
	run_free(&after);
}

static void write_file(const char *text)
{
	FILE *f = fopen(path, "we");

	ck_assert(f && fputs(text, f) >= 0);
	fclose(f);
}

static char *slurp(void)
{
	char buf[16384];
	FILE *f = fopen(path, "re");

	ck_assert_ptr_nonnull(f);
	buf[fread(buf, 1, sizeof(buf) - 1, f)] = '\0';
	fclose(f);
	return mem_strdup(buf);
}

static void file_holds(const char *part, bool wanted)
{
	char *text = slurp();

	ck_assert_msg(!strstr(text, part) == !wanted, "'%s': %s", part, text);
	free(text);
}

static int update(size_t count)
{
	const struct run *runs[] = {&before, &after};

	text_clear(&told);
	return baseline_update(path, runs, count, &told, &fault);
}

static void is_told(const char *part)
{
	ck_assert_msg(strstr(text_get(&told), part), "'%s' is not in: %s", part, text_get(&told));
}

START_TEST(a_new_baseline_asks_for_its_reasons)
{
	static const char *const ids[] = {"a.fails", "a.crashes"};
	struct text problems = {0};

	add(&before, "a.fails", VERDICT_FAIL, "is 1,\texpected\n2 \xff");
	add(&before, "a.crashes", VERDICT_CRASH, NULL);
	add(&before, "a.passes", VERDICT_PASS, NULL);
	add(&before, "a.skips", VERDICT_SKIP, "no x");
	add(&before, "a.errs", VERDICT_ERROR, "no memory");
	add(&before, "a.lost", VERDICT_MISS, NULL);
	ck_assert_int_eq(update(1), 0);
	file_holds("\n" HEADING "a.crashes\t6.1.*\tcrash\t? no message\t-\t", true);
	file_holds("a.fails\t6.1.*\tfail\t? is 1, expected\\x0a2 \\xff\t-\t", true);
	is_told(": 2 added, 0 expired asked again;");
	ck_assert_int_eq(baseline_lint(path, ids, 2, &problems, &fault), 0);
	ck_assert_ptr_nonnull(
		strstr(text_get(&problems), ":3: its reason is still to be written: a.crashes\n"));
	ck_assert_ptr_nonnull(
		strstr(text_get(&problems), ":4: its reason is still to be written: a.fails\n"));
	text_free(&problems);
	char *first = slurp();
	ck_assert_int_eq(update(1), 0);
	is_told(": 0 added");
	char *second = slurp();
	ck_assert_str_eq(first, second);
	free(first);
	free(second);
}
END_TEST

START_TEST(what_is_there_stays)
{
	add(&before, "a.fails", VERDICT_FAIL, "x");
	add(&before, "a.known", VERDICT_XFAIL, "x")->observed = VERDICT_LEAK;
	result_set(&before.tests[1].result->known_reason, "commit abc");
	result_set(&before.tests[1].result->known_link, "https://link");
	add(&before, "b.splats", VERDICT_SPLAT, "x");
	add(&before, "b.passes", VERDICT_PASS, NULL);
	write_file("# mine\n\n" HEADING "a.fails\t<6.2\tfail\tcommit def\t-\t2026-01-01\t2999-01-01\n# two\n"
		   "b.*\t-\tfail\tall of b\t-\t2026-01-01\t2999-01-01");
	ck_assert_int_eq(chmod(path, 0640), 0);
	ck_assert_int_eq(update(1), 0);
	file_holds("# mine\n\n" HEADING "a.fails\t<6.2\tfail\tcommit def\t-\t2026-01-01\t2999-01-01\n# two\n"
		   "b.*\t-\tfail\tall of b\t-\t2026-01-01\t2999-01-01\n"
		   "a.known\t6.1.*\tleak\tcommit abc\thttps://link\t",
		   true);
	file_holds("b.splats", false);
	is_told(":6: expects fail, but it is splat: b.splats\n");
	is_told(":6: passes on 6.1.0-56-cloud-amd64, so take it out or narrow it: b.passes\n");
	struct stat st;
	ck_assert(!stat(path, &st) && (st.st_mode & 0777) == 0640);
}
END_TEST

START_TEST(what_expired_is_asked_again)
{
	add(&before, "a.fails", VERDICT_FAIL, "x");
	write_file(HEADING "a.*\t6.1.*\tfail\tcommit def\thttps://l\t2020-01-01\t2020-01-02\n");
	ck_assert_int_eq(update(1), 0);
	file_holds("2020-01-02", false);
	file_holds(HEADING "a.*\t6.1.*\tfail\t? commit def\thttps://l\t20", true);
	is_told(": 0 added, 1 expired asked again;");
}
END_TEST

START_TEST(several_kernels_have_entries_of_their_own)
{
	add(&before, "a.fails", VERDICT_FAIL, "x");
	add(&after, "a.fails", VERDICT_FAIL, "x");
	ck_assert_int_eq(update(2), 0);
	file_holds("a.fails\t6.1.*\tfail\t? x\t-\t", true);
	file_holds("a.fails\t6.12.*\tfail\t? x\t-\t", true);
}
END_TEST

START_TEST(what_a_runtime_does_is_for_that_one)
{
	result_set(&before.facts.runtime.name, "crun");
	result_set(&before.facts.runtime.suite, "runtime");
	add(&before, "runtime.pid.fails", VERDICT_FAIL, "x");
	add(&before, "pid.fails", VERDICT_FAIL, "x");
	ck_assert_int_eq(update(1), 0);
	file_holds("\nruntime.pid.fails\truntime=crun,6.1.*\tfail\t? x\t-\t", true);
	file_holds("\npid.fails\t6.1.*\tfail\t? x\t-\t", true);
	ck_assert_int_eq(update(1), 0);
	is_told(": 0 added");
	result_set(&before.facts.runtime.name, "reference");
	result_set(&before.facts.runtime.suite, NULL);
	ck_assert_int_eq(update(1), 0);
	file_holds("\nruntime.pid.fails\t6.1.*\tfail\t? x\t-\t", true);
}
END_TEST

START_TEST(a_malformed_baseline_or_a_sabotaged_run_changes_nothing)
{
	add(&before, "a.fails", VERDICT_FAIL, "x");
	write_file(HEADING "nonsense\n");
	ck_assert_int_eq(update(1), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	ck_assert_ptr_nonnull(strstr(fault.text, "known.tsv:2: not seven columns"));
	file_holds("a.fails", false);
	fault = (struct fault){0};
	unlink(path);
	before.facts.sabotage = true;
	ck_assert_int_eq(update(1), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

/* What a test becomes; a negative verdict stands for one that was not planned. */
static enum change becomes(int was, int is)
{
	struct run a, b;
	enum change change;

	make_run(&a, "6.1", "6.1");
	make_run(&b, "6.2", "6.2");
	if (was >= 0)
		add(&a, "a", (enum verdict)was, "m");
	if (is >= 0)
		add(&b, "a", (enum verdict)is, "m");
	change = change_of(was < 0 ? NULL : a.tests, is < 0 ? NULL : b.tests);
	run_free(&a);
	run_free(&b);
	return change;
}

START_TEST(each_change_has_its_kind)
{
	static const struct {
		int was, is;
		enum change change;
	} cases[] = {
		{VERDICT_PASS, VERDICT_PASS, CHANGE_NONE},
		{VERDICT_PASS, VERDICT_FAIL, CHANGE_REGRESSION},
		{VERDICT_SKIP, VERDICT_FAIL, CHANGE_REGRESSION},
		{VERDICT_ERROR, VERDICT_FAIL, CHANGE_REGRESSION},
		{VERDICT_PASS, VERDICT_SPLAT, CHANGE_REGRESSION},
		{VERDICT_FAIL, VERDICT_FAIL, CHANGE_NONE},
		{VERDICT_FAIL, VERDICT_CRASH, CHANGE_OTHER_FAILURE},
		{VERDICT_XFAIL, VERDICT_FAIL, CHANGE_OTHER_FAILURE},
		{VERDICT_FAIL, VERDICT_PASS, CHANGE_FIX},
		{VERDICT_XFAIL, VERDICT_PASS, CHANGE_FIX},
		{VERDICT_XFAIL, VERDICT_XPASS, CHANGE_FIX},
		{VERDICT_PASS, VERDICT_XPASS, CHANGE_NONE},
		{VERDICT_XPASS, VERDICT_FAIL, CHANGE_REGRESSION},
		{VERDICT_MISS, VERDICT_PASS, CHANGE_FIX},
		{VERDICT_PASS, VERDICT_MISS, CHANGE_UNDECIDED},
		{VERDICT_FAIL, VERDICT_ERROR, CHANGE_UNDECIDED},
		{VERDICT_MISS, VERDICT_MISS, CHANGE_NONE},
		{VERDICT_PASS, VERDICT_XFAIL, CHANGE_KNOWN},
		{VERDICT_XFAIL, VERDICT_XFAIL, CHANGE_NONE},
		{VERDICT_PASS, VERDICT_SKIP, CHANGE_SKIPPED},
		{VERDICT_SKIP, VERDICT_PASS, CHANGE_RUNS},
		{VERDICT_SKIP, VERDICT_SKIP, CHANGE_NONE},
		{-1, VERDICT_FAIL, CHANGE_NEW_FAILURE},
		{-1, VERDICT_XPASS, CHANGE_NEW},
		{-1, VERDICT_XFAIL, CHANGE_NEW},
		{-1, VERDICT_SKIP, CHANGE_NEW},
		{-1, VERDICT_ERROR, CHANGE_NEW_UNDECIDED},
		{-1, VERDICT_MISS, CHANGE_NEW_UNDECIDED},
		{VERDICT_FAIL, -1, CHANGE_GONE},
		{-1, -1, CHANGE_NONE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_msg(becomes(cases[i].was, cases[i].is) == cases[i].change, "%d to %d is %d",
			      cases[i].was, cases[i].is, becomes(cases[i].was, cases[i].is));
}
END_TEST

static int compared_by(bool common)
{
	free(output);
	FILE *out = open_memstream(&output, &output_len);
	int status = compare_print(&before, &after, common, out);
	fclose(out);
	return status;
}

static int compared(void)
{
	return compared_by(false);
}

static void holds(const char *part)
{
	ck_assert_msg(strstr(output, part), "'%s' is not in: %s", part, output);
}

static void add_both(const char *id, enum verdict was, const char *then, enum verdict is, const char *now)
{
	add(&before, id, was, then);
	add(&after, id, is, now);
}

START_TEST(a_comparison_tells_what_changed)
{
	add_both("a.fixed", VERDICT_FAIL, "x", VERDICT_PASS, NULL);
	add_both("a.skips", VERDICT_SKIP, "no x", VERDICT_SKIP, "no y");
	add_both("a.slow", VERDICT_PASS, NULL, VERDICT_PASS, NULL);
	add_both("a.quick", VERDICT_PASS, NULL, VERDICT_PASS, NULL);
	add(&before, "a.gone", VERDICT_PASS, NULL);
	add(&after, "a.new", VERDICT_PASS, NULL);
	before.tests[2].result->micros = 100000;
	after.tests[2].result->micros = 310000;
	before.tests[3].result->duration_ms = 20;
	after.tests[3].result->duration_ms = 119;
	ck_assert_int_eq(compared_by(true), EXIT_EXPECTED);
	holds("A: debian/x, 6.1.0-56-cloud-amd64, run 6.1.0-56-cloud-amd64, 5 tests\nB: debian/x, "
	      "6.12.117+deb13, ");
	holds("\nfixed: 1\n  pass    a.fixed (was fail)\n");
	holds("\nskipped for another reason: 1\n  skip    a.skips: no y; was: no x\n");
	holds("\nmore than three times slower: 1\n  pass    a.slow: 0.31 s, was 0.10 s\n");
	holds("\nnew: 1\n  pass    a.new\n1 the same, 0 regressed, 1 gone, 1 fixed, ");
	add_both("a.lost", VERDICT_PASS, NULL, VERDICT_MISS, NULL);
	ck_assert_int_eq(compared_by(true), EXIT_UNFINISHED);
	add_both("a.broken", VERDICT_PASS, NULL, VERDICT_FAIL, "getpid() is 2");
	result_set(&after.tests[after.count - 1].result->file, "suites/a.c");
	after.tests[after.count - 1].result->line = 7;
	ck_assert_int_eq(compared(), EXIT_TEST_FAILED);
	holds("\nregressions: 1\n  fail    a.broken (was pass): getpid() is 2 (suites/a.c:7)\n");
}
END_TEST

/* A gate that lets a test go unseen is none. */
START_TEST(what_only_one_has_counts)
{
	add_both("a.same", VERDICT_PASS, NULL, VERDICT_PASS, NULL);
	add(&after, "a.new", VERDICT_PASS, NULL);
	ck_assert_int_eq(compared(), EXIT_EXPECTED);
	add(&after, "a.open", VERDICT_ERROR, "x");
	ck_assert_int_eq(compared(), EXIT_UNFINISHED);
	holds("\nnew, and not decided: 1\n  error   a.open: x\n");
	ck_assert_int_eq(compared_by(true), EXIT_EXPECTED);
	add(&after, "a.worse", VERDICT_FAIL, "x");
	ck_assert_int_eq(compared(), EXIT_TEST_FAILED);
	holds("\nnew, and fail: 1\n  fail    a.worse: x\n");
	ck_assert_int_eq(compared_by(true), EXIT_EXPECTED);
	size_t all = after.count;
	after.count = 1;
	ck_assert_int_eq(compared(), EXIT_EXPECTED);
	add(&before, "a.gone", VERDICT_SKIP, "x");
	ck_assert_int_eq(compared(), EXIT_TEST_FAILED);
	holds("\ngone: 1\n  skip    a.gone\n");
	ck_assert_int_eq(compared_by(true), EXIT_EXPECTED);
	after.count = all;
}
END_TEST

/* Then none of its tests is gone: nothing is known of them. */
START_TEST(a_run_of_nothing_is_no_other)
{
	add_both("a.first", VERDICT_PASS, NULL, VERDICT_MISS, NULL);
	after.total[VERDICT_MISS] = after.count;
	ck_assert_int_eq(compared(), EXIT_UNFINISHED);
	holds("B ran no test: ");
	ck_assert_int_eq(compared_by(true), EXIT_UNFINISHED);
}
END_TEST

START_TEST(results_json_is_read_again)
{
	struct run again;

	add(&after, "a.fails", VERDICT_FAIL, "x\\x0a");
	add(&after, "a.lost", VERDICT_MISS, NULL);
	add(&after, "a.skips", VERDICT_SKIP, "no x");
	ck_assert_int_eq(report_all(&after, dir, &fault), 0);
	char *json = mem_printf("%s/results.json", dir);
	ck_assert_int_eq(run_load_results(&again, json, &fault), 0);
	ck_assert_uint_eq(again.count, 3);
	ck_assert_str_eq(again.tests[0].result->message, "x\\x0a");
	ck_assert_ptr_null(again.tests[1].result);
	ck_assert_uint_eq(again.total[VERDICT_SKIP], 1);
	run_free(&again);
	free(json);
	write_file("{\"schema\": 2, \"tests\": []}");
	ck_assert_int_eq(run_load_results(&again, path, &fault), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "is of schema 2, and this nscheck reads 1"));
	fault = (struct fault){0};
	write_file("{");
	ck_assert_int_eq(run_load_results(&again, path, &fault), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
}
END_TEST

static Suite *after_suite(void)
{
	Suite *s = suite_create("results/after");
	TCase *t = tcase_create("runs");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_new_baseline_asks_for_its_reasons);
	tcase_add_test(t, what_is_there_stays);
	tcase_add_test(t, what_expired_is_asked_again);
	tcase_add_test(t, several_kernels_have_entries_of_their_own);
	tcase_add_test(t, what_a_runtime_does_is_for_that_one);
	tcase_add_test(t, a_malformed_baseline_or_a_sabotaged_run_changes_nothing);
	tcase_add_test(t, each_change_has_its_kind);
	tcase_add_test(t, a_comparison_tells_what_changed);
	tcase_add_test(t, what_only_one_has_counts);
	tcase_add_test(t, a_run_of_nothing_is_no_other);
	tcase_add_test(t, results_json_is_read_again);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(after_suite)
