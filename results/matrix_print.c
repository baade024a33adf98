// SPDX-License-Identifier: GPL-2.0-only
/* The table of a matrix for a terminal: a column for each kernel, a row for each test, rows with the same cells together. */
#include <stdlib.h>
#include <string.h>

#include "results/matrix.h"
#include "results/term.h"
#include "results/text.h"

enum { NAME_WIDTH = 16, FOLD_TO = 3 };

#define NOT_PLANNED '-'
#define LACKING     '!' /* after the verdict: skipped, though the kernel should have it */

/* A test on all kernels: two characters a kernel, the verdict's and whether something is lacking. */
struct row {
	const char *id;
	char *cells;
	const struct outcome **outcomes;
};

struct grid {
	const struct matrix *m;
	FILE *out;
	bool colour;
	size_t *columns; /* runs that have results */
	char **heads;
	size_t width; /* how many columns */
	struct row *rows;
	size_t count;
};

static bool has_results(const struct run *run)
{
	return run->count > run->total[VERDICT_MISS];
}

static char verdict_cell(enum verdict v)
{
	return (char)('a' + v);
}

static enum verdict cell_verdict(char cell)
{
	return (enum verdict)(cell - 'a');
}

/* The last part of a name tells kernels apart most of the time; their numbers do when it does not. */
static void make_heads(struct grid *g)
{
	bool numbers = false;

	for (size_t i = 0; i < g->width; i++) {
		const char *name = g->m->names[g->columns[i]], *slash = strrchr(name, '/');

		g->heads[i] = xstrdup(slash && slash[1] ? slash + 1 : name);
		numbers |= strlen(g->heads[i]) > NAME_WIDTH;
		for (size_t j = 0; j < i; j++)
			numbers |= !strcmp(g->heads[i], g->heads[j]);
	}
	for (size_t i = 0; numbers && i < g->width; i++) {
		free(g->heads[i]);
		g->heads[i] = xprintf("[%zu]", g->columns[i] + 1);
	}
}

static void make_columns(struct grid *g)
{
	g->columns = xzalloc((g->m->count + 1) * sizeof(*g->columns));
	g->heads = xzalloc((g->m->count + 1) * sizeof(*g->heads));
	for (size_t i = 0; i < g->m->count; i++)
		if (has_results(&g->m->runs[i]))
			g->columns[g->width++] = i;
	make_heads(g);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->id, ((const struct row *)b)->id);
}

/* All ids of all kernels, once each. */
static void gather_ids(struct grid *g)
{
	size_t kept = 0, room = 0;

	for (size_t i = 0; i < g->width; i++)
		room += g->m->runs[g->columns[i]].count;
	g->rows = xzalloc((room + 1) * sizeof(*g->rows));
	for (size_t i = 0; i < g->width; i++) {
		const struct run *run = &g->m->runs[g->columns[i]];

		for (size_t j = 0; j < run->count; j++)
			g->rows[g->count++].id = run->tests[j].id;
	}
	if (!g->count)
		return;
	qsort(g->rows, g->count, sizeof(*g->rows), by_id);
	for (size_t i = 1; i < g->count; i++)
		if (strcmp(g->rows[kept].id, g->rows[i].id))
			g->rows[++kept].id = g->rows[i].id;
	g->count = kept + 1;
}

static void fill_column(struct grid *g, size_t column)
{
	const struct run *run = &g->m->runs[g->columns[column]];

	for (size_t i = 0; i < run->count; i++) {
		const struct outcome *o = &run->tests[i];
		struct row key = {.id = o->id};
		struct row *row = bsearch(&key, g->rows, g->count, sizeof(key), by_id);

		row->outcomes[column] = o;
		row->cells[2 * column] = verdict_cell(outcome_verdict(o));
		if (outcome_lacks(o, run))
			row->cells[2 * column + 1] = LACKING;
	}
}

