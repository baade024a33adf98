// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"

void stream_init(struct stream *s, stream_sink sink, void *arg)
{
	memset(s, 0, sizeof(*s));
	s->sink = sink;
	s->arg = arg;
	s->budget = STREAM_FLOOD;
	s->said.limit = STREAM_TEXT_MAX;
}

void stream_free(struct stream *s)
{
	free(s->expected);
	result_free(s->result);
	text_free(&s->said);
	s->expected = NULL;
	s->result = NULL;
}

void stream_expect(struct stream *s, const char *id)
{
	free(s->expected);
	result_free(s->result);
	s->expected = id ? mem_strdup(id) : NULL;
	s->result = id ? result_new(id) : NULL;
	s->started = false;
	s->budget = STREAM_FLOOD;
	s->flooded = false;
	text_clear(&s->said);
}

/* Takes the diagnostics over into the result and the result out of the stream. */
static struct result *take_result(struct stream *s)
{
	struct result *r = s->result;

	if (s->said.dropped)
		s->said.limit = 0, text_printf(&s->said, "\n(%zu more bytes)", s->said.dropped);
	if (s->said.len)
		r->diagnostics = text_take(&s->said);
	s->said.limit = STREAM_TEXT_MAX;
	s->result = NULL;
	stream_expect(s, NULL);
	return r;
}

struct result *stream_abandon(struct stream *s)
{
	return s->expected ? take_result(s) : NULL;
}

static void emit(struct stream *s, enum stream_kind kind, const char *text, long number)
{
	struct stream_event event = {.kind = kind, .text = text, .number = number};

	s->sink(s->arg, &event);
}

/* What follows the prefix, or NULL. */
static const char *after(const char *line, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(line, prefix, len) ? NULL : line + len;
}

/* A whole decimal number within bounds, else `otherwise`. */
static long number(const char *s, long most, long otherwise)
{
	char *end;

	if (*s < '0' || *s > '9')
		return otherwise;
	errno = 0;
	long n = strtol(s, &end, 10);
	return errno || *end || n > most ? otherwise : n;
}

static void take_place(struct stream *s, const char *place)
{
	const char *colon = strrchr(place, ':');

	if (!s->result || !colon)
		return;
	free(s->result->file);
	s->result->file = mem_strndup(place, (size_t)(colon - place));
	s->result->line = (int)number(colon + 1, 1000000, 0);
}

/* Anything else is what the test says; so is metadata that a newer guest may send. */
static void take_diagnostic(struct stream *s, const char *head, const char *text)
{
	if (s->said.len)
		text_add(&s->said, "\n", 1);
	text_add(&s->said, head, strlen(head));
	text_add(&s->said, text, strlen(text));
}

/* Where a word stands among the words of the contract; 0, which is no word's, when it is none of them. */
static int place_of(const char *const words[], int count, const char *text, size_t len)
{
	for (int i = 1; i < count; i++)
		if (strlen(words[i]) == len && !strncmp(words[i], text, len))
			return i;
	return 0;
}

static void garbled(struct result *r, const char *line)
{
	r->evidence.garbled = true;
	free(r->message);
	r->message = mem_printf("the guest says what the contract does not have: %.100s", line);
}

static void take_finding(struct stream *s, const char *line, const char *word)
{
	static const char *const findings[] = {FINDINGS(FINDING_WORD)};
	struct result *r = s->result;

	if (!r)
		return;
	if (r->evidence.finding) /* a test has one record */
		garbled(r, line);
	r->evidence.finding = (enum finding)place_of(findings, FINDING_COUNT, word, strlen(word));
	if (!r->evidence.finding)
		garbled(r, line);
}

static void take_left(struct stream *s, const char *what)
{
	if (!s->result)
		return;
	s->result->evidence.left = true;
	if (!s->result->left)
		result_set(&s->result->left, what);
	take_diagnostic(s, "leak: ", what);
}

