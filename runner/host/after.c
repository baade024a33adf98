// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/after.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/baseline.h"
#include "results/report.h"

static bool wants_annotations(const struct after *wanted)
{
	const char *actions = getenv("GITHUB_ACTIONS");

	return !wanted->silent && (wanted->annotations || (actions && !strcmp(actions, "true")));
}

int after_runs(const struct after *wanted, const struct run *const *runs, size_t count, struct fault *fault)
{
	struct text told = {0};
	int ret = 0;

	for (size_t i = 0; i < count && wants_annotations(wanted); i++)
		report_github(runs[i], stdout);
	if (wanted->update_baseline)
		ret = baseline_update(wanted->update_baseline, runs, count, &told, fault);
	fputs(text_get(&told), stdout);
	fflush(stdout);
	text_free(&told);
	return ret;
}
