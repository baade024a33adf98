// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/baseline.h"
#include "results/matrix.h"
#include "results/report.h"
#include "runner/host/bisect.h"
#include "runner/host/compare.h"
#include "runner/host/kernels.h"
#include "runner/host/list.h"
#include "runner/host/loop.h"
#include "runner/host/matrix.h"
#include "runner/host/only_failed.h"
#include "runner/host/options.h"
#include "runner/host/resume.h"
#include "runner/host/execute.h"
#include "runner/host/folder.h"
#include "runner/host/select.h"
#include "runner/host/shell.h"
#include "runner/host/table.h"
#include "runner/host/watch.h"

/* The tasks that are about the selected tests. */
static int with_tests(const struct options *o, struct fault *fault)
{
	int64_t began = loop_now();
	struct table table;
	int status;

	if (table_load(&table, o->guest, fault) ||
	    select_tests(&table, o->selection.items, o->selection.count, fault))
		status = fault->status;
	else if (o->task == TASK_BISECT)
		status = bisect_step(o, &table, fault);
	else if (o->task == TASK_LIST)
		status = list_print(&table, o->json, o->missing, stdout)
			? fault_set(fault, EXIT_UNFINISHED, "cannot write the list: %m"),
		EXIT_UNFINISHED : EXIT_EXPECTED;
	else
		status = o->task == TASK_MATRIX ? matrix_run(o, &table, NULL, fault)
						: execute_tests(o, &table, began, NULL, fault);
	table_free(&table);
	return status;
}

static int lint(const struct options *o, struct fault *fault)
{
	struct text problems = {0};
	const char **ids = NULL;
	struct table table;
	int ret = table_load(&table, o->guest, fault);

	if (!ret) {
		ids = mem_zalloc(table.count * sizeof(*ids));
		for (size_t i = 0; i < table.count; i++)
			ids[i] = table.tests[i].id;
		ret = baseline_lint(o->baseline, ids, table.count, &problems, fault);
	}
	if (!ret && problems.len)
		fault_set(fault, EXIT_BAD_INPUT, "the baseline has to be mended: see above");
	fputs(text_get(&problems), stderr);
	text_free(&problems);
	free(ids);
	table_free(&table);
	return fault->status;
}

static int compare(const struct options *o, struct fault *fault)
{
	char *runs = folder_runs(o->home);
	int status = compare_runs(o->selection.items[0], o->selection.items[1], runs, o->common, fault);

	free(runs);
	return status;
}

static bool makes_reports(enum task task)
{
	return task == TASK_RUN || task == TASK_MATRIX || task == TASK_REPORT || task == TASK_RESUME ||
	       task == TASK_MERGE || task == TASK_BISECT;
}

static int act(const struct options *o, struct fault *fault)
{
	if (makes_reports(o->task) && report_check(fault))
		return fault->status;
	for (size_t i = 0; i < o->runtimes.count; i++)
		if (runtime_check(o->runtimes.items[i], fault))
			return fault->status;
	switch (o->task) {
	case TASK_KERNELS: return kernels_print(o->cache, fault);
	case TASK_RUNTIMES: return runtimes_print(fault);
	case TASK_FETCH: return kernels_fetch(o, fault);
	case TASK_REPORT: return matrix_is(o->report) ? matrix_again(o, fault) : execute_report(o, fault);
	case TASK_RESUME: return resume_run(o, fault);
	case TASK_COMPARE: return compare(o, fault);
	case TASK_LINT: return lint(o, fault);
	case TASK_MERGE: return matrix_merge(o, fault);
	case TASK_SHELL: return shell_run(o, fault);
	default: return with_tests(o, fault);
	}
}

/* With --output each round has a folder of its own below. */
static int act_in_round(void *arg, int number)
{
	struct options own = *(const struct options *)arg;
	char *output = own.output ? mem_printf("%s/%d", own.output, number) : NULL;
	struct fault fault = {0};

	own.output = output;
	int status = act(&own, &fault);
	if (fault.status)
		fprintf(stderr, "nscheck: %s\n", fault.text);
	free(output);
	return status;
}

/* The files that --watch is about: the program of the tests, and kernels that the user builds. */
static int watch(const struct options *o, struct fault *fault)
{
	struct strings files = {0};

	strings_add(&files, o->guest);
	for (size_t i = 0; i < o->kernels.count; i++) {
		char *file = kernel_file(o->kernels.items[i]);

		if (file)
			strings_take(&files, file);
	}
	int status = watch_rounds(&files, act_in_round, (void *)o, fault);
	strings_free(&files);
	return status;
}

static int begin(struct options *o, struct fault *fault)
{
	int nothing = o->only_failed ? only_failed(o, fault) : 0;

	if (nothing)
		return nothing < 0 ? fault->status : EXIT_EXPECTED;
	return o->watch ? watch(o, fault) : act(o, fault);
}

/* Or the first files that are opened would take the place of a closed one, and what is printed would go into them. */
static void fill_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR); /* for programs that are run as well */
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
}

/* The exit status for a command line that makes no sense: git bisect would take 2 for a bad commit. */
static int bad_status(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--bisect", strlen("--bisect")))
			return BISECT_STOP;
	return EXIT_BAD_INPUT;
}

int main(int argc, char **argv)
{
	struct fault fault = {0};
	struct options options;

	fill_standard_streams();
	int bad = bad_status(argc, argv);
	bool parsed = !options_parse(&options, argc, argv, bad, &fault);
	int status = parsed ? begin(&options, &fault) : bad;

	if (fault.status)
		fprintf(stderr, "nscheck: %s\n", fault.text);
	/* A step of a bisection that is not about the kernel stops it. */
	if (fault.status && parsed && options.task == TASK_BISECT)
		status = BISECT_STOP;
	options_free(&options);
	return status;
}
