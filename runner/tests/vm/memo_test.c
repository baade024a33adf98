// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"
#include "runner/base/file.h"
#include "vm/memo.h"

static char *dir, *file, *absent;

/* Longer than the step of the clock that stamps files. */
static void wait_a_tick(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 40000000}, NULL);
}

static void setup(void)
{
	dir = sample_dir();
	file = sample_put_text(dir, "file", "what it says");
	absent = mem_printf("%s/absent", dir);
	wait_a_tick();
}

static void teardown(void)
{
	dir_remove(dir);
	free(file);
	free(absent);
	free(dir);
}

static void keep(const char *word)
{
	struct memo *memo = memo_new(dir, "test");
	struct strings answer = {0};

	memo_ask(memo, word);
	memo_input(memo, file);
	memo_input(memo, absent);
	strings_add(&answer, "forty");
	strings_add(&answer, "two words");
	memo_keep(memo, &answer);
	strings_free(&answer);
	memo_free(memo);
}

static bool known(const char *word)
{
	struct memo *memo = memo_new(dir, "test");
	struct strings answer;

	memo_ask(memo, word);
	bool found = memo_recall(memo, &answer);
	ck_assert_uint_eq(answer.count, found ? 2 : 0);
	if (found)
		ck_assert_str_eq(answer.items[1], "two words");
	strings_free(&answer);
	memo_free(memo);
	return found;
}

START_TEST(answer_stays)
{
	ck_assert(!known("q"));
	keep("q");
	ck_assert(known("q"));
	ck_assert(known("q"));
}
END_TEST

START_TEST(other_question)
{
	keep("");
	ck_assert(!known(NULL));
	ck_assert(!known("q"));
	ck_assert(known(""));
}
END_TEST

START_TEST(file_that_changed)
{
	keep("q");
	free(sample_put_text(dir, "file", "as long a one"));
	ck_assert(!known("q"));
}
END_TEST

/* Same size, same time of change: only the time of the inode's change tells. */
START_TEST(file_that_changed_in_secret)
{
	struct stat before;

	keep("q");
	ck_assert_int_eq(stat(file, &before), 0);
	free(sample_put_text(dir, "file", "what it sayS"));
	ck_assert_int_eq(
		utimensat(AT_FDCWD, file, (const struct timespec[]){before.st_atim, before.st_mtim}, 0), 0);
	ck_assert(!known("q"));
}
END_TEST

START_TEST(file_that_came_or_went)
{
	keep("q");
	free(sample_put_text(dir, "absent", ""));
	ck_assert(!known("q"));
	unlink(absent);
	ck_assert(known("q"));
	unlink(file);
	ck_assert(!known("q"));
}
END_TEST

START_TEST(file_that_is_too_young)
{
	bool young = false;

	for (int i = 0; i < 100 && !young; i++) { /* on a busy machine it has aged by now */
		free(sample_put_text(dir, "file", i % 2 ? "new" : "newer"));
		keep("q");
		young = !known("q");
	}
	ck_assert(young);
	wait_a_tick();
	keep("q");
	ck_assert(known("q"));
}
END_TEST

static Suite *memo_suite(void)
{
	Suite *suite = suite_create("vm/memo");
	TCase *tc = tcase_create("memo");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, answer_stays);
	tcase_add_test(tc, other_question);
	tcase_add_test(tc, file_that_changed);
	tcase_add_test(tc, file_that_changed_in_secret);
	tcase_add_test(tc, file_that_came_or_went);
	tcase_add_test(tc, file_that_is_too_young);
	suite_add_tcase(suite, tc);
	return suite;
}
HOST_SUITE(memo_suite)
