// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/baseline.h"
#include "results/matrix.h"
#include "runner/host/bisect.h"
#include "runner/host/compare.h"
#include "runner/host/kernels.h"
#include "runner/host/list.h"
#include "runner/host/loop.h"
#include "runner/host/matrix.h"
#include "runner/host/options.h"
#include "runner/host/resume.h"
#include "runner/host/run.h"
#include "runner/host/select.h"
#include "runner/host/shell.h"
#include "runner/host/table.h"

static int list_or_run(const struct options *o, struct fault *fault)
{
	int64_t began = loop_now();
	struct table table;
	int status;

	if (table_load(&table, o->guest, fault) || select_tests(&table, o->selection, o->selected, fault))
		status = o->bisect ? BISECT_STOP : fault->status;
	else if (o->bisect)
		status = bisect_step(o, &table, fault);
	else if (o->list)
		status = list_print(&table, o->json, o->missing, stdout)
			? fault_set(fault, EXIT_UNFINISHED, "cannot write the list: %m"),
		EXIT_UNFINISHED : EXIT_EXPECTED;
	else
		status = matrix_wanted(o) ? matrix_run(o, &table, fault)
					  : run_tests(o, &table, began, NULL, fault);
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

static int act(const struct options *o, struct fault *fault)
{
	for (size_t i = 0; i < o->runtime_count; i++)
		if (runtime_check(o->runtimes[i], fault))
			return o->bisect ? BISECT_STOP : fault->status;
	if (o->report)
		return matrix_is(o->report) ? matrix_again(o, fault) : run_report(o, fault);
	if (o->kernel_list)
		return kernels_print(o, fault);
	if (o->merge)
		return matrix_merge(o, fault);
	if (o->compare)
		return compare_runs(o, fault);
	if (o->fetch_only)
		return kernels_fetch(o, fault);
	if (o->resume)
		return resume_run(o, fault);
	if (o->lint)
		return lint(o, fault);
	if (o->shell)
		return shell_run(o, fault);
	return list_or_run(o, fault);
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

int main(int argc, char **argv)
{
	struct fault fault = {0};
	struct options options;

	fill_standard_streams();
	int status = options_parse(&options, argc, argv, &fault) ? options_bad_status(argc, argv)
								 : act(&options, &fault);

	if (fault.status)
		fprintf(stderr, "nscheck: %s\n", fault.text);
	options_free(&options);
	return status;
}
