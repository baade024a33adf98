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
#include "runner/host/select.h"
#include "runner/host/table.h"

static int refuse(struct fault *fault, const char *dir, const char *why)
{
	return fault_set(fault, EXIT_BAD_INPUT, "%s cannot be resumed: %s", dir, why);
}

/* Its command line is carried out again: nobody else may have written it. */
static int check_folder(const char *dir, struct fault *fault)
{
	if (matrix_is(dir))
		return refuse(fault, dir, "it is a matrix; give the folder of one of its runs");

	char *path = mem_printf("%s/journal.ndjson", dir);
	struct stat st;
	int ret = stat(path, &st);

	free(path);
	if (!ret && st.st_uid != geteuid())
		return refuse(fault, dir, "its journal belongs to somebody else");
	return 0; /* one that is not there is told when it is read */
}

/* The words of the run's command line. */
static char **words_of(const struct options *o, const struct strings *arguments)
{
	char **words = mem_zalloc((arguments->count + 2) * sizeof(*words));

	words[0] = o->argv[0];
	for (size_t i = 0; i < arguments->count; i++)
		words[1 + i] = arguments->items[i];
	return words;
}

/* The options of that run alone, also if it was one of a matrix. */
static int take_options(struct options *own, const struct run *before, const char *dir, struct fault *fault)
{
	const char *kernel = before->facts.kernel.name;

	if (!kernel)
		return refuse(fault, dir, "its journal names no kernel");
	if (own->repeat > 1 || own->task == TASK_BISECT)
		return refuse(fault, dir, "a run with --repeat or --bisect is begun anew");
	own->kernel.spec = kernel;
	own->runtime.name = before->facts.runtime.name;
	strings_add(&own->kernels, kernel);
	own->matrix = false;
	own->task = TASK_RUN;
	own->shards = 0;
	own->output = dir;
	return 0;
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

static int select_rest(struct table *table, const struct options *own, const struct run *before,
		       struct fault *fault)
{
	const char *dir = own->output;

	/* For the order of --in-order. */
	if (select_tests(table, own->selection.items, own->selection.count, fault))
		return -1;
	for (size_t i = 0; i < table->count; i++)
		table->tests[i].selected = false;
	for (size_t i = 0; i < before->count; i++) {
		struct test *t = table_find(table, before->tests[i].id);

		if (!t || !t->file) {
			char *why = mem_printf("there is no test %s any more", before->tests[i].id);

			refuse(fault, dir, why);
			free(why);
			return -1;
		}
		t->selected = !before->tests[i].result;
	}
	return 0;
}

static int run_rest(const struct options *own, const struct run *before, struct fault *fault)
{
	int64_t began = loop_now();
	struct table table;
	int status;

	if (table_load(&table, own->guest, fault) || select_rest(&table, own, before, fault))
		status = fault->status;
	else
		status = execute_tests(own, &table, began, before, fault);
	table_free(&table);
	return status;
}

static int resume_from(const struct options *o, const char *dir, const struct run *before,
		       struct fault *fault)
{
	const char *folder = before->facts.folder;
	const struct strings *arguments = &before->facts.arguments;
	struct options own = {0};
	int status;

	if (!before->facts.knows_arguments || !folder)
		return refuse(fault, dir, "its journal does not tell how it was started"), fault->status;
	if (chdir(folder))
		return refuse(fault, dir, "the folder that it was started in is gone"), fault->status;
	char **words = words_of(o, arguments);
	if (parse_again(&own, words, (int)arguments->count + 1, o, dir, fault) ||
	    take_options(&own, before, dir, fault))
		status = fault->status;
	else
		status = run_rest(&own, before, fault);
	options_free(&own);
	free(words);
	return status;
}

int resume_run(const struct options *o, struct fault *fault)
{
	char *dir = realpath(o->resume, NULL);
	struct run before;
	int status;

	if (!dir)
		return fault_set(fault, EXIT_BAD_INPUT, "cannot read %s: %m", o->resume), fault->status;
	if (check_folder(dir, fault) || run_load(&before, dir, fault)) {
		free(dir);
		return fault->status;
	}
	status = resume_from(o, dir, &before, fault);
	run_free(&before);
	free(dir);
	return status;
}
