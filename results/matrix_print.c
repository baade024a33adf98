// SPDX-License-Identifier: GPL-2.0-only
/* The table of a matrix for a terminal: a column for each kernel, a row for each test, rows with the same cells together. */
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "results/grid.h"
#include "results/matrix.h"
#include "results/term.h"
#include "runner/base/text.h"

enum { NAME_WIDTH = 16, FOLD_TO = 3 };

#define NOT_PLANNED '-'

struct table {
	const struct matrix *m;
	const struct grid *grid;
	FILE *out;
	bool colour;
	size_t *columns; /* runs that have results */
	char **heads;
	size_t width; /* how many columns */
	char **cells; /* of each row of the grid: two characters a column, the verdict's and whether something is lacking */
};

static char verdict_cell(enum verdict v)
{
	return (char)('a' + v);
}

static enum verdict cell_verdict(char cell)
{
	return (enum verdict)(cell - 'a');
}

/* The last part of a name tells kernels apart most of the time; their numbers do when it does not. */
static void make_heads(struct table *t)
{
	bool numbers = false;

	for (size_t i = 0; i < t->width; i++) {
		const char *name = t->m->facts.runs[t->columns[i]].name;
		size_t len = strcspn(name, ":"); /* then come the kernel's configuration and modules */
		const char *slash = memrchr(name, '/', len);

		t->heads[i] = mem_strdup(slash && slash[1] ? slash + 1 : name);
		numbers |= strlen(t->heads[i]) > NAME_WIDTH;
		for (size_t j = 0; j < i; j++)
			numbers |= !strcmp(t->heads[i], t->heads[j]);
	}
	for (size_t i = 0; numbers && i < t->width; i++) {
		free(t->heads[i]);
		t->heads[i] = mem_printf("[%zu]", t->columns[i] + 1);
	}
}

static void make_columns(struct table *t)
{
	t->columns = mem_zalloc((t->m->count + 1) * sizeof(*t->columns));
	t->heads = mem_zalloc((t->m->count + 1) * sizeof(*t->heads));
	for (size_t i = 0; i < t->m->count; i++)
		if (run_has_results(&t->m->runs[i]))
			t->columns[t->width++] = i;
	make_heads(t);
}

static char *make_cells(const struct table *t, const struct row *row)
{
	char *cells = mem_zalloc(t->width + 1);

	for (size_t i = 0; i < t->width; i++) {
		const struct outcome *o = row->cells[t->columns[i]];

		cells[i] = o ? verdict_cell(outcome_verdict(o)) : NOT_PLANNED;
	}
	return cells;
}

/* The one verdict of a row that is the same wherever it was planned, or -1. */
static int row_verdict(const struct table *t, const struct row *row)
{
	for (size_t i = 0; i < t->grid->count && !row->differs; i++)
		if (row->cells[i])
			return (int)outcome_verdict(row->cells[i]);
	return -1;
}

static const char *colour_of(const struct table *t, char cell)
{
	if (!t->colour || cell == NOT_PLANNED)
		return "";
	if (!verdict_is_good(cell_verdict(cell)))
		return "\033[31m";
	return cell_verdict(cell) == VERDICT_PASS ? "\033[32m" : "\033[33m";
}

/* Wide enough for its head and for every verdict. */
static int column_width(const struct table *t, size_t column)
{
	int head = (int)strlen(t->heads[column]), widest = (int)strlen("timeout");

	return (head > widest ? head : widest) + 1;
}

static void print_heads(const struct table *t)
{
	for (size_t i = 0; i < t->width; i++)
		fprintf(t->out, "%-*s", i + 1 < t->width ? column_width(t, i) : 0, t->heads[i]);
	fputs("\n", t->out);
}

static void print_cells(const struct table *t, const char *cells)
{
	for (size_t i = 0; i < t->width; i++) {
		const char *word = cells[i] == NOT_PLANNED ? "-" : verdict_name(cell_verdict(cells[i]));

		fprintf(t->out, "%s%-*s%s", colour_of(t, cells[i]), column_width(t, i), word,
			*colour_of(t, cells[i]) ? "\033[0m" : "");
	}
}

