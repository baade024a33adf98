// SPDX-License-Identifier: GPL-2.0-only
/*
 * results.md: for the summary page of a CI (GITHUB_STEP_SUMMARY) or a merge request. What failed comes first, each
 * message in one code span, where neither markup nor names of people mean anything.
 */
#include <stdlib.h>
#include <string.h>

#include "results/grid.h"
#include "results/text.h"

/* A summary of GitHub may have 1 MiB; nobody reads as much. */
enum { MESSAGE_MAX = 300, ROWS_MAX = 200 };

static bool is_bad(const struct outcome *o)
{
	return o && !verdict_is_good(outcome_verdict(o));
}

static size_t longest_run_of_backticks(const char *s, size_t len)
{
	size_t longest = 0, now = 0;

	for (size_t i = 0; i < len; i++) {
		now = s[i] == '`' ? now + 1 : 0;
		longest = now > longest ? now : longest;
	}
	return longest;
}

static void put_times(FILE *out, char c, size_t n)
{
	while (n--)
		fputc(c, out);
}

/* A code span in a cell of a table; whatever could end either of them does not. */
static void put_code(FILE *out, const char *text)
{
	size_t len = strlen(text), kept = len > MESSAGE_MAX ? MESSAGE_MAX : len;
	size_t fence = longest_run_of_backticks(text, kept) + 1;

	if (!len)
		return;
	put_times(out, '`', fence);
	fputs(fence > 1 ? " " : "", out);
	for (size_t i = 0; i < kept; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '|')
			fputs("\\|", out);
		else
			fputc(c < 0x20 || c >= 0x7f ? ' ' : c, out);
	}
	fputs(kept < len ? "..." : "", out);
	fputs(fence > 1 ? " " : "", out);
	put_times(out, '`', fence);
}

static size_t bad_of(const struct run *run)
{
	size_t bad = 0;

	for (size_t i = 0; i < run->count; i++)
		bad += is_bad(&run->tests[i]);
	return bad;
}

static void put_title(FILE *out, const struct grid *g)
{
	size_t bad = 0, rows = 0, broken = 0;
	char *why;

	for (size_t i = 0; i < g->row_count; i++) {
		bool any = false;

		for (size_t j = 0; j < g->count; j++)
			any |= is_bad(g->rows[i].cells[j]);
		rows += any;
	}
	for (size_t i = 0; i < g->count; i++) {
		bad += bad_of(g->runs[i]);
		broken += !run_is_whole(g->runs[i], &why);
		free(why);
	}
	fputs("## nscheck: ", out);
	if (bad)
		fprintf(out, "%zu of %zu behaviours ask%s for attention\n", rows, g->row_count,
			rows == 1 ? "s" : "");
	else if (broken)
		fprintf(out, "%zu run%s not finished\n", broken, broken == 1 ? "" : "s");
	else
		fprintf(out, "%zu behaviours, all as expected\n", g->row_count);
}

static size_t total(const struct run *run, const enum verdict *verdicts, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += run->total[verdicts[i]];
	return n;
}

static void put_totals(FILE *out, const struct grid *g)
{
	static const enum verdict failed[] = {VERDICT_FAIL,  VERDICT_TIMEOUT, VERDICT_CRASH,
					      VERDICT_SPLAT, VERDICT_LEAK,    VERDICT_XPASS};
	static const enum verdict open[] = {VERDICT_ERROR, VERDICT_MISS};

	fputs("| kernel | release | passed | failed | not decided | known | skipped | time |\n"
	      "|---|---|--:|--:|--:|--:|--:|--:|\n",
	      out);
	for (size_t i = 0; i < g->count; i++) {
		const struct run *run = g->runs[i];
		const char *release =
			json_string_value(json_object_get(json_object_get(run->facts, "kernel"), "release"));

		fputs("| ", out);
		put_code(out, g->names[i]);
		fputs(" | ", out);
		put_code(out, release ? release : "");
		fprintf(out, " | %zu | %zu | %zu | %zu | %zu | %.1f s |\n", run->total[VERDICT_PASS],
			total(run, failed, sizeof(failed) / sizeof(*failed)),
			total(run, open, sizeof(open) / sizeof(*open)), run->total[VERDICT_XFAIL],
			run->total[VERDICT_SKIP], (double)run_took(run) / 1000);
	}
}

static void put_broken(FILE *out, const struct grid *g)
{
	for (size_t i = 0; i < g->count; i++) {
		char *why;

		if (!run_is_whole(g->runs[i], &why)) {
			fputs("\n**Not finished:** ", out);
			put_code(out, g->names[i]);
			fputs(": ", out);
			put_code(out, why);
			fputc('\n', out);
		}
		free(why);
	}
}

static void put_row(FILE *out, const char *kernel, const struct outcome *o)
{
	const struct result *r = o->result;
	const char *file = r && r->file ? r->file : o->file;

	fprintf(out, "| %s | ", verdict_name(outcome_verdict(o)));
	put_code(out, o->id);
	fputs(" | ", out);
	put_code(out, kernel);
	fputs(" | ", out);
	put_code(out, r && r->message ? r->message : "");
	fputs(" | ", out);
	if (file) {
		char *at = xprintf("%s:%d", file, r && r->file ? r->line : o->line);

		put_code(out, at);
		free(at);
	}
	fputs(" |\n", out);
}

/* Verdicts on the kernel, or with `open` those that are none: errors and what never ran. */
static size_t put_rows(FILE *out, const struct grid *g, bool open, size_t shown)
{
	for (size_t i = 0; i < g->row_count; i++)
		for (size_t j = 0; j < g->count; j++) {
			const struct outcome *o = g->rows[i].cells[j];
			enum verdict v = o ? outcome_verdict(o) : VERDICT_PASS;

			if (!is_bad(o) || (v == VERDICT_ERROR || v == VERDICT_MISS) != open)
				continue;
			if (shown++ < ROWS_MAX)
				put_row(out, g->names[j], o);
		}
	return shown;
}

int report_markdown(const struct grid *g, FILE *out)
{
	size_t bad = 0;

	for (size_t i = 0; i < g->count; i++)
		bad += bad_of(g->runs[i]);
	put_title(out, g);
	put_broken(out, g);
	if (bad) {
		fputs("\n| verdict | behaviour | kernel | why | where |\n|---|---|---|---|---|\n", out);
		put_rows(out, g, true, put_rows(out, g, false, 0));
		if (bad > ROWS_MAX)
			fprintf(out, "\nand %zu more\n", bad - ROWS_MAX);
	}
	fputc('\n', out);
	put_totals(out, g);
	return ferror(out) ? -1 : 0;
}
