// SPDX-License-Identifier: GPL-2.0-only
/*
 * results.md: for the summary page of a CI (GITHUB_STEP_SUMMARY) or a merge request. What failed comes first, each
 * message in one code span, where neither markup nor names of people mean anything.
 */
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "results/report.h"
#include "runner/base/text.h"

/* A summary of GitHub may have 1 MiB; nobody reads as much. */
enum { MESSAGE_MAX = 300, ROWS_MAX = 200, IDS_MAX = 10 };

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

static void put_totals(FILE *out, const struct grid *g)
{
	fputs("| kernel | release |", out);
	for (int i = 0; i < GROUPS; i++)
		fprintf(out, " %s |", group_word((enum group)i));
	fputs(" time |\n|---|---|--:|--:|--:|--:|--:|--:|\n", out);
	for (size_t i = 0; i < g->count; i++) {
		const struct run *run = g->runs[i];

		fputs("| ", out);
		put_code(out, g->names[i]);
		fputs(" | ", out);
		put_code(out, fact_text(run->facts.kernel.release));
		fputs(" |", out);
		for (int j = 0; j < GROUPS; j++)
			fprintf(out, " %zu |", run_group(run, (enum group)j));
		fprintf(out, " %.1f s |\n", (double)run_took(run) / 1000);
	}
}

static void put_broken(FILE *out, const struct grid *g)
{
	for (size_t i = 0; i < g->count; i++) {
		const char *trouble = run_trouble(g->runs[i]);

		if (trouble) {
			fputs("\n**Not finished:** ", out);
			put_code(out, g->names[i]);
			fputs(": ", out);
			put_code(out, trouble);
			fputc('\n', out);
		}
	}
}

static const char *message_of(const struct outcome *o)
{
	return o->result && o->result->message ? o->result->message : "";
}

static void put_kernels(FILE *out, const struct grid *g, const struct row *row, const struct outcome *o)
{
	const char *separator = "";

	for (size_t i = 0; i < g->count; i++) {
		if (!outcome_is_same(row->cells[i], o))
			continue;
		fputs(separator, out);
		put_code(out, g->names[i]);
		separator = ", ";
	}
	fputs(" | ", out);
}

static void put_row(FILE *out, const struct grid *g, const struct row *row, const struct outcome *o)
{
	const struct result *r = o->result;
	const char *file = r && r->file ? r->file : o->file;

	fprintf(out, "| %s | ", verdict_name(outcome_verdict(o)));
	put_code(out, o->id);
	fputs(" | ", out);
	if (g->count > 1)
		put_kernels(out, g, row, o);
	put_code(out, message_of(o));
	fputs(" | ", out);
	if (file) {
		char *at = mem_printf("%s:%d", file, r && r->file ? r->line : o->line);

		put_code(out, at);
		free(at);
	}
	fputs(" |\n", out);
}

/* What asks for attention and was decided, or was not, after so many that were shown already. */
static size_t put_rows(FILE *out, const struct grid *g, bool open, size_t shown)
{
	for (size_t i = 0; i < g->row_count; i++)
		for (size_t j = 0; j < g->count; j++) {
			const struct outcome *o = g->rows[i].cells[j];

			if (outcome_is_bad(o) && (verdict_group(outcome_verdict(o)) == GROUP_OPEN) == open &&
			    !row_was_told(&g->rows[i], j) && shown++ < ROWS_MAX)
				put_row(out, g, &g->rows[i], o);
		}
	return shown;
}

static const char *word_of(const struct row *row, size_t run)
{
	return row->cells[run] ? verdict_name(outcome_verdict(row->cells[run])) : "-";
}

static bool is_alike(const struct grid *g, const struct row *a, const struct row *b)
{
	for (size_t i = 0; i < g->count; i++)
		if (strcmp(word_of(a, i), word_of(b, i)) != 0)
			return false;
	return true;
}

