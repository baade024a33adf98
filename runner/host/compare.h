/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_COMPARE_H
#define RUNNER_HOST_COMPARE_H

#include "runner/base/fault.h"

/*
 * Compares two runs: folders of runs or matrices, results.json files, or names or releases of
 * kernels, of which the last run with that kernel is meant. Of two matrices each kernel is compared that both have.
 * runs: the folder that runs land in
 * Returns the exit status: 1 for a regression, 2 for bad input, 3 when something is not decided any more.
 */
int compare_runs(const char *before, const char *now, const char *runs, struct fault *fault);

#endif
