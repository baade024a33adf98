/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_EXECUTE_H
#define RUNNER_HOST_EXECUTE_H

#include <stdint.h>

#include "results/run.h"
#include "runner/host/options.h"
#include "runner/host/table.h"

/*
 * Runs the selected tests and reports; began: when the program did (loop_now), of which the time until now went into
 * the table of tests; before: the run that is to be resumed in the folder --output, or NULL. Returns the exit status; a
 * fault is printed by the caller.
 */
int execute_tests(const struct options *o, struct table *table, int64_t began, const struct run *before,
		  struct fault *fault);

/*
 * A run that cannot begin has a folder and a journal as well: its tests are planned, and the end tells how and why ("":
 * nothing is to be told).
 */
int execute_none(const struct options *o, const struct table *table, enum run_end_how how, const char *why,
		 struct fault *fault);

/* Makes the reports in a folder again from its journal. Returns the exit status. */
int execute_report(const struct options *o, struct fault *fault);

#endif