static void fill(struct grid *g)
{
	for (size_t i = 0; i < g->count; i++) {
		g->rows[i].cells = xzalloc(2 * g->width + 1);
		g->rows[i].outcomes = xzalloc(g->width * sizeof(*g->rows[i].outcomes));
		for (size_t j = 0; j < g->width; j++) {
			g->rows[i].cells[2 * j] = NOT_PLANNED;
			g->rows[i].cells[2 * j + 1] = ' ';
		}
	}
	for (size_t i = 0; i < g->width; i++)
		fill_column(g, i);
}

static bool row_is_bad(const struct grid *g, const struct row *row)
{
	for (size_t i = 0; i < g->width; i++)
		if (row->cells[2 * i] != NOT_PLANNED && !verdict_is_good(cell_verdict(row->cells[2 * i])))
			return true;
	return false;
}

/* The one verdict of a row that is the same wherever it was planned, or -1. */
static int row_verdict(const struct grid *g, const struct row *row)
{
	int verdict = -1;

	for (size_t i = 0; i < g->width; i++) {
		if (row->cells[2 * i] == NOT_PLANNED)
			continue;
		if (verdict >= 0 && verdict != (int)cell_verdict(row->cells[2 * i]))
			return -1;
		verdict = (int)cell_verdict(row->cells[2 * i]);
	}
	return verdict;
}

static const char *colour_of(const struct grid *g, char cell)
{
	if (!g->colour || cell == NOT_PLANNED)
		return "";
	if (!verdict_is_good(cell_verdict(cell)))
		return "\033[31m";
	return cell_verdict(cell) == VERDICT_PASS ? "\033[32m" : "\033[33m";
}

/* Wide enough for its head and for every verdict. */
static int column_width(const struct grid *g, size_t column)
{
	int head = (int)strlen(g->heads[column]), widest = (int)strlen("timeout");

	return (head > widest ? head : widest) + 1;
}

static void print_heads(const struct grid *g)
{
	for (size_t i = 0; i < g->width; i++)
		fprintf(g->out, "%-*s", i + 1 < g->width ? column_width(g, i) : 0, g->heads[i]);
	fputs("\n", g->out);
}

static void print_cells(const struct grid *g, const struct row *row)
{
	for (size_t i = 0; i < g->width; i++) {
		char cell = row->cells[2 * i];
		const char *word = cell == NOT_PLANNED ? "-" : verdict_name(cell_verdict(cell));
		char *text = xprintf("%s%s", word, row->cells[2 * i + 1] == LACKING ? "!" : "");

		fprintf(g->out, "%s%-*s%s", colour_of(g, cell), column_width(g, i), text,
			*colour_of(g, cell) ? "\033[0m" : "");
		free(text);
	}
}

/* Rows that look like the one at `first`; a bad one is never folded away. */
static void print_group(const struct grid *g, size_t first, bool *done)
{
	const char *cells = g->rows[first].cells;
	size_t same = 0, shown = 0, most;
	int indent = 0;

	for (size_t i = first; i < g->count; i++)
		same += !strcmp(g->rows[i].cells, cells);
	most = row_is_bad(g, &g->rows[first]) || same == FOLD_TO + 1 ? same : FOLD_TO;
	for (size_t i = 0; i < g->width; i++)
		indent += column_width(g, i);
	for (size_t i = first; i < g->count; i++) {
		if (strcmp(g->rows[i].cells, cells))
			continue;
		done[i] = true;
		if (shown++ >= most)
			continue;
		if (i == first)
			print_cells(g, &g->rows[i]);
		else
			fprintf(g->out, "%*s", indent, "");
		fprintf(g->out, "%s\n", g->rows[i].id);
	}
	if (same > most)
		fprintf(g->out, "%*sand %zu more\n", indent, "", same - most);
}

static void print_groups(const struct grid *g, bool bad, bool *done, bool *headed)
{
	for (size_t i = 0; i < g->count; i++) {
		if (done[i] || row_is_bad(g, &g->rows[i]) != bad)
			continue;
		if (!*headed)
			print_heads(g);
		*headed = true;
		print_group(g, i, done);
	}
}

