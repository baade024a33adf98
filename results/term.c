// SPDX-License-Identifier: GPL-2.0-only
#include "results/term.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/grid.h"
#include "results/matrix.h"
#include "runner/base/text.h"

enum { KERNEL_LINES = 5, NAMES_SHOWN = 3, STATUS_WIDTH = 78 };

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
			   .planned = planned};
}

/* The line that changes has to go before anything else is printed. */
static void wipe(struct term *t)
{
	if (t->drawn)
		fputs("\r\033[K", t->out);
	t->drawn = false;
}

void term_status(struct term *t, const char *text)
{
	if (!t->live || t->quiet)
		return;
	wipe(t);
	char *line =
		mem_printf("[%zu/%zu] %s: %s%s", t->done, t->planned, t->kernel, text, t->bad ? ", " : "");
	fprintf(t->out, "%.*s", STATUS_WIDTH - 12, line);
	if (t->bad)
		fprintf(t->out, "%s%zu bad%s", t->colour ? RED : "", t->bad, t->colour ? PLAIN : "");
	free(line);
	fflush(t->out);
	t->drawn = true;
}

void term_note(struct term *t, const char *text)
{
	wipe(t);
	fprintf(t->out, "note: %s\n", text);
	fflush(t->out);
}

static const char *paint(const struct term *t, const char *colour)
{
	return t->colour ? colour : "";
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

	fprintf(t->out, "[%zu/%zu] %s%-7s%s %s (%.2f s)%s%s%s\n", t->done, t->planned, paint(t, colour),
		word(t, r), paint(t, PLAIN), r->id, (double)r->duration_ms / 1000,
		r->again ? " again, alone and cold" : "", reason ? ": " : "", reason ? reason : "");
}

/* The kernel's lines that say most: from the first complaint on, or the last ones. */
static void print_kernel(struct term *t, const char *log, const char *message)
{
	const char *line = message ? strstr(log, message) : NULL;

	if (line) {
		while (line > log && line[-1] != '\n')
			line--;
	} else {
		line = log + strlen(log);
		for (int i = 0; i <= KERNEL_LINES && line > log; i++) {
			line--;
			while (line > log && line[-1] != '\n')
				line--;
		}
	}
	for (int i = 0; i < KERNEL_LINES && *line; i++) {
		size_t len = strcspn(line, "\n");

		fprintf(t->out, "    kernel: %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static void print_detail(struct term *t, const struct result *r)
{
	fputs("    ", t->out);
	if (r->file)
		fprintf(t->out, "%s:%d: ", r->file, r->line);
	if (r->role && !(r->message && strstr(r->message, r->role)))
		fprintf(t->out, "in '%s': ", r->role);
	fprintf(t->out, "%s\n", r->message ? r->message : "no message");
	if (r->kernel_log && r->verdict != VERDICT_FAIL)
		print_kernel(t, r->kernel_log, r->message);
	fprintf(t->out, "    again: %s %s\n", t->command, r->id);
}

void term_result(struct term *t, const struct result *r)
{
	bool bad = is_bad(t, r);

	if (!r->again)
		t->done++;
	t->bad += bad && !r->again;
	if (!bad && (t->quiet || (t->live && r->verdict != VERDICT_XFAIL)))
		return;
	wipe(t);
	print_line(t, r);
	if (bad && !r->again)
		print_detail(t, r);
	fflush(t->out);
}

void term_verdict(struct term *t, const struct result *r, const char *why)
{
	bool known = r->verdict == VERDICT_XFAIL;

	t->bad -= known && t->bad;
	t->bad += r->verdict == VERDICT_SPLAT;
	if (known && t->quiet)
		return;
	wipe(t);
	fprintf(t->out, "[%zu/%zu] %s%-7s%s %s: %s%s%s\n", t->done, t->planned,
		paint(t, known ? YELLOW : RED), verdict_name(r->verdict), paint(t, PLAIN), r->id, why,
		known ? ": " : "", known ? r->known_reason : "");
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
		{VERDICT_PASS, "passed", true},     {VERDICT_FAIL, "failed", true},
		{VERDICT_SKIP, "skipped", true},    {VERDICT_TIMEOUT, "timed out", false},
		{VERDICT_CRASH, "crashed", false},  {VERDICT_SPLAT, "splats", false},
		{VERDICT_LEAK, "leaks", false},     {VERDICT_ERROR, "errors", false},
		{VERDICT_MISS, "never run", false}, {VERDICT_XFAIL, "xfail", false},
		{VERDICT_XPASS, "xpass", false},    {VERDICT_FLAKY, "flaky", false},
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
