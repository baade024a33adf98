// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "runner/judge.h"
#include "runner/tests/tests.h"

/* What the guest's words alone come to; a pass of a test that left something behind is a leak. */
static const char *const told[ENDING_COUNT][FINDING_COUNT] = {
	/*                   none       claim      arrangement  lack   absence */
	[ENDING_UNTOLD] = {"error", "error", "error", "error", "error"},
	[ENDING_ITSELF] = {"pass", "fail", "error", "skip", "lost"},
	[ENDING_EARLY] = {"error", "fail", "error", "skip", "lost"},
	[ENDING_LIMIT] = {"timeout", "fail", "error", "skip", "lost"},
	[ENDING_KILLED] = {"timeout", "timeout", "timeout", "timeout", "timeout"},
	[ENDING_ORPHANED] = {"error", "error", "error", "error", "error"},
	[ENDING_NEVER] = {"error", "error", "error", "skip", "lost"},
};

/* And when the kernel complained as well. */
static const char *with_splat(const char *verdict)
{
	static const char *const splats[][2] = {
		{"pass", "splat"},  {"skip", "splat"}, {"lost", "splat"},      {"leak", "splat"},
		{"error", "splat"}, {"fail", "fail"},  {"timeout", "timeout"}, {"crash", "crash"},
	};

	for (size_t i = 0; i < sizeof(splats) / sizeof(*splats); i++)
		if (!strcmp(splats[i][0], verdict))
			return splats[i][1];
	ck_abort_msg("%s", verdict);
}

static const char *expected(const struct evidence *e)
{
	const char *verdict = told[e->ending][e->finding];

	if (!strcmp(verdict, "lost") && !e->due)
		verdict = "skip";
	if (e->garbled)
		verdict = "error";
	else if (e->left && !strcmp(verdict, "pass"))
		verdict = "leak";
	if (e->fate == FATE_ENDED)
		verdict = "crash";
	else if (e->fate != FATE_STAYED)
		verdict = "error";
	return e->splat ? with_splat(verdict) : verdict;
}

START_TEST(every_combination_of_evidence)
{
	struct evidence e = {0};

	for (int i = 0; i < ENDING_COUNT * FINDING_COUNT * FATES * 16; i++) {
		int rest = i;

		e.garbled = rest % 2, rest /= 2;
		e.left = rest % 2, rest /= 2;
		e.splat = rest % 2, rest /= 2;
		e.due = rest % 2, rest /= 2;
		e.fate = (enum fate)(rest % FATES), rest /= FATES;
		e.finding = (enum finding)(rest % FINDING_COUNT), rest /= FINDING_COUNT;
		e.ending = (enum ending)rest;
		ck_assert_msg(!strcmp(verdict_name(judge_test(&e)), expected(&e)),
			      "ending %d finding %d fate %d garbled %d left %d splat %d due %d: %s, not %s",
			      e.ending, e.finding, e.fate, e.garbled, e.left, e.splat, e.due,
			      verdict_name(judge_test(&e)), expected(&e));
		ck_assert_int_eq(judge_void(&e), e.fate == FATE_TAKEN && !e.splat);
	}
}
END_TEST

START_TEST(words_that_the_contract_does_not_have_are_an_error)
{
	struct evidence e = {.ending = ENDING_COUNT};

	ck_assert_int_eq(judge_test(&e), VERDICT_ERROR);
	e = (struct evidence){.ending = ENDING_ITSELF, .finding = FINDING_COUNT};
	ck_assert_int_eq(judge_test(&e), VERDICT_ERROR);
}
END_TEST

