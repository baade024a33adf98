/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_AFTER_H
#define RUNNER_HOST_AFTER_H

#include "results/run.h"

/* What was asked for. */
struct after {
	bool annotations;            /* whether GitHub Actions runs this or not */
	bool silent;                 /* none, even there */
	const char *update_baseline; /* a file, or NULL */
};

/*
 * What a user may have asked for once the results of a run or of several are there: annotations (--github, or by
 * itself within GitHub Actions) and a baseline brought up to date (--update-baseline).
 */
int after_runs(const struct after *wanted, const struct run *const *runs, size_t count, struct fault *fault);

#endif
