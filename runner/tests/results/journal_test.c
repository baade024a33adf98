// SPDX-License-Identifier: GPL-2.0-only
/* What is kept on disk of a run: its journal, and the reports made from it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/journal.h"
#include "results/report.h"
#include "runner/base/mem.h"
#include "runner/tests/tests.h"

static char dir[64];
static struct fault fault;

static void setup(void)
{
	fault = (struct fault){0};
	strcpy(dir, "/tmp/nscheck-journal-XXXXXX");
	ck_assert(mkdtemp(dir));
}

static void teardown(void)
{
	char *command = mem_printf("rm -rf '%s'", dir);

	ck_assert_int_eq(system(command), 0);
	free(command);
}

static void add_result(struct journal *j, const char *id, enum verdict v, bool again)
{
	struct result *r = result_new(id);

	r->verdict = v;
	r->again = again;
	r->message = mem_strdup("a \"message\" # with signs");
	ck_assert_int_eq(journal_add(j, "test", result_to_json(r), &fault), 0);
	result_free(r);
}

/* Three planned tests: a passes, b crashes, passes again and late is told to pass; c never runs. */
static void write_journal(void)
{
	struct journal j;

	ck_assert_int_eq(journal_create(&j, dir, &fault), 0);
	journal_add(&j, "run",
		    json_pack("{s:i,s:s,s:[{s:s},{s:s},{s:s}]}", "journal_schema", JOURNAL_SCHEMA, "id", "x",
			      "plan", "id", "s.a", "id", "s.b", "id", "s.c"),
		    &fault);
	add_result(&j, "s.a", VERDICT_PASS, false);
	add_result(&j, "s.b", VERDICT_CRASH, false);
	add_result(&j, "s.b", VERDICT_PASS, true);
	add_result(&j, "s.b", VERDICT_PASS, false);
	journal_add(&j, "end", json_pack("{s:s}", "how", "finished"), &fault);
	journal_close(&j);
	ck_assert_int_eq(fault.status, 0);
}

START_TEST(a_run_is_what_its_journal_says)
{
	struct run run;

	write_journal();
	ck_assert_int_eq(run_load(&run, dir, &fault), 0);
	ck_assert_int_eq(run.count, 3);
	ck_assert_int_eq(run.tests[1].result->verdict, VERDICT_CRASH);
	ck_assert_int_eq(run.tests[1].again->verdict, VERDICT_PASS);
	ck_assert_int_eq(outcome_verdict(&run.tests[2]), VERDICT_MISS);
	ck_assert_int_eq(judge_run(run.total, false), EXIT_UNFINISHED);
	ck_assert_int_eq(report_all(&run, dir, &fault), 0);
	run_free(&run);
}
END_TEST

START_TEST(a_journal_is_never_overwritten)
{
	struct journal j;

	write_journal();
	ck_assert_int_eq(journal_create(&j, dir, &fault), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
}
END_TEST

/* Results only grow with the length of what was kept, and no cut is an error but one before the plan. */
START_TEST(a_journal_cut_at_every_byte)
{
	char *path = mem_printf("%s/journal.ndjson", dir);
	struct stat st;
	size_t known = 0;

	write_journal();
	ck_assert_int_eq(stat(path, &st), 0);
	char *all = mem_zalloc((size_t)st.st_size);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	ck_assert(read(fd, all, (size_t)st.st_size) == st.st_size);
	for (off_t len = 0; len <= st.st_size; len++) {
		struct run run;
		struct fault cut = {0};

		ck_assert(!ftruncate(fd, 0) && pwrite(fd, all, (size_t)len, 0) == len);
		if (run_load(&run, dir, &cut)) {
			ck_assert_int_eq(known, 0);
			ck_assert_int_eq(cut.status, EXIT_BAD_INPUT);
			continue;
		}
		ck_assert_int_eq(run.damaged, 0);
		ck_assert_int_ge(3 - run.total[VERDICT_MISS], known);
		known = 3 - run.total[VERDICT_MISS];
		run_free(&run);
	}
	ck_assert_int_eq(known, 2);
	close(fd);
	free(all);
	free(path);
}
END_TEST

START_TEST(damaged_lines_are_counted)
{
	char *path = mem_printf("%s/journal.ndjson", dir);
	struct run run;

	write_journal();
	FILE *f = fopen(path, "ae");
	fputs("{\"type\":\"test\",\"id\":\"s.never\",\"verdict\":\"pass\"}\nnonsense\n[]\n{\"type\":1}\n{"
	      "\"type\":\"test\"}\n",
	      f);
	fclose(f);
	ck_assert_int_eq(run_load(&run, dir, &fault), 0);
	ck_assert_int_eq(run.damaged, 5);
	run_free(&run);
	free(path);
}
END_TEST

static Suite *journals(void)
{
	Suite *s = suite_create("results/journal");
	TCase *t = tcase_create("journal");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_run_is_what_its_journal_says);
	tcase_add_test(t, a_journal_is_never_overwritten);
	tcase_add_test(t, a_journal_cut_at_every_byte);
	tcase_add_test(t, damaged_lines_are_counted);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(journals)