/* Rows that look like the one at `first`; a bad one is never folded away. */
static void print_group(const struct table *t, size_t first, bool *done)
{
	const char *cells = t->cells[first];
	size_t same = 0, shown = 0, most;
	int indent = 0;

	for (size_t i = first; i < t->grid->row_count; i++)
		same += !strcmp(t->cells[i], cells);
	most = t->grid->rows[first].bad || same == FOLD_TO + 1 ? same : FOLD_TO;
	for (size_t i = 0; i < t->width; i++)
		indent += column_width(t, i);
	for (size_t i = first; i < t->grid->row_count; i++) {
		if (strcmp(t->cells[i], cells))
			continue;
		done[i] = true;
		if (shown++ >= most)
			continue;
		if (i == first)
			print_cells(t, cells);
		else
			fprintf(t->out, "%*s", indent, "");
		fprintf(t->out, "%s\n", t->grid->rows[i].id);
	}
	if (same > most)
		fprintf(t->out, "%*sand %zu more\n", indent, "", same - most);
}

static void print_groups(const struct table *t, bool bad, bool *done, bool *headed)
{
	for (size_t i = 0; i < t->grid->row_count; i++) {
		if (done[i] || t->grid->rows[i].bad != bad)
			continue;
		if (!*headed)
			print_heads(t);
		*headed = true;
		print_group(t, i, done);
	}
}

/* What is the same everywhere needs no rows, unless it is bad. */
static void print_same(const struct table *t, bool *done)
{
	size_t total[VERDICTS] = {0};
	const char *separator = "", *column = grid_column(t->grid);

	for (size_t i = 0; i < t->grid->row_count; i++) {
		int v = row_verdict(t, &t->grid->rows[i]);

		if (v < 0 || !verdict_is_good((enum verdict)v))
			continue;
		done[i] = true;
		total[v]++;
	}
	for (int v = 0; v < VERDICTS; v++) {
		if (!total[v])
			continue;
		if (!*separator)
			fprintf(t->out, "the same %s every %s: ", strcmp(column, "run") ? "on" : "in",
				column);
		fprintf(t->out, "%s%zu %s", separator, total[v], verdict_name((enum verdict)v));
		separator = ", ";
	}
	if (*separator)
		fputs("\n", t->out);
}

static void print_totals(const struct table *t)
{
	size_t widest = 0;

	for (size_t i = 0; i < t->m->count; i++)
		if (strlen(t->grid->names[i]) > widest)
			widest = strlen(t->grid->names[i]);
	for (size_t i = 0; i < t->m->count; i++) {
		const struct run *run = &t->m->runs[i];
		const char *trouble = run_trouble(run);

		fprintf(t->out, "[%zu] %-*s  ", i + 1, (int)widest, t->grid->names[i]);
		if (!run_has_results(run)) {
			fprintf(t->out, "not run: %s\n", trouble ? trouble : "no test came to an end");
			continue;
		}
		term_totals(t->out, run);
		fprintf(t->out, "%s%s\n", trouble ? "; cut short: " : "", trouble ? trouble : "");
	}
}

void matrix_print(const struct matrix *m, const char *dir, bool colour, FILE *out)
{
	struct grid grid;
	struct table t = {.m = m, .grid = &grid, .out = out, .colour = colour};
	bool *done, headed = false;

	grid_make(&grid, m->list, m->count);
	make_columns(&t);
	t.cells = mem_zalloc((grid.row_count + 1) * sizeof(*t.cells));
	for (size_t i = 0; i < grid.row_count; i++)
		t.cells[i] = make_cells(&t, &grid.rows[i]);
	done = mem_zalloc(grid.row_count + 1);
	fputs("\n", out);
	print_same(&t, done);
	print_groups(&t, false, done, &headed);
	print_groups(&t, true, done, &headed);
	print_totals(&t);
	fprintf(out, "results: %s\n", dir);
	fflush(out);
	free(done);
	for (size_t i = 0; i < grid.row_count; i++)
		free(t.cells[i]);
	for (size_t i = 0; i < t.width; i++)
		free(t.heads[i]);
	free(t.cells);
	free(t.heads);
	free(t.columns);
	grid_free(&grid);
}
