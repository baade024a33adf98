/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_COMPARE_H
#define RUNNER_HOST_COMPARE_H

#include "runner/host/options.h"

/*
 * Compares the two words of the selection: folders of runs or matrices, results.json files, or names or releases of
 * kernels, of which the last run with that kernel is meant. Of two matrices each kernel is compared that both have.
 * Returns the exit status: 1 for a regression, 2 for bad input, 3 when something is not decided any more.
 */
int compare_runs(const struct options *o, struct fault *fault);

#endif
