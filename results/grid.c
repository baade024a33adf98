// SPDX-License-Identifier: GPL-2.0-only
#include "results/grid.h"

#include <stdlib.h>
#include <string.h>

#include "results/text.h"

static const char *fact_of(const struct run *run, const char *object, const char *key)
{
	const char *value = json_string_value(json_object_get(json_object_get(run->facts, object), key));

	return value ? value : "";
}

/* The name of the list (debian/6.12), else the release, else whatever was asked for. */
static char *kernel_name(const struct run *run)
{
	const char *name = fact_of(run, "kernel", "name"), *release = fact_of(run, "kernel", "release");
	bool is_path = !*name || *name == '/' || *name == '.' || strstr(name, ".deb") ||
		       strstr(name, "vmlinu") || strstr(name, "bzImage");

	return xstrdup(is_path && *release ? release : *name ? name : "kernel");
}

static char *run_name(const struct run *run)
{
	const char *runtime = fact_of(run, "runtime", "name"), *version = fact_of(run, "runtime", "version");
	char *kernel = kernel_name(run);

	if (!*runtime)
		return kernel;
	char *name = xprintf("%s %s%s%s", kernel, runtime, *version ? " " : "", version);
	free(kernel);
	return name;
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
	g->names = xzalloc(g->count * sizeof(*g->names));
	for (size_t i = 0; i < g->count; i++) {
		char *base = run_name(g->runs[i]);

		g->names[i] = xstrdup(base);
		for (int n = 2; is_taken(g, i, g->names[i]); n++) {
			free(g->names[i]);
			g->names[i] = xprintf("%s (%d)", base, n);
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

static void add_cell(struct grid *g, const struct place *p)
{
	struct row *row = g->row_count ? &g->rows[g->row_count - 1] : NULL;

	if (!row || strcmp(row->id, p->outcome->id)) {
		row = &g->rows[g->row_count++];
		row->id = p->outcome->id;
		row->cells = xzalloc(g->count * sizeof(*row->cells));
	}
	row->cells[p->run] = p->outcome;
}

static bool differs(const struct grid *g, const struct row *row)
{
	const struct outcome *first = NULL;

	for (size_t i = 0; i < g->count; i++) {
		if (row->cells[i] && first && outcome_verdict(row->cells[i]) != outcome_verdict(first))
			return true;
		if (row->cells[i])
			first = row->cells[i];
	}
	return false;
}

void grid_make(struct grid *g, const struct run *const *runs, size_t count)
{
	struct place *places;
	size_t all = 0, n = 0;

	*g = (struct grid){.runs = runs, .count = count};
	name_runs(g);
	for (size_t i = 0; i < count; i++)
		all += runs[i]->count;
	places = xzalloc(all * sizeof(*places));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < runs[i]->count; j++)
			places[n++] = (struct place){&runs[i]->tests[j], i};
	qsort(places, all, sizeof(*places), by_id);
	g->rows = xzalloc(all * sizeof(*g->rows));
	for (size_t i = 0; i < all; i++)
		add_cell(g, &places[i]);
	free(places);
	for (size_t i = 0; i < g->row_count; i++)
		g->rows[i].differs = differs(g, &g->rows[i]);
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

const struct outcome *row_catalogue(const struct grid *g, const struct row *row)
{
	const struct outcome *best = NULL;

	for (size_t i = 0; i < g->count; i++)
		if (row->cells[i] && (!best || (row->cells[i]->statement && !best->source)))
			best = row->cells[i];
	return best;
}

bool run_is_whole(const struct run *run, char **why)
{
	const char *how = json_string_value(json_object_get(run->end, "how"));
	const char *fault = json_string_value(json_object_get(run->end, "fault"));

	*why = NULL;
	if (how && !strcmp(how, "finished") && !fault)
		return true;
	if (fault)
		*why = xstrdup(fault);
	else if (how && !strcmp(how, "interrupted"))
		*why = xstrdup("interrupted before it was finished");
	else
		*why = xstrdup("nscheck was killed before the run was finished");
	return false;
}

long run_took(const struct run *run)
{
	return (long)json_integer_value(json_object_get(json_object_get(run->end, "times_ms"), "total"));
}

char *run_command(const struct run *run, const char *id)
{
	const char *command = run_fact(run, "command");

	return *command ? xprintf("%s %s", command, id) : NULL;
}
