// SPDX-License-Identifier: GPL-2.0-only
#include "results/term.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/matrix.h"
#include "results/trace.h"
#include "runner/base/text.h"

enum { NAMES_SHOWN = 3, USUAL_WIDTH = 80 };

#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

void term_begin(struct term *t, FILE *out, const char *kernel, const char *command, size_t planned)
{
	const char *type = getenv("TERM");
	bool tty = isatty(fileno(out)) && type && *type && strcmp(type, "dumb");

	*t = (struct term){.out = out,
			   .live = tty,
			   .colour = tty && !is_set("NO_COLOR"),
			   .kernel = kernel,
			   .command = command,
			   .progress = {.planned = planned,
					.kernel = kernel,
					.passed_word = "passed",
					.failed_word = "failed"}};
}

/* One less than the terminal has: some begin a new line when the last column is written. */
static size_t width(const struct term *t)
{
	struct winsize size;
	unsigned int columns = ioctl(fileno(t->out), TIOCGWINSZ, &size) ? 0 : size.ws_col;

	return (columns > 1 ? columns : USUAL_WIDTH) - 1;
}

static int64_t now_ms(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

/* The line that changes has to go before anything else is printed. */
static void wipe(struct term *t)
{
	if (t->drawn)
		fputs("\r\033[K", t->out);
	t->drawn = false;
}

static const char *paint(const struct term *t, const char *colour)
{
	return t->colour ? colour : "";
}

static void draw(struct term *t)
{
	char *line;

	if (!t->live || t->quiet)
		return;
	wipe(t);
	line = progress_line(&t->progress, t->status, width(t), now_ms(), paint(t, RED), paint(t, PLAIN));
	fputs(line, t->out);
	free(line);
	fflush(t->out);
	t->drawn = true;
}

void term_status(struct term *t, const char *text)
{
	snprintf(t->status, sizeof(t->status), "%s", text);
	draw(t);
}

void term_test(struct term *t, const char *id)
{
	progress_begin(&t->progress, now_ms());
	term_status(t, id);
}

void term_resized(struct term *t)
{
	if (t->drawn)
		draw(t);
}

void term_note(struct term *t, const char *text)
{
	wipe(t);
	fprintf(t->out, "note: %s\n", text);
	fflush(t->out);
}

static bool is_bad(const struct term *t, const struct result *r)
{
	if (t->sabotage)
		return r->verdict == VERDICT_PASS;
	return !verdict_is_good(r->verdict);
}

static const char *word(const struct term *t, const struct result *r)
{
	if (t->sabotage && r->verdict == VERDICT_PASS)
		return "SURVIVED";
	if (t->sabotage && r->verdict != VERDICT_SKIP)
		return "caught";
	return verdict_name(r->verdict);
}

static void print_line(struct term *t, const struct result *r)
{
	const char *colour = is_bad(t, r) ? RED : r->verdict == VERDICT_PASS ? GREEN : YELLOW;
	const char *reason = r->verdict == VERDICT_SKIP ? r->message : NULL;

	if (r->verdict == VERDICT_XFAIL)
		reason = r->known_reason;

	fprintf(t->out, "[%zu/%zu] %s%-7s%s %s (%.2f s)%s%s%s\n", t->progress.done, t->progress.planned,
		paint(t, colour), word(t, r), paint(t, PLAIN), r->id, (double)r->duration_ms / 1000,
		r->again ? " again, alone and cold" : "", reason ? ": " : "", reason ? reason : "");
}

static void put_lines(FILE *out, const char *before, const char *lines)
{
	while (*lines) {
		size_t len = strcspn(lines, "\n");

		fprintf(out, "    %s%.*s\n", before, (int)len, lines);
		lines += len + (lines[len] == '\n');
	}
}

/* What the kernel said: all of it, or what says most. */
static void print_kernel(const struct term *t, const struct result *r)
{
	char *brief;

	if (!r->kernel_log)
		return;
	if (t->verbose) {
		put_lines(t->out, "kernel: ", r->kernel_log);
	} else if (r->verdict != VERDICT_FAIL && r->verdict != VERDICT_LOST) {
		brief = trace_brief(r->kernel_log, r->message);
		put_lines(t->out, "kernel: ", brief);
		free(brief);
	}
}

/* A source file's name with which it can be opened from here; as it is where there are no sources. To free. */
static char *place(const struct term *t, const char *file)
{
	char *path = mem_printf("%s/%s", t->sources ? t->sources : ".", file), *here = getcwd(NULL, 0);
	size_t len = here ? strlen(here) : 0;
	const char *shown = path;

	if (!t->sources || access(path, R_OK))
		shown = file;
	else if (len && !strncmp(path, here, len) && path[len] == '/')
		shown = path + len + 1;
	char *copy = mem_strdup(shown);
	free(here);
	free(path);
	return copy;
}

/* FILE:LINE: at the start of a line is what editors look for. */
static void print_why(const struct term *t, const struct result *r, const struct term_test *test)
{
	const char *file = r->file ? r->file : test->file;
	char *at = file ? place(t, file) : NULL;

	if (at)
		fprintf(t->out, "%s:%d: ", at, r->file ? r->line : test->line);
	if (r->role && !(r->message && strstr(r->message, r->role)))
		fprintf(t->out, "in '%s': ", r->role);
	fprintf(t->out, "%s\n", r->message ? r->message : "no message");
	free(at);
}

/* What the test said, and the kernel. */
static void print_said(const struct term *t, const struct result *r)
{
	if (t->verbose && r->diagnostics)
		put_lines(t->out, "", r->diagnostics);
	print_kernel(t, r);
}

static void print_detail(const struct term *t, const struct result *r, const struct term_test *test)
{
	print_why(t, r, test);
	print_said(t, r);
	fprintf(t->out, "    again: %s %s\n", t->command, r->id);
}

static void count(struct term *t, const struct result *r, const struct term_test *test)
{
	bool bad = is_bad(t, r);

	t->progress.done++;
	t->progress.failed += bad;
	t->progress.passed += !bad && (t->sabotage ? r->verdict != VERDICT_SKIP : r->verdict == VERDICT_PASS);
	progress_over(&t->progress, test->expected_ms);
}

void term_result(struct term *t, const struct result *r, const struct term_test *test)
{
	bool bad = is_bad(t, r);

	if (!r->again)
		count(t, r, test);
	if (!bad && (t->quiet || (t->live && !t->verbose && r->verdict != VERDICT_XFAIL)))
		return;
	wipe(t);
	print_line(t, r);
	if (bad && !r->again)
		print_detail(t, r, test);
	else if (t->verbose)
		print_said(t, r);
	fflush(t->out);
}

void term_verdict(struct term *t, const struct result *r, const char *why)
{
	bool known = r->verdict == VERDICT_XFAIL;

	t->progress.failed -= known && t->progress.failed;
	if (known && t->quiet)
		return;
	wipe(t);
	fprintf(t->out, "[%zu/%zu] %s%-7s%s %s: %s%s%s\n", t->progress.done, t->progress.planned,
		paint(t, known ? YELLOW : RED), verdict_name(r->verdict), paint(t, PLAIN), r->id, why,
		known ? ": " : "", known ? r->known_reason : "");
	fflush(t->out);
}

void term_late(struct term *t, const struct result *r, const struct term_test *test)
{
	if (r->verdict != VERDICT_SPLAT) {
		term_verdict(t, r, r->message);
		return;
	}
	t->progress.failed++;
	t->progress.passed -= t->progress.passed > 0; /* as which it was counted, most likely */
	wipe(t);
	fprintf(t->out, "[%zu/%zu] %ssplat%s   %s\n", t->progress.done, t->progress.planned, paint(t, RED),
		paint(t, PLAIN), r->id);
	print_detail(t, r, test);
	fflush(t->out);
}

/* Skips with the same reason, told once. */
static void print_skips(struct term *t, const struct run *run)
{
	bool *told = mem_zalloc(run->count * sizeof(*told));

	for (size_t i = 0; i < run->count; i++) {
		const struct result *r = run->tests[i].result;
		size_t same = 0;
		struct text names = {0};

		if (told[i] || !r || r->verdict != VERDICT_SKIP)
			continue;
		const char *reason = r->message ? r->message : "no reason given";
		for (size_t j = i; j < run->count; j++) {
			const struct result *s = run->tests[j].result;

			if (!s || s->verdict != VERDICT_SKIP ||
			    strcmp(s->message ? s->message : "no reason given", reason))
				continue;
			told[j] = true;
			if (same++ < NAMES_SHOWN)
				text_printf(&names, "%s%s", same > 1 ? ", " : "", s->id);
		}
		fprintf(t->out, "skipped %zu: %s (%s%s)\n", same, reason, text_get(&names),
			same > NAMES_SHOWN ? ", ..." : "");
		text_free(&names);
	}
	free(told);
}

void term_totals(FILE *out, const struct run *run)
{
	static const struct {
		enum verdict verdict;
		const char *word;
		bool always;
	} words[] = {
		{VERDICT_PASS, "passed", true},    {VERDICT_FAIL, "failed", true},
		{VERDICT_SKIP, "skipped", true},   {VERDICT_TIMEOUT, "timed out", false},
		{VERDICT_CRASH, "crashed", false}, {VERDICT_SPLAT, "splats", false},
		{VERDICT_LEAK, "leaks", false},    {VERDICT_ERROR, "errors", false},
		{VERDICT_MISS, "miss", false},     {VERDICT_XFAIL, "xfail", false},
		{VERDICT_XPASS, "xpass", false},   {VERDICT_FLAKY, "flaky", false},
		{VERDICT_LOST, "lost", false},
	};
	const char *separator = "";

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!words[i].always && !run->total[words[i].verdict])
			continue;
		fprintf(out, "%s%zu %s", separator, run->total[words[i].verdict], words[i].word);
		separator = ", ";
	}
}

void term_summary(struct term *t, const struct run *run, const char *dir, double seconds)
{
	wipe(t);
	if (!t->quiet)
		print_skips(t, run);
	char *runtime = run_runtime(run);

	fprintf(t->out, "%s%s%s: ", t->kernel, *runtime ? ", " : "", runtime);
	free(runtime);
	term_totals(t->out, run);
	fprintf(t->out, " in %.1f s\nresults: %s\n", seconds, dir);
	fflush(t->out);
}

void term_sabotage(struct term *t, const struct run *run)
{
	size_t caught = 0, tried = 0;

	for (size_t i = 0; i < run->count; i++) {
		enum verdict v = outcome_verdict(&run->tests[i]);

		tried += v != VERDICT_SKIP && v != VERDICT_MISS;
		caught += v != VERDICT_SKIP && v != VERDICT_MISS && v != VERDICT_PASS;
	}
	fprintf(t->out, "sabotage: %zu of %zu caught\n", caught, tried);
	for (size_t i = 0; i < run->count; i++)
		if (outcome_verdict(&run->tests[i]) == VERDICT_PASS)
			fprintf(t->out, "survivor: %s\n", run->tests[i].id);
	fflush(t->out);
}
