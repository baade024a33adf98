// SPDX-License-Identifier: GPL-2.0-only
#include "results/grid.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"

/* The name of the list (debian/6.12), else the release, else whatever was asked for. */
static char *kernel_name(const struct run *run)
{
	const char *name = fact_text(run->facts.kernel.name), *release = fact_text(run->facts.kernel.release);
	bool is_path = !*name || *name == '/' || *name == '.' || strstr(name, ".deb") ||
		       strstr(name, "vmlinu") || strstr(name, "bzImage") || strchr(name, ':');

	return mem_strdup(is_path && *release ? release : *name ? name : "kernel");
}

static char *run_name(const struct run *run)
{
	char *runtime = run_runtime(run), *kernel = kernel_name(run);
	char *name = mem_printf("%s%s%s", kernel, *runtime ? " " : "", runtime);

	free(runtime);
	free(kernel);
	return name;
}

const char *grid_column(const struct grid *g)
{
	for (size_t i = 1; i < g->count; i++)
		if (strcmp(fact_text(g->runs[i]->facts.runtime.name),
			   fact_text(g->runs[0]->facts.runtime.name)) != 0)
			return "run";
	return "kernel";
}

static bool is_taken(const struct grid *g, size_t upto, const char *name)
{
	for (size_t i = 0; i < upto; i++)
		if (!strcmp(g->names[i], name))
			return true;
	return false;
}

static void name_runs(struct grid *g)
{
	g->names = mem_zalloc(g->count * sizeof(*g->names));
	for (size_t i = 0; i < g->count; i++) {
		char *base = run_name(g->runs[i]);

		g->names[i] = mem_strdup(base);
		for (int n = 2; is_taken(g, i, g->names[i]); n++) {
			free(g->names[i]);
			g->names[i] = mem_printf("%s (%d)", base, n);
		}
		free(base);
	}
}

/* One outcome and where it belongs, while rows are made. */
struct place {
	const struct outcome *outcome;
	size_t run;
};

static int by_id(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->outcome->id, y->outcome->id);

	return order ? order : (x->run > y->run) - (x->run < y->run);
}

/* Places are sorted, so a row is either the last one or new. */
static void add_cell(struct grid *g, const struct place *p)
{
	bool is_new = !g->row_count || strcmp(g->rows[g->row_count - 1].id, p->outcome->id);

	if (is_new)
		g->rows[g->row_count++] = (struct row){
			.id = p->outcome->id, .cells = mem_zalloc(g->count * sizeof(struct outcome *))};
	g->rows[g->row_count - 1].cells[p->run] = p->outcome;
}

bool outcome_is_sabotaged(const struct outcome *o)
{
	return o && o->result && o->result->sabotage;
}

bool outcome_is_bad(const struct outcome *o)
{
	if (outcome_is_sabotaged(o))
		return outcome_verdict(o) == VERDICT_PASS;
	return o && !verdict_is_good(outcome_verdict(o));
}

