// SPDX-License-Identifier: GPL-2.0-only
/* The baseline: which lines are good, and which test on which kernel they are for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/baseline.h"
#include "runner/tests/tests.h"
#include "runner/base/fault.h"

#define HEADING "id\tkernel\tverdict\treason\tlink\tadded\texpires\n"
#define DATES   "\t-\t2026-01-01\t2999-12-31\n"

static char path[64];
static struct baseline b;
static struct text problems;
static struct fault fault;

static void setup(void)
{
	strcpy(path, "/tmp/nscheck-known-XXXXXX");
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	fault = (struct fault){0};
}

static void teardown(void)
{
	baseline_free(&b);
	text_free(&problems);
	unlink(path);
}

static void read_text(const char *text, size_t len)
{
	FILE *f = fopen(path, "we");

	ck_assert(f && fwrite(text, 1, len, f) == len);
	fclose(f);
	baseline_free(&b);
	text_clear(&problems);
	ck_assert_int_eq(baseline_read(&b, path, "2026-11-24", &problems, &fault), 0);
}

/* Reads the heading and that line; true when the line became an entry and nothing is wrong. */
static bool takes(const char *line)
{
	char *text = mem_printf(HEADING "%s", line);

	read_text(text, strlen(text));
	free(text);
	return b.count == 1 && !problems.len;
}

static const struct known *find_on(const char *id, const char *release, const char *version,
				   const char *runtime)
{
	const struct subject s = {id, release, version, runtime};

	return baseline_find(&b, &s);
}

static const struct known *find(const char *id, const char *release)
{
	return find_on(id, release, NULL, NULL);
}

static bool is_for_runtime(const char *condition, const char *release, const char *version,
			   const char *runtime)
{
	char *line = mem_printf("a.b\t%s\tfail\tr" DATES, condition);

	ck_assert_msg(takes(line), "%s: %s", condition, text_get(&problems));
	free(line);
	return find_on("a.b", release, version, runtime);
}

static bool is_for(const char *condition, const char *release, const char *version)
{
	return is_for_runtime(condition, release, version, NULL);
}

START_TEST(a_good_line_is_an_entry)
{
	ck_assert(takes("a.b\t-\tfail\tbecause of \xc3\xa4\tURL\t2026-01-01\t2026-11-24\n"));
	ck_assert_str_eq(b.entries[0].reason, "because of \\xc3\\xa4");
	ck_assert_str_eq(b.entries[0].link, "URL");
	ck_assert_int_eq(b.entries[0].verdict, VERDICT_FAIL);
	ck_assert_int_eq(b.entries[0].line, 2);
	ck_assert(!b.entries[0].expired);
	ck_assert(takes("a.b\t-\tcrash\tr\t-\t2026-01-01\t2026-11-23"));
	ck_assert(b.entries[0].expired);
	ck_assert_ptr_null(find("a.b", "6.1"));
}
END_TEST

START_TEST(an_entry_whose_kernels_have_an_end_needs_no_date)
{
	static const char *const ends[] = {"5.10.*", "6.1.0-*-amd64",      "6.1.0-1-amd64", "5.10..6.1",
					   "<6.13",  "runtime=crun,6.1.*", "6.1[0-3].*"};
	static const char *const open[] = {"-",  ">=6.13",       "*-amd64",
					   "6*", "runtime=crun", "runtime=crun,>=6.1"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		char *line = mem_printf("a.b\t%s\tfail\tr\t-\t2026-01-01\t-\n", ends[i]);
		ck_assert_msg(takes(line) && !b.entries[0].expired, "%s: %s", ends[i], text_get(&problems));
		free(line);
	}
	for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++) {
		char *line = mem_printf("a.b\t%s\tfail\tr\t-\t2026-01-01\t-\n", open[i]);
		ck_assert_msg(!takes(line) &&
				      strstr(text_get(&problems), "only an entry whose kernels have an end"),
			      "%s: %s", open[i], text_get(&problems));
		free(line);
	}
}
END_TEST

START_TEST(comments_and_empty_lines_do_not_count)
{
	static const char text[] = "# one\n\n" HEADING "# two\n\na.b\t-\tfail\tr" DATES "\n";

	read_text(text, strlen(text));
	ck_assert_int_eq(b.count, 1);
	ck_assert_int_eq(b.entries[0].line, 6);
	ck_assert_int_eq(problems.len, 0);
	read_text("", 0);
	ck_assert_int_eq(b.count + problems.len, 0);
}
END_TEST