/* What is the same everywhere needs no rows, unless it is bad. */
static void print_same(const struct grid *g, bool *done)
{
	size_t total[VERDICTS] = {0};
	const char *separator = "";

	for (size_t i = 0; i < g->count; i++) {
		int v = row_verdict(g, &g->rows[i]);

		if (v < 0 || !verdict_is_good((enum verdict)v) || strchr(g->rows[i].cells, LACKING))
			continue;
		done[i] = true;
		total[v]++;
	}
	for (int v = 0; v < VERDICTS; v++) {
		if (!total[v])
			continue;
		if (!*separator)
			fputs("the same on every kernel: ", g->out);
		fprintf(g->out, "%s%zu %s", separator, total[v], verdict_name((enum verdict)v));
		separator = ", ";
	}
	if (*separator)
		fputs("\n", g->out);
}

static const char *reason_of(const struct outcome *o)
{
	return o->result && o->result->message ? o->result->message : "no reason given";
}

/* One kernel's tests that lack the same thing. */
static void print_lack(const struct grid *g, size_t column, size_t first, bool *told)
{
	const struct outcome *o = g->rows[first].outcomes[column];
	size_t same = 0;

	for (size_t i = first; i < g->count; i++) {
		const struct outcome *other = g->rows[i].outcomes[column];

		if (g->rows[i].cells[2 * column + 1] != LACKING || strcmp(reason_of(o), reason_of(other)))
			continue;
		told[i] = true;
		same++;
	}
	fprintf(g->out, "%s lacks what kernels have since %s: %s (%s", g->heads[column], o->since,
		reason_of(o), o->id);
	if (same > 1)
		fprintf(g->out, " and %zu more", same - 1);
	fputs(")\n", g->out);
}

static void print_lacks(const struct grid *g)
{
	bool *told = xzalloc(g->count + 1);

	for (size_t column = 0; column < g->width; column++) {
		memset(told, 0, g->count + 1);
		for (size_t i = 0; i < g->count; i++)
			if (!told[i] && g->rows[i].cells[2 * column + 1] == LACKING)
				print_lack(g, column, i, told);
	}
	free(told);
}

/* Why a run did not come to its end, or NULL. */
static const char *trouble_of(const struct run *run)
{
	const char *how = json_string_value(json_object_get(run->end, "how"));
	const char *fault = json_string_value(json_object_get(run->end, "fault"));

	if (!how)
		return "nscheck was killed";
	if (!strcmp(how, "finished"))
		return NULL;
	return fault ? fault : how;
}

static void print_totals(const struct grid *g)
{
	size_t widest = 0;

	for (size_t i = 0; i < g->m->count; i++)
		if (strlen(g->m->names[i]) > widest)
			widest = strlen(g->m->names[i]);
	for (size_t i = 0; i < g->m->count; i++) {
		const struct run *run = &g->m->runs[i];
		const char *trouble = trouble_of(run);

		fprintf(g->out, "[%zu] %-*s  ", i + 1, (int)widest, g->m->names[i]);
		if (!has_results(run)) {
			fprintf(g->out, "not run: %s\n", trouble ? trouble : "no test came to an end");
			continue;
		}
		term_totals(g->out, run);
		fprintf(g->out, "%s%s\n", trouble ? "; cut short: " : "", trouble ? trouble : "");
	}
}

void matrix_print(const struct matrix *m, const char *dir, bool colour, FILE *out)
{
	struct grid g = {.m = m, .out = out, .colour = colour};
	bool *done, headed = false;

	make_columns(&g);
	gather_ids(&g);
	fill(&g);
	done = xzalloc(g.count + 1);
	fputs("\n", out);
	print_same(&g, done);
	print_groups(&g, false, done, &headed);
	print_groups(&g, true, done, &headed);
	print_lacks(&g);
	print_totals(&g);
	fprintf(out, "results: %s\n", dir);
	fflush(out);
	free(done);
	for (size_t i = 0; i < g.count; i++) {
		free(g.rows[i].cells);
		free(g.rows[i].outcomes);
	}
	for (size_t i = 0; i < g.width; i++)
		free(g.heads[i]);
	free(g.heads);
	free(g.columns);
	free(g.rows);
}