static bool is_equal(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

bool outcome_is_same(const struct outcome *a, const struct outcome *b)
{
	if (!a || !b || outcome_verdict(a) != outcome_verdict(b) || a->again || b->again)
		return a && a == b;
	if (!a->result || !b->result)
		return a->result == b->result;

	const struct result *r = a->result, *s = b->result;
	return is_equal(r->message, s->message) && is_equal(r->role, s->role) && is_equal(r->file, s->file) &&
	       r->line == s->line && is_equal(r->diagnostics, s->diagnostics) &&
	       is_equal(r->kernel_log, s->kernel_log) && is_equal(r->known_reason, s->known_reason);
}

bool row_has(const struct grid *g, const struct row *row, enum verdict v)
{
	for (size_t i = 0; i < g->count; i++)
		if (row->cells[i] && outcome_verdict(row->cells[i]) == v)
			return true;
	return false;
}

bool row_was_told(const struct row *row, size_t run)
{
	for (size_t i = 0; i < run; i++)
		if (outcome_is_same(row->cells[i], row->cells[run]))
			return true;
	return false;
}

static void judge(const struct grid *g, struct row *row)
{
	const struct outcome *first = NULL;

	for (size_t i = 0; i < g->count; i++) {
		const struct outcome *o = row->cells[i];

		row->bad |= outcome_is_bad(o);
		row->differs |= o && first && outcome_verdict(o) != outcome_verdict(first);
		if (o)
			first = o;
	}
}

enum group verdict_group(enum verdict v)
{
	switch (v) {
	case VERDICT_PASS: return GROUP_GOOD;
	case VERDICT_SKIP: return GROUP_SKIP;
	case VERDICT_XFAIL: return GROUP_KNOWN;
	case VERDICT_ERROR:
	case VERDICT_MISS: return GROUP_OPEN;
	default: return GROUP_BAD;
	}
}

const char *group_word(enum group group)
{
	static const char *const words[GROUPS] = {[GROUP_BAD] = "failed",
						  [GROUP_OPEN] = "error or miss",
						  [GROUP_KNOWN] = "xfail",
						  [GROUP_GOOD] = "passed",
						  [GROUP_SKIP] = "skipped"};

	return words[group];
}

size_t run_group(const struct run *run, enum group group)
{
	size_t n = 0;

	for (int v = 0; v < VERDICTS; v++)
		n += verdict_group((enum verdict)v) == group ? run->total[v] : 0;
	return n;
}

void grid_make(struct grid *g, const struct run *const *runs, size_t count)
{
	struct place *places;
	size_t all = 0, n = 0;

	*g = (struct grid){.runs = runs, .count = count};
	name_runs(g);
	for (size_t i = 0; i < count; i++)
		all += run_has_results(runs[i]) ? runs[i]->count : 0;
	places = mem_zalloc(all * sizeof(*places));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; n < all && run_has_results(runs[i]) && j < runs[i]->count; j++)
			places[n++] = (struct place){&runs[i]->tests[j], i};
	qsort(places, all, sizeof(*places), by_id);
	g->rows = mem_zalloc(all * sizeof(*g->rows));
	for (size_t i = 0; i < all; i++)
		add_cell(g, &places[i]);
	free(places);
	for (size_t i = 0; i < g->row_count; i++)
		judge(g, &g->rows[i]);
}

void grid_free(struct grid *g)
{
	for (size_t i = 0; i < g->row_count; i++)
		free(g->rows[i].cells);
	for (size_t i = 0; i < g->count; i++)
		free(g->names[i]);
	free(g->rows);
	free(g->names);
	*g = (struct grid){0};
}

/* How many results were got although the helpers lied, and how many of those noticed. */
static size_t count_sabotaged(const struct grid *g, size_t *caught)
{
	size_t tried = 0;

	*caught = 0;
	for (size_t i = 0; i < g->row_count; i++)
		for (size_t j = 0; j < g->count; j++) {
			const struct outcome *o = g->rows[i].cells[j];

			if (!outcome_is_sabotaged(o) || outcome_verdict(o) == VERDICT_SKIP)
				continue;
			tried++;
			*caught += !outcome_is_bad(o);
		}
	return tried;
}

char *grid_headline(const struct grid *g)
{
	size_t bad = 0, broken = 0, caught, tried = count_sabotaged(g, &caught);
	struct text t = {0};

	for (size_t i = 0; i < g->row_count; i++)
		bad += g->rows[i].bad;
	for (size_t i = 0; i < g->count; i++)
		broken += run_trouble(g->runs[i]) != NULL;
	if (tried)
		text_printf(&t, "sabotage: %zu of %zu caught", caught, tried);
	else if (bad)
		text_printf(&t, "%zu of %zu behaviours ask%s for attention", bad, g->row_count,
			    bad == 1 ? "s" : "");
	else if (g->row_count)
		text_printf(&t, "%zu behaviour%s as expected", g->row_count,
			    g->row_count == 1 ? "," : "s, all");
	if (broken)
		text_printf(&t, "%s%zu run%s not finished", t.len ? "; " : "", broken,
			    broken == 1 ? " was" : "s were");
	return text_take(&t);
}

const struct outcome *row_catalogue(const struct grid *g, const struct row *row)
{
	const struct outcome *best = NULL;

	for (size_t i = 0; i < g->count; i++)
		if (row->cells[i] && (!best || (row->cells[i]->statement && !best->source)))
			best = row->cells[i];
	return best;
}
