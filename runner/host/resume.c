// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/resume.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/matrix.h"
#include "runner/base/text.h"
#include "runner/host/loop.h"
#include "runner/host/execute.h"
#include "runner/host/matrix.h"
#include "runner/host/select.h"
#include "runner/host/table.h"

/* What there is in a folder, to go on with. */
struct earlier {
	char *dir;
	bool is_matrix;
	struct run run;             /* if it is none */
	struct matrix_facts matrix; /* if it is one */
};

static int refuse(struct fault *fault, const char *dir, const char *why)
{
	return fault_set(fault, EXIT_BAD_INPUT, "%s cannot be resumed: %s", dir, why);
}

/* Its command line is carried out again: nobody else may have written it. */
static int check_owner(const struct earlier *e, struct fault *fault)
{
	char *path = mem_printf("%s/%s", e->dir, e->is_matrix ? MATRIX_FILE : "journal.ndjson");
	struct stat st;
	int ret = stat(path, &st);

	free(path);
	if (!ret && st.st_uid != geteuid())
		return refuse(fault, e->dir, "its journal belongs to somebody else");
	return 0; /* one that is not there is told when it is read */
}

static int read_earlier(struct earlier *e, const char *dir, struct fault *fault)
{
	*e = (struct earlier){.dir = realpath(dir, NULL)};
	if (!e->dir)
		return fault_set(fault, EXIT_BAD_INPUT, "cannot read %s: %m", dir);
	e->is_matrix = matrix_is(e->dir);
	if (check_owner(e, fault))
		return -1;
	return e->is_matrix ? matrix_read(&e->matrix, e->dir, fault) : run_load(&e->run, e->dir, fault);
}

static void free_earlier(struct earlier *e)
{
	run_free(&e->run);
	matrix_facts_free(&e->matrix);
	free(e->dir);
}

/* The words of the command line that it was started with. */
static char **words_of(const struct options *o, const struct strings *arguments)
{
	char **words = mem_zalloc((arguments->count + 2) * sizeof(*words));

	words[0] = o->argv[0];
	for (size_t i = 0; i < arguments->count; i++)
		words[1 + i] = arguments->items[i];
	return words;
}

/* The options of a run alone, also if it was one of a matrix. */
static int make_single(struct options *own, const struct earlier *e, struct fault *fault)
{
	const char *kernel = e->run.facts.kernel.name;

	if (!kernel)
		return refuse(fault, e->dir, "its journal names no kernel");
	own->kernel.spec = kernel;
	own->runtime.name = e->run.facts.runtime.name;
	strings_add(&own->kernels, kernel);
	own->matrix = false;
	own->task = TASK_RUN;
	own->shards = 0;
	return 0;
}

static int take_options(struct options *own, const struct earlier *e, struct fault *fault)
{
	if (own->repeat > 1 || own->task == TASK_BISECT)
		return refuse(fault, e->dir, "a run with --repeat or --bisect is begun anew");
	if (e->is_matrix && own->task != TASK_MATRIX)
		return refuse(fault, e->dir, "its command line is not that of a matrix");
	own->output = e->dir;
	return e->is_matrix ? 0 : make_single(own, e, fault);
}

static int parse_again(struct options *own, char **words, int count, const struct options *now,
		       const char *dir, struct fault *fault)
{
	struct fault wrong = {0};

	if (!options_parse_again(own, count, words, now, &wrong))
		return 0;
	char *why = mem_printf("its command line cannot be understood: %s", wrong.text);
	refuse(fault, dir, why);
	free(why);
	return -1;
}

static int run_rest(const struct options *own, const struct earlier *e, struct fault *fault)
{
	int64_t began = loop_now();
	struct table table;
	int status;

	/* Of a run for the order of --in-order. */
	if (table_load(&table, own->guest, fault) ||
	    select_tests(&table, own->selection.items, own->selection.count, fault))
		status = fault->status;
	else if (e->is_matrix)
		status = matrix_run(own, &table, &e->matrix, fault);
	else
		status = select_rest(&table, &e->run, fault)
				 ? fault->status
				 : execute_tests(own, &table, began, &e->run, fault);
	table_free(&table);
	return status;
}

/* Where it was started, files have the names that its command line gives them. */
static int go_back(const struct earlier *e, const struct start *start, struct fault *fault)
{
	if (e->is_matrix && e->matrix.parts)
		return refuse(fault, e->dir, "it was merged; resume the parts, and merge them again");
	if (!start->knows_arguments || !start->folder)
		return refuse(fault, e->dir,
			      e->is_matrix ? "its matrix.json does not tell how it was started"
					   : "its journal does not tell how it was started");
	if (chdir(start->folder))
		return refuse(fault, e->dir, "the folder that it was started in is gone");
	return 0;
}

static int resume_from(const struct options *o, const struct earlier *e, struct fault *fault)
{
	const struct start *start = e->is_matrix ? &e->matrix.start : &e->run.facts.start;
	struct options own = {0};
	int status;

	if (go_back(e, start, fault))
		return fault->status;
	char **words = words_of(o, &start->arguments);
	if (parse_again(&own, words, (int)start->arguments.count + 1, o, e->dir, fault) ||
	    take_options(&own, e, fault)) {
		status = fault->status;
	} else {
		own.fail_fast = o->fail_fast; /* the rest, unless it is asked for again */
		status = run_rest(&own, e, fault);
	}
	options_free(&own);
	free(words);
	return status;
}

int resume_run(const struct options *o, struct fault *fault)
{
	struct earlier e;
	int status = read_earlier(&e, o->resume, fault) ? fault->status : resume_from(o, &e, fault);

	free_earlier(&e);
	return status;
}