/* A line about the test that runs; false when it is not such a line. */
static bool take_test_line(struct stream *s, const char *line)
{
	const char *value;

	if ((value = after(line, SAYS_PLACE))) {
		take_place(s, value);
	} else if ((value = after(line, SAYS_MESSAGE))) {
		if (s->result && !s->result->evidence.garbled)
			result_set(&s->result->message, value);
	} else if ((value = after(line, SAYS_ROLE))) {
		if (s->result)
			result_set(&s->result->role, value);
	} else if ((value = after(line, SAYS_MICROS))) {
		if (s->result)
			s->result->micros = number(value, 1L << 40, -1);
	} else if ((value = after(line, SAYS_RECORD))) {
		take_finding(s, line, value);
	} else if ((value = after(line, SAYS_LEFT))) {
		take_left(s, value);
	} else {
		return false;
	}
	if (!s->result)
		emit(s, STREAM_STRAY, line, 0);
	return true;
}

static void take_hello(struct stream *s, const char *text)
{
	char *release;
	long version = strtol(text, &release, 10);

	if (version == CONTRACT_VERSION && *release == ' ')
		emit(s, STREAM_HELLO, release + 1, version);
	else
		emit(s, STREAM_FOREIGN, text, 0);
}

static bool take_answer(struct stream *s, const char *line)
{
	const char *value;

	if ((value = after(line, SAYS_HELLO))) {
		take_hello(s, value);
	} else if ((value = after(line, SAYS_SUITES))) {
		emit(s, STREAM_SUITES, value, number(value, 1L << 40, -1));
	} else if ((value = after(line, SAYS_SETUP))) {
		emit(s, STREAM_SETUP, text_get(&s->said), number(value, 1L << 31, -1));
		text_clear(&s->said);
	} else if (after(line, SAYS_BYE)) {
		emit(s, STREAM_BYE, NULL, 0);
	} else {
		return false;
	}
	return true;
}

static void take_start(struct stream *s, const char *line, const char *id)
{
	if (!s->expected || strcmp(id, s->expected) || s->started)
		emit(s, STREAM_STRAY, line, 0);
	else
		s->started = true;
}

/* "ENDING ID", the last line about a test. */
static void take_end(struct stream *s, const char *line, const char *rest)
{
	static const char *const endings[] = {ENDINGS(ENDING_WORD)};
	size_t len = strcspn(rest, " ");

	if (!s->expected || !s->started || rest[len] != ' ' || strcmp(rest + len + 1, s->expected)) {
		emit(s, STREAM_STRAY, line, 0);
		return;
	}

	struct stream_event event = {.kind = STREAM_RESULT, .result = take_result(s)};

	event.result->evidence.ending = (enum ending)place_of(endings, ENDING_COUNT, rest, len);
	if (!event.result->evidence.ending)
		garbled(event.result, line);
	s->sink(s->arg, &event);
}

static void take_line(struct stream *s, const char *line)
{
	const char *rest;

	if ((rest = after(line, SAYS_START)))
		take_start(s, line, rest);
	else if (take_test_line(s, line) || take_answer(s, line))
		return;
	else if ((rest = after(line, SAYS_END)))
		take_end(s, line, rest);
	else if (*line)
		take_diagnostic(s, "", after(line, "# ") ? line + 2 : line);
}

static void end_line(struct stream *s)
{
	struct text line = {0};

	if (s->len && s->line[s->len - 1] == '\r')
		s->len--;
	text_add_escaped(&line, s->line, s->len);
	s->len = 0;
	take_line(s, text_get(&line));
	text_free(&line);
}

static void spend(struct stream *s, size_t len)
{
	if (s->budget >= len) {
		s->budget -= len;
		return;
	}
	s->budget = 0;
	if (s->flooded)
		return;
	s->flooded = true;
	emit(s, STREAM_FLOODED, NULL, 0);
}

void stream_feed(struct stream *s, const char *data, size_t len)
{
	spend(s, len);
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n')
			end_line(s);
		else if (s->len < sizeof(s->line))
			s->line[s->len++] = data[i];
	}
}