START_TEST(a_bad_line_is_told_with_its_place)
{
	static const struct {
		const char *line, *what;
	} bad[] = {
		{"a.b\t-\tfail\tr\t-\t2026-01-01\n", "not seven columns"},
		{"a.b\t-\tfail\tr"
		 "\t-\t2026-01-01\t2027-01-01\t\n",
		 "not seven columns"},
		{"a.b - fail r - 2026-01-01 2027-01-01\n", "not seven columns"},
		{"\t-\tfail\tr" DATES, "not a glob over test ids"},
		{"a b\t-\tfail\tr" DATES, "not a glob over test ids: a b"},
		{"a.b\t-\tpass\tr" DATES, "the verdict is none of"},
		{"a.b\t-\txfail\tr" DATES, "the verdict is none of"},
		{"a.b\t-\terror\tr" DATES, "the verdict is none of"},
		{"a.b\t-\tfails\tr" DATES, "the verdict is none of"},
		{"a.b\t\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\t<\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\t<6.x\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\t<=6.1\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\t>6.1\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\t6.1..\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\t..6.1\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\t6.1..5.10\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\t6.1...6.2\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\t6 1\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\truntime=\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\truntime=crun,\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\truntime=cr un\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\truntime=crun,<x\tfail\tr" DATES, "the kernel is none of"},
		{"a.b\t-\tfail\t" DATES, "the reason is missing"},
		{"a.b\t-\tfail\t-" DATES, "the reason is missing"},
		{"a.b\t-\tfail\tr\t\t2026-01-01\t2027-01-01\n", "the link is missing"},
		{"a.b\t-\tfail\tr\t-\t-\t2027-01-01\n", "not a date"},
		{"a.b\t-\tfail\tr\t-\t2026-01-01\tnever\n", "not a date like 2026-11-24: never"},
		{"a.b\t-\tfail\tr\t-\t2026-01-01\t2027-02-30\n", "not a date"},
		{"a.b\t-\tfail\tr\t-\t2026-1-1\t2027-01-01\n", "not a date"},
		{"a.b\t-\tfail\tr\t-\t2026-01-01\t2027-01-01\r\n",
		 "not a date like 2026-11-24: 2027-01-01\\x0d"},
		{"a.b\t-\tfail\tr\t-\t2027-01-02\t2027-01-01\n", "it expires before it was added"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ck_assert_msg(!takes(bad[i].line) && !b.count, "taken: %s", bad[i].line);
		char *place = mem_printf("%s:2: %s", path, bad[i].what);
		ck_assert_msg(!strncmp(text_get(&problems), place, strlen(place)), "%s: %s", bad[i].line,
			      text_get(&problems));
		free(place);
	}
}
END_TEST

START_TEST(all_bad_lines_are_told_and_the_first_is_the_fault)
{
	static const char text[] = "\na.b\t-\tfail\tr" DATES "x\na.b\0c\n";

	read_text(text, sizeof(text) - 1);
	ck_assert_ptr_nonnull(strstr(text_get(&problems), ":2: the first line that is no comment"));
	ck_assert_ptr_nonnull(strstr(text_get(&problems), ":3: not seven columns"));
	ck_assert_ptr_nonnull(strstr(text_get(&problems), ":4: a NUL byte"));
	baseline_free(&b);
	ck_assert_int_eq(baseline_load(&b, path, &fault), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	ck_assert_ptr_nonnull(strstr(fault.text, ":2: the first line"));
	ck_assert_ptr_null(strchr(fault.text, '\n'));
}
END_TEST

START_TEST(a_kernel_is_matched_by_release_or_version)
{
	ck_assert(is_for("-", "anything", NULL));
	ck_assert(is_for("5.10.*", "5.10.0-46-cloud-amd64", "5.10.262-1"));
	ck_assert(is_for("6.1.0-*-amd64", "6.1.0-56-cloud-amd64", "6.1.192-2"));
	ck_assert(!is_for("6.1.*", "6.12.117", NULL));
	ck_assert(is_for("5.10..5.10.262", "5.10.0-46-cloud-amd64", "5.10.262-1"));
	ck_assert(!is_for("5.10..5.10.262", "5.10.0-47-cloud-amd64", "5.10.263-1"));
	ck_assert(!is_for("5.10..5.10.262", "5.9.9", NULL));
	ck_assert(is_for("5.10..6.1", "6.1.170", NULL));
	ck_assert(!is_for("5.10..6.1", "6.2", NULL));
	ck_assert(is_for("<6.13", "6.12.117+deb13-cloud-amd64", NULL));
	ck_assert(is_for("<6.13", "6.9", NULL));
	ck_assert(!is_for("<6.13", "6.13-rc1", NULL));
	ck_assert(!is_for("<6.13", "6.13.1", NULL));
	ck_assert(is_for("<6.12.5", "6.12", NULL));
	ck_assert(is_for(">=6.13", "6.13.0-rc1", NULL));
	ck_assert(is_for(">=6.13", "7.3.4", NULL));
	ck_assert(!is_for(">=6.13", "6.12.117", NULL));
	ck_assert(!is_for("99999999999999999999..99999999999999999999.1", "6.1", NULL));
}
END_TEST

START_TEST(a_runtime_is_matched_by_name)
{
	ck_assert(is_for_runtime("-", "6.1", NULL, "crun"));
	ck_assert(is_for_runtime("runtime=crun", "6.1", NULL, "crun"));
	ck_assert(!is_for_runtime("runtime=crun", "6.1", NULL, "runc"));
	ck_assert(!is_for_runtime("runtime=crun", "6.1", NULL, NULL));
	ck_assert(is_for_runtime("runtime=crun,5.10.*", "5.10.0-46-cloud-amd64", NULL, "crun"));
	ck_assert(!is_for_runtime("runtime=crun,5.10.*", "6.1", NULL, "crun"));
	ck_assert(is_for_runtime("runtime=crun,<6.13", "6.12.117", NULL, "crun"));
	ck_assert(!is_for_runtime("runtime=crun,<6.13", "6.13", NULL, "crun"));
}
END_TEST

START_TEST(the_first_line_that_fits_counts)
{
	static const char text[] =
		HEADING "a.*.z\t<6\tfail\tfirst" DATES "a.*\t-\tfail\told\t-\t2026-01-01\t2026-01-02\n"
			"a.*\t-\tsplat\tthird" DATES;

	read_text(text, strlen(text));
	ck_assert_str_eq(find("a.b.z", "5.10")->reason, "first");
	ck_assert_str_eq(find("a.b.z", "6.1")->reason, "third");
	ck_assert_ptr_null(find("ab.z", "6.1"));
}
END_TEST

/* What becomes of a verdict where fail is expected. */
static enum verdict applied(enum verdict v)
{
	struct result *r = result_new("a.b");

	r->verdict = v;
	baseline_apply(&b, &(struct subject){.release = "6.1"}, r);
	json_t *o = result_to_json(r);
	struct result *again = result_from_json(o);
	enum verdict result = again->verdict;

	ck_assert_int_eq(result, r->verdict);
	ck_assert(result == v ? !again->known_reason
			      : again->observed == v && !strcmp(again->known_reason, "r"));
	json_decref(o);
	result_free(again);
	result_free(r);
	return result;
}

START_TEST(only_the_expected_verdict_and_a_pass_change)
{
	ck_assert(takes("a.b\t-\tfail\tr" DATES));
	for (int v = 0; v < VERDICT_XFAIL; v++)
		ck_assert_int_eq(applied((enum verdict)v), v == VERDICT_FAIL   ? VERDICT_XFAIL
							   : v == VERDICT_PASS ? VERDICT_XPASS
									       : (enum verdict)v);
}
END_TEST

START_TEST(lint_tells_what_is_over_and_what_matches_nothing)
{
	static const char *const ids[] = {"a.b", "c.d"};
	static const char text[] =
		HEADING "a.*\t-\tfail\tr" DATES "a.b\t-\tfail\tr\t-\t2026-01-01\t2026-01-02\n"
			"e.*\t-\tfail\tr" DATES "nonsense\n";

	read_text(text, strlen(text));
	text_clear(&problems);
	ck_assert_int_eq(baseline_lint(path, ids, 2, &problems, &fault), 0);
	char *want =
		mem_printf("%s:5: not seven columns between single tabs\n%s:3: expired on 2026-01-02: a.b\n"
			   "%s:4: matches no test: e.*\n",
			   path, path, path);
	ck_assert_str_eq(text_get(&problems), want);
	free(want);
}
END_TEST

START_TEST(the_one_that_ships_is_found_and_good)
{
	ck_assert_int_eq(baseline_load(&b, NULL, &fault), 0);
	ck_assert_ptr_nonnull(strstr(b.path, "results/baseline/known.tsv"));
	baseline_free(&b);
	ck_assert_int_eq(baseline_load(&b, "none", &fault), 0);
	ck_assert_int_eq(b.count, 0);
	ck_assert_int_eq(baseline_load(&b, "/nowhere", &fault), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
}
END_TEST

static Suite *baseline(void)
{
	Suite *s = suite_create("results/baseline");
	TCase *t = tcase_create("known failures");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_good_line_is_an_entry);
	tcase_add_test(t, an_entry_whose_kernels_have_an_end_needs_no_date);
	tcase_add_test(t, comments_and_empty_lines_do_not_count);
	tcase_add_test(t, a_bad_line_is_told_with_its_place);
	tcase_add_test(t, all_bad_lines_are_told_and_the_first_is_the_fault);
	tcase_add_test(t, a_kernel_is_matched_by_release_or_version);
	tcase_add_test(t, a_runtime_is_matched_by_name);
	tcase_add_test(t, the_first_line_that_fits_counts);
	tcase_add_test(t, only_the_expected_verdict_and_a_pass_change);
	tcase_add_test(t, lint_tells_what_is_over_and_what_matches_nothing);
	tcase_add_test(t, the_one_that_ships_is_found_and_good);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(baseline)
