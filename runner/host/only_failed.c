// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/only_failed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results/matrix.h"
#include "runner/host/select.h"
#include "runner/host/table.h"

/* What failed somewhere, and where. */
struct failed {
	struct strings ids, kernels, runtimes;
	const struct run *first; /* that anything failed in; NULL: nothing did */
};

static void add_once(struct strings *list, const char *s)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], s))
			return;
	strings_add(list, s);
}

/* Under sabotage it is those that pass that should not. */
static bool is_unexpected(const struct run *run, const struct outcome *o)
{
	enum verdict v = outcome_verdict(o);

	return run->facts.sabotage ? v == VERDICT_PASS : !verdict_is_good(v);
}

static void add_run(struct failed *f, const struct run *run)
{
	bool any = false;

	for (size_t i = 0; i < run->count; i++) {
		if (!is_unexpected(run, &run->tests[i]))
			continue;
		any = true;
		add_once(&f->ids, run->tests[i].id);
	}
	if (!any)
		return;
	if (!f->first)
		f->first = run;
	if (run->facts.kernel.name) {
		char *kernel = options_path_from(run->facts.kernel.name, run->facts.start.folder);

		add_once(&f->kernels, kernel);
		free(kernel);
	}
	if (run->facts.runtime.name)
		add_once(&f->runtimes, run->facts.runtime.name);
}

static void add_all(struct strings *line, const char *option, const struct strings *values)
{
	for (size_t i = 0; i < values->count; i++)
		strings_take(line, mem_printf("--%s=%s", option, values->items[i]));
}

/* Options of the earlier run where now's name none. */
static int add_defaults(struct strings *line, const struct options *o, const struct failed *f,
			struct fault *fault)
{
	const struct facts *facts = &f->first->facts;
	struct strings words = {0};
	int ret = 0;

	if (facts->start.knows_arguments) {
		strings_add(&words, o->argv[0]);
		for (size_t i = 0; i < facts->start.arguments.count; i++)
			strings_add(&words, facts->start.arguments.items[i]);
		int count = (int)words.count;
		strings_take(&words, NULL);
		ret = options_inherit(line, o, count, words.items, facts->start.folder, fault);
		strings_free(&words);
	}
	if (!o->matrix && !o->kernels.count)
		add_all(line, "kernel", &f->kernels);
	if (!o->runtimes.count)
		add_all(line, "runtime", &f->runtimes);
	return ret;
}

/* Of what failed the tests that are selected now; one that is not there any more is told. */
static int add_words(struct strings *line, const struct options *o, const struct failed *f,
		     struct fault *fault)
{
	struct table table;
	size_t before = line->count;
	bool words = o->selection.count;
	int ret = table_load(&table, o->guest, fault);

	if (!ret && words)
		ret = select_tests(&table, o->selection.items, o->selection.count, fault);
	for (size_t i = 0; !ret && i < f->ids.count; i++) {
		const struct test *t = table_find(&table, f->ids.items[i]);

		if (!t || !t->file)
			fprintf(stderr, "note: there is no test %s any more\n", f->ids.items[i]);
		else if (!words || t->selected)
			strings_add(line, t->id);
	}
	table_free(&table);
	return ret ? ret : line->count == before;
}

static int make_line(struct strings *line, const struct options *o, const struct failed *f,
		     struct fault *fault)
{
	if (!f->first)
		return 1;
	strings_add(line, o->argv[0]);
	if (add_defaults(line, o, f, fault))
		return -1;
	options_repeat(line, o, "only-failed");
	return add_words(line, o, f, fault);
}

static int take_line(struct options *o, struct strings *line, struct fault *fault)
{
	struct options own;
	int count = (int)line->count;

	strings_take(line, NULL);
	int ret = options_parse(&own, count, line->items, EXIT_BAD_INPUT, fault);
	own.line = *line;
	*line = (struct strings){0};
	options_free(o);
	*o = own;
	return ret;
}

static int look(const char *dir, struct failed *f, struct matrix *m, struct run *run, struct fault *fault)
{
	if (matrix_is(dir) ? matrix_load(m, dir, fault) : run_load(run, dir, fault))
		return -1;
	for (size_t i = 0; i < m->count; i++)
		add_run(f, m->list[i]);
	add_run(f, run);
	return 0;
}

int only_failed(struct options *o, struct fault *fault)
{
	struct failed f = {0};
	struct matrix m = {0};
	struct run run = {0};
	struct strings line = {0};
	const char *dir = o->only_failed;
	int ret = look(dir, &f, &m, &run, fault);

	if (!ret)
		ret = make_line(&line, o, &f, fault);
	if (ret > 0)
		printf("nothing%s failed in %s\n", f.first ? " of the selection" : "", dir);
	if (!ret)
		ret = take_line(o, &line, fault);
	strings_free(&line);
	strings_free(&f.ids);
	strings_free(&f.kernels);
	strings_free(&f.runtimes);
	matrix_free(&m);
	run_free(&run);
	return ret;
}
