// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/host/stream.h"
#include "runner/tests/tests.h"

/* The events of a stream, as text: one word each. */
static struct text events;
static struct result *last;
static struct stream stream;

static void record(void *arg, struct stream_event *event)
{
	static const char *const names[] = {"hello",  "foreign", "suites", "setup",
					    "result", "bye",     "stray",  "flooded"};

	(void)arg;
	text_printf(&events, "%s ", names[event->kind]);
	if (event->kind != STREAM_RESULT)
		return;
	result_free(last);
	last = event->result;
}

static void setup(void)
{
	stream_init(&stream, record, NULL);
}

static void teardown(void)
{
	stream_free(&stream);
	text_free(&events);
	result_free(last);
	last = NULL;
}

static void feed(const char *s)
{
	stream_feed(&stream, s, strlen(s));
}

static void comes(const char *expected)
{
	ck_assert_str_eq(text_get(&events), expected);
	text_clear(&events);
}

START_TEST(a_whole_result)
{
	stream_expect(&stream, "a.b.c");
	feed(SAYS_START "a.b.c\n# one\n" SAYS_ROLE "init\n# two\n" SAYS_PLACE "suites/a/b.c:12\n" SAYS_RECORD
			"claim\n" SAYS_MESSAGE "it is 2\n" SAYS_LEFT "+ link: a\n" SAYS_LEFT
			"+ link: b\n" SAYS_MICROS "77\n" SAYS_END "limit a.b.c\n");
	comes("result ");
	ck_assert_int_eq(last->evidence.ending, ENDING_LIMIT);
	ck_assert_int_eq(last->evidence.finding, FINDING_CLAIM);
	ck_assert(last->evidence.left && !last->evidence.garbled);
	ck_assert_str_eq(last->left, "+ link: a");
	ck_assert_str_eq(last->file, "suites/a/b.c");
	ck_assert_int_eq(last->line, 12);
	ck_assert_str_eq(last->message, "it is 2");
	ck_assert_str_eq(last->role, "init");
	ck_assert_str_eq(last->diagnostics, "one\ntwo\nleak: + link: a\nleak: + link: b");
	ck_assert_int_eq(last->micros, 77);
}
END_TEST

START_TEST(bytes_may_come_one_by_one)
{
	char text[300];

	snprintf(text, sizeof(text),
		 SAYS_HELLO "%d 6.12\r\n" SAYS_SUITES "5\n" SAYS_START "a\n" SAYS_RECORD "lack\n" SAYS_MESSAGE
			    "no veth\n" SAYS_END "never a\n" SAYS_BYE "\n",
		 CONTRACT_VERSION);
	stream_expect(&stream, "a");
	for (const char *s = text; *s; s++)
		stream_feed(&stream, s, 1);
	comes("hello suites result bye ");
	ck_assert_int_eq(last->evidence.ending, ENDING_NEVER);
	ck_assert_int_eq(last->evidence.finding, FINDING_LACK);
	ck_assert_str_eq(last->message, "no veth");
}
END_TEST

START_TEST(another_version_is_told)
{
	char hello[100];

	snprintf(hello, sizeof(hello), SAYS_HELLO "%d 6.12\n", CONTRACT_VERSION + 1);
	feed(hello);
	feed(SAYS_HELLO "\n" SAYS_HELLO "six\n");
	comes("foreign foreign foreign ");
}
END_TEST

START_TEST(only_what_was_asked_for_gets_a_result)
{
	feed(SAYS_END "itself a\n" SAYS_RECORD "claim\n" SAYS_LEFT "x\n");
	comes("stray stray stray ");
	stream_expect(&stream, "a");
	feed(SAYS_END "itself a\n"); /* not started */
	comes("stray ");
	feed(SAYS_START "b\n" SAYS_START "a\n" SAYS_START "a\n" SAYS_END "itself b\n" SAYS_END "itself ab\n");
	comes("stray stray stray stray ");
	feed(SAYS_END "itself\n" SAYS_END "itself \n" SAYS_END "a\n" SAYS_END "\nok 1 a\n" SAYS
		      "verdict: pass\n");
	comes("stray stray stray stray ");
	feed(SAYS_END "itself a\n" SAYS_END "itself a\n");
	comes("result stray ");
	ck_assert_str_eq(last->diagnostics,
			 "ok 1 a\n" SAYS "verdict: pass"); /* words of no contract are its own */
}
END_TEST

