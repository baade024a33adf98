/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_MATRIX_H
#define RUNNER_HOST_MATRIX_H

#include <stdint.h>

#include "runner/host/options.h"
#include "runner/host/table.h"

/* One run of a matrix: a copy of the options with what is its own in place. */
struct entry {
	struct options options; /* output: its folder; what it points to belongs to the user's options */
	char *kernel;           /* what --kernel was given */
	char *name;             /* the same, and the runtime where there are several */
	char *folder;           /* below that of the matrix */
	char *output;
};

struct entries {
	struct entry *items;
	size_t count;
};

/* Whether several kernels or runtimes are asked for, or a part of the tests of one or more. */
bool matrix_wanted(const struct options *o);

/* The runs that are asked for, each once, in order: each kernel of --kernel, with --matrix those of vm/kernels.list
 * first, and on each kernel one for each --runtime. */
int entries_make(struct entries *entries, const struct options *o, struct fault *fault);
void entry_free(struct entry *entry);
void entries_free(struct entries *entries);

/*
 * Runs the selected tests on one kernel after another, each in a folder of its own below that of the matrix, and
 * reports on all. A kernel that cannot be had or does not boot does not end the others. Returns the exit status.
 */
int matrix_run(const struct options *o, struct table *table, struct fault *fault);

/* Makes one matrix of the parts that --shard cut it into, in the folders that are named. Returns the exit status. */
int matrix_merge(const struct options *o, struct fault *fault);

/* Makes all reports of the matrix in o->report again from the journals of its runs. Returns the exit status. */
int matrix_again(const struct options *o, struct fault *fault);

#endif