START_TEST(a_row_is_due_from_its_first_series_to_its_last)
{
	static const struct {
		const char *since, *until, *version;
		bool due;
	} cases[] = {
		{"6.13", NULL, "6.12.118-1", false},     {"6.13", NULL, "6.13.0-rc1", true},
		{"5.10", NULL, "5.10.0-46-amd64", true}, {"5.9", NULL, "5.10.262-1", true},
		{NULL, "6.18", "6.18.15-1", true},       {NULL, "6.18", "6.19.1", false},
		{NULL, "6.1", "6.10.2", false},          {"5.12", "6.1", "6.1.192-1", true},
		{NULL, NULL, "6.12.118-1", true},        {NULL, NULL, NULL, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_msg(judge_due(cases[i].since, cases[i].until, cases[i].version) == cases[i].due,
			      "%s..%s, %s", cases[i].since, cases[i].until, cases[i].version);
}
END_TEST

/* One row for each verdict. */
static const struct {
	const char *name;
	bool failure, good;
	enum again again;
	int counts_good, counts_bad; /* of a further run */
	const char *after_a_good_run;
	int status, sabotaged; /* exit status of a run with one such test beside a skipped one */
} rows[VERDICTS] = {
	[VERDICT_PASS] = {"pass", false, true, AGAIN_NO, 1, 0, "pass", 0, 1},
	[VERDICT_SKIP] = {"skip", false, true, AGAIN_NO, 1, 0, "skip", 0, 0},
	[VERDICT_FAIL] = {"fail", true, false, AGAIN_ALL, 0, 1, "flaky", 1, 0},
	[VERDICT_TIMEOUT] = {"timeout", true, false, AGAIN_ALL, 0, 1, "flaky", 1, 0},
	[VERDICT_CRASH] = {"crash", true, false, AGAIN_ONCE, 0, 1, "crash", 1, 0},
	[VERDICT_SPLAT] = {"splat", true, false, AGAIN_NO, 0, 1, "splat", 1, 0},
	[VERDICT_LEAK] = {"leak", true, false, AGAIN_ALL, 0, 1, "flaky", 1, 0},
	[VERDICT_ERROR] = {"error", false, false, AGAIN_NO, 0, 0, "error", 3, 0},
	[VERDICT_MISS] = {"miss", false, false, AGAIN_NO, 0, 0, "miss", 3, 3},
	[VERDICT_XFAIL] = {"xfail", false, true, AGAIN_NO, 0, 0, "xfail", 0, 0},
	[VERDICT_XPASS] = {"xpass", false, false, AGAIN_NO, 0, 0, "xpass", 1, 0},
	[VERDICT_FLAKY] = {"flaky", true, false, AGAIN_NO, 0, 1, "flaky", 1, 0},
	[VERDICT_LOST] = {"lost", true, false, AGAIN_NO, 0, 1, "lost", 1, 0},
};

START_TEST(every_verdict_has_its_consequences)
{
	for (int v = 0; v < VERDICTS; v++) {
		struct tally further = {0}, good = {.good = 1, .bad = 1}, bad = {.bad = 2};
		size_t total[VERDICTS] = {[VERDICT_SKIP] = 1};

		ck_assert_str_eq(verdict_name((enum verdict)v), rows[v].name);
		ck_assert_int_eq(verdict_parse(rows[v].name), v);
		ck_assert_int_eq(verdict_is_failure((enum verdict)v), rows[v].failure);
		ck_assert_int_eq(verdict_is_good((enum verdict)v), rows[v].good);
		ck_assert_int_eq(judge_again((enum verdict)v), rows[v].again);
		judge_count(&further, (enum verdict)v);
		ck_assert_int_eq(further.good, rows[v].counts_good);
		ck_assert_int_eq(further.bad, rows[v].counts_bad);
		ck_assert_str_eq(verdict_name(judge_reruns((enum verdict)v, &good)),
				 rows[v].after_a_good_run);
		ck_assert_int_eq(judge_reruns((enum verdict)v, &bad), v);
		total[v]++;
		ck_assert_int_eq(judge_run(total, false), rows[v].status);
		ck_assert_int_eq(judge_run(total, true), rows[v].sabotaged);
		ck_assert_int_eq(judge_cut(total), v == VERDICT_MISS ? 0 : rows[v].status);
	}
	ck_assert_int_eq(verdict_parse("nonsense"), -1);
}
END_TEST

/* What was never run outweighs a failure, and a failure an error. */
START_TEST(the_worst_of_a_run_decides)
{
	for (int v = 0; v < VERDICTS; v++)
		for (int w = 0; w < VERDICTS; w++) {
			size_t total[VERDICTS] = {0};
			int a = rows[v].status, b = rows[w].status;
			bool missed = v == VERDICT_MISS || w == VERDICT_MISS;

			total[v]++;
			total[w]++;
			ck_assert_int_eq(judge_run(total, false), missed             ? 3
								  : a == 1 || b == 1 ? 1
								  : a > b            ? a
										     : b);
		}
}
END_TEST

START_TEST(a_baseline_changes_what_it_expects_and_a_pass)
{
	for (int seen = 0; seen < VERDICTS; seen++)
		for (int known = 0; known < VERDICTS; known++) {
			enum verdict v = judge_known((enum verdict)seen, (enum verdict)known);

			if (!rows[known].failure)
				continue; /* no line of a baseline may expect it */
			if (seen == known)
				ck_assert_int_eq(v, VERDICT_XFAIL);
			else if (seen == VERDICT_PASS && known != VERDICT_FLAKY)
				ck_assert_int_eq(v, VERDICT_XPASS);
			else
				ck_assert_int_eq(v, seen);
		}
}
END_TEST

/* Of every two verdicts, which may be the same. */
START_TEST(a_commit_is_good_or_bad_when_all_agree)
{
	static const size_t none[VERDICTS] = {0};

	ck_assert_int_eq(judge_bisected(none), BISECTED_UNKNOWN);
	for (int a = 0; a < VERDICTS; a++)
		for (int b = 0; b < VERDICTS; b++) {
			size_t total[VERDICTS] = {0};
			bool good = a == VERDICT_PASS && b == VERDICT_PASS;
			bool bad = verdict_is_failure((enum verdict)a) && verdict_is_failure((enum verdict)b);

			total[a]++;
			total[b]++;
			ck_assert_int_eq(judge_bisected(total), good  ? BISECTED_GOOD
								: bad ? BISECTED_BAD
								      : BISECTED_UNKNOWN);
		}
}
END_TEST

START_TEST(the_first_bad_result_counts)
{
	for (int v = 0; v < VERDICTS; v++)
		for (int w = 0; w < VERDICTS; w++) {
			bool late = v == VERDICT_XPASS && w == VERDICT_XFAIL;

			ck_assert_int_eq(judge_first_counts((enum verdict)v, (enum verdict)w),
					 !rows[v].good && !late);
		}
}
END_TEST

static Suite *judging(void)
{
	Suite *s = suite_create("judge");
	TCase *t = tcase_create("verdicts");

	tcase_add_test(t, every_combination_of_evidence);
	tcase_add_test(t, a_row_is_due_from_its_first_series_to_its_last);
	tcase_add_test(t, words_that_the_contract_does_not_have_are_an_error);
	tcase_add_test(t, every_verdict_has_its_consequences);
	tcase_add_test(t, the_worst_of_a_run_decides);
	tcase_add_test(t, a_baseline_changes_what_it_expects_and_a_pass);
	tcase_add_test(t, a_commit_is_good_or_bad_when_all_agree);
	tcase_add_test(t, the_first_bad_result_counts);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(judging)
