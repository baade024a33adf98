/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_MATRIX_H
#define RUNNER_HOST_MATRIX_H

#include "results/facts.h"
#include "runner/host/options.h"
#include "runner/host/table.h"

/*
 * Runs the selected tests on one kernel after another, each in a folder of its own below that of the matrix, and
 * reports on all. A kernel that cannot be had or does not boot does not end the others.
 * before: what the folder --output holds of a matrix that is to be resumed: only what its runs have not is run; or NULL
 * Returns the exit status; a fault is printed by the caller.
 */
int matrix_run(const struct options *o, struct table *table, const struct matrix_facts *before,
	       struct fault *fault);

/* Makes one matrix of the parts that --shard cut it into, in the folders that are named. Returns the exit status. */
int matrix_merge(const struct options *o, struct fault *fault);

/* Makes all reports of the matrix in o->report again from the journals of its runs. Returns the exit status. */
int matrix_again(const struct options *o, struct fault *fault);

#endif
