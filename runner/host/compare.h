/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_COMPARE_H
#define RUNNER_HOST_COMPARE_H

#include <stdbool.h>

#include "runner/base/fault.h"

/*
 * Compares two runs: folders of runs or matrices, results.json files, or names or releases of kernels, of which the last
 * run with that kernel is meant. Of two matrices each kernel is compared; one that only one of them has counts.
 * runs: the folder that runs land in
 * common: what only one of the two has, tests or kernels, does not count
 * Returns the exit status: 1 when something got worse, 2 for bad input, 3 when something is not decided any more
 * (results/compare.h).
 */
int compare_runs(const char *before, const char *now, const char *runs, bool common, struct fault *fault);

#endif