/* Each word of the contract is understood; any other makes it garbled. */
START_TEST(words_are_those_of_the_contract)
{
	static const char *const endings[] = {ENDINGS(ENDING_WORD)};
	static const char *const findings[] = {FINDINGS(FINDING_WORD)};
	static const char *const wrong[] = {SAYS_END "well a\n",
					    SAYS_END "itsel a\n",
					    SAYS_END " a\n",
					    SAYS_RECORD "\n" SAYS_END "itself a\n",
					    SAYS_RECORD "claims\n" SAYS_END "itself a\n",
					    SAYS_RECORD "claim\n" SAYS_RECORD "lack\n" SAYS_END "itself a\n"};

	for (int i = 1; i < ENDING_COUNT * FINDING_COUNT; i++) {
		struct text lines = {0};
		int ending = i % ENDING_COUNT, finding = i / ENDING_COUNT;

		if (!ending)
			continue;
		stream_expect(&stream, "a");
		text_printf(&lines, SAYS_START "a\n%s%s%s" SAYS_END "%s a\n", finding ? SAYS_RECORD : "# ",
			    finding ? findings[finding] : "nothing", "\n", endings[ending]);
		feed(text_get(&lines));
		text_free(&lines);
		comes("result ");
		ck_assert_int_eq(last->evidence.ending, ending);
		ck_assert_int_eq(last->evidence.finding, finding);
		ck_assert(!last->evidence.garbled);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		stream_expect(&stream, "a");
		feed(SAYS_START "a\n");
		feed(wrong[i]);
		comes("result ");
		ck_assert_msg(last->evidence.garbled, "%s", wrong[i]);
		ck_assert_ptr_nonnull(last->message);
	}
}
END_TEST

START_TEST(nothing_unprintable_leaves)
{
	static const char line[] = SAYS_MESSAGE "a\0b\x1b[31m\xc3\xa9\\x41\n";

	stream_expect(&stream, "a");
	feed(SAYS_START "a\n");
	stream_feed(&stream, line, sizeof(line) - 1);
	feed(SAYS_END "itself a\n");
	ck_assert_str_eq(last->message, "a\\x00b\\x1b[31m\\xc3\\xa9\\x41");
}
END_TEST

START_TEST(memory_is_bounded)
{
	static char block[65536];

	memset(block, 'x', sizeof(block));
	stream_expect(&stream, "a");
	feed(SAYS_START "a\n");
	for (int i = 0; i < 64; i++)
		stream_feed(&stream, block, sizeof(block)); /* one line of 4 MiB */
	feed("\n");
	for (int i = 0; i < 100000; i++)
		feed("# the same line again and again\n");
	feed(SAYS_END "itself a\n");
	comes("result ");
	ck_assert_int_lt(strlen(last->diagnostics), STREAM_TEXT_MAX + 64);
	ck_assert_ptr_nonnull(strstr(last->diagnostics, " more bytes)"));
}
END_TEST

START_TEST(a_flood_is_told_once)
{
	static char block[1 << 20];

	for (int i = 0; i < 40; i++)
		stream_feed(&stream, block, sizeof(block));
	comes("flooded ");
}
END_TEST

START_TEST(numbers_are_not_trusted)
{
	stream_expect(&stream, "a");
	feed(SAYS_START "a\n" SAYS_MICROS "99999999999999999999999\n" SAYS_PLACE "f:99999999999\n" SAYS_END
			"itself a\n");
	comes("result ");
	ck_assert_int_eq(last->micros, -1);
	ck_assert_int_eq(last->line, 0);
	feed(SAYS_SUITES "-5\n" SAYS_SUITES "0x10\n" SAYS_SUITES "\n");
	comes("suites suites suites ");
}
END_TEST

START_TEST(what_is_known_survives_the_end)
{
	stream_expect(&stream, "a");
	feed(SAYS_START "a\n# so far\n" SAYS_PLACE "f.c:3\n#:nsch");
	struct result *r = stream_abandon(&stream);
	ck_assert_str_eq(r->diagnostics, "so far");
	ck_assert_int_eq(r->line, 3);
	result_free(r);
	ck_assert_ptr_null(stream_abandon(&stream));
}
END_TEST

static Suite *streams(void)
{
	Suite *s = suite_create("host/stream");
	TCase *t = tcase_create("lines of a guest");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_whole_result);
	tcase_add_test(t, bytes_may_come_one_by_one);
	tcase_add_test(t, another_version_is_told);
	tcase_add_test(t, only_what_was_asked_for_gets_a_result);
	tcase_add_test(t, words_are_those_of_the_contract);
	tcase_add_test(t, nothing_unprintable_leaves);
	tcase_add_test(t, memory_is_bounded);
	tcase_add_test(t, a_flood_is_told_once);
	tcase_add_test(t, numbers_are_not_trusted);
	tcase_add_test(t, what_is_known_survives_the_end);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(streams)
