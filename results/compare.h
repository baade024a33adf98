/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_COMPARE_H
#define RESULTS_COMPARE_H

#include <stdio.h>

#include "results/run.h"

/* What may have become of a test from one run to the next, in the order in which it is told. */
enum change {
	CHANGE_NONE,
	CHANGE_REGRESSION,    /* did not fail, does now */
	CHANGE_UNDECIDED,     /* had a verdict, is an error or never ran now */
	CHANGE_OTHER_FAILURE, /* failed before, in another way or as known */
	CHANGE_FIX,
	CHANGE_KNOWN,   /* xfail now, and was none */
	CHANGE_SKIPPED, /* skipped now */
	CHANGE_RUNS,    /* no longer skipped, and passes */
	CHANGE_REASON,  /* skipped for another reason */
	CHANGE_SLOWER,  /* passes, but takes more than three times as long, and a tenth of a second more */
	CHANGE_NEW,
	CHANGE_GONE,
	CHANGES,
};

/* What became of a test; NULL: not planned in that run. */
enum change change_of(const struct outcome *before, const struct outcome *after);

/*
 * Prints what changed between two runs, each kind with a heading and the totals last. Returns the exit status: 1 with
 * a regression, else 3 if something that was decided is not any more, else 0.
 */
int compare_print(const struct run *before, const struct run *after, FILE *out);

#endif