static void put_kernel_heads(FILE *out, const struct grid *g)
{
	fputs("\nWhat differs:\n\n| ", out);
	for (size_t i = 0; i < g->count; i++) {
		if (!run_has_results(g->runs[i]))
			continue;
		put_code(out, g->names[i]);
		fputs(" | ", out);
	}
	fputs("behaviours |\n|", out);
	for (size_t i = 0; i < g->count; i++)
		fputs(run_has_results(g->runs[i]) ? "---|" : "", out);
	fputs("---|\n", out);
}

/* How many behaviours have which verdict wherever they were planned. */
static void put_same(FILE *out, const struct grid *g)
{
	size_t total[VERDICTS] = {0};
	const char *separator = " ";

	for (size_t i = 0; i < g->row_count; i++)
		for (size_t j = 0; j < g->count && !g->rows[i].differs; j++) {
			if (!g->rows[i].cells[j])
				continue;
			total[outcome_verdict(g->rows[i].cells[j])]++;
			break;
		}
	fprintf(out, "\nThe same on every %s:", grid_column(g));
	for (int v = 0; v < VERDICTS; v++) {
		if (!total[v])
			continue;
		fprintf(out, "%s%zu %s", separator, total[v], verdict_name((enum verdict)v));
		separator = ", ";
	}
	fputs(*separator == ' ' ? " nothing.\n" : ".\n", out);
}

/* The behaviours from `first` on that look like it, in one line. */
static void put_alike(FILE *out, const struct grid *g, size_t first, bool *told)
{
	size_t shown = 0;

	fputs("| ", out);
	for (size_t i = 0; i < g->count; i++)
		if (run_has_results(g->runs[i]))
			fprintf(out, "%s | ", word_of(&g->rows[first], i));
	for (size_t i = first; i < g->row_count; i++) {
		if (told[i] || !g->rows[i].differs || !is_alike(g, &g->rows[first], &g->rows[i]))
			continue;
		told[i] = true;
		if (shown++ >= IDS_MAX)
			continue;
		fputs(shown > 1 ? ", " : "", out);
		put_code(out, g->rows[i].id);
	}
	if (shown > IDS_MAX)
		fprintf(out, " and %zu more", shown - IDS_MAX);
	fputs(" |\n", out);
}

static void put_differences(FILE *out, const struct grid *g)
{
	bool *told = mem_zalloc(g->row_count + 1);
	size_t lines = 0;

	put_same(out, g);
	for (size_t i = 0; i < g->row_count; i++) {
		if (told[i] || !g->rows[i].differs || lines++ >= ROWS_MAX)
			continue;
		if (lines == 1)
			put_kernel_heads(out, g);
		put_alike(out, g, i, told);
	}
	if (lines > ROWS_MAX)
		fputs("\nand more\n", out);
	free(told);
}

static bool any_bad(const struct grid *g)
{
	for (size_t i = 0; i < g->row_count; i++)
		if (g->rows[i].bad)
			return true;
	return false;
}

static int report(const struct grid *g, FILE *out)
{
	char *headline = grid_headline(g);

	fprintf(out, "## nscheck: %s\n", headline);
	free(headline);
	put_broken(out, g);
	if (any_bad(g)) {
		fputs(g->count > 1
			      ? "\n| verdict | behaviour | kernel | why | where |\n|---|---|---|---|---|\n"
			      : "\n| verdict | behaviour | why | where |\n|---|---|---|---|\n",
		      out);
		size_t shown = put_rows(out, g, true, put_rows(out, g, false, 0));
		if (shown > ROWS_MAX)
			fprintf(out, "\nand %zu more\n", shown - ROWS_MAX);
	}
	if (g->count > 1 && g->row_count)
		put_differences(out, g);
	fputc('\n', out);
	put_totals(out, g);
	return ferror(out) ? -1 : 0;
}

const struct reporter reporter_markdown = {.file = "results.md", .of_grid = report};
