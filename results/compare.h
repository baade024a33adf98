/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_COMPARE_H
#define RESULTS_COMPARE_H

#include <stdbool.h>
#include <stdio.h>

#include "results/run.h"

/* What may have become of a test from one run to the next, in the order in which it is told. */
enum change {
	CHANGE_NONE,
	CHANGE_REGRESSION,    /* did not fail, does now */
	CHANGE_NEW_FAILURE,   /* was not there, and fails */
	CHANGE_GONE,          /* is not there any more */
	CHANGE_UNDECIDED,     /* had a verdict, is an error or never ran now */
	CHANGE_NEW_UNDECIDED, /* was not there, and is an error or never ran */
	CHANGE_OTHER_FAILURE, /* failed before, in another way or as known */
	CHANGE_FIX,
	CHANGE_KNOWN,   /* xfail now, and was none */
	CHANGE_SKIPPED, /* skipped now */
	CHANGE_RUNS,    /* no longer skipped, and passes */
	CHANGE_REASON,  /* skipped for another reason */
	CHANGE_SLOWER,  /* passes, but takes more than three times as long, and a tenth of a second more */
	CHANGE_NEW,     /* was not there, and asks for no attention */
	CHANGES,
};

/* What became of a test; NULL: not planned in that run. */
enum change change_of(const struct outcome *before, const struct outcome *after);

/* The worst of the exit statuses of two comparisons: what got worse is worse than what could not be decided. */
int compare_worst(int a, int b);

/*
 * Prints what changed between two runs, each kind with a heading and the totals last.
 * common: tests that only one of the runs has do not count
 * Returns the exit status: 1 with a regression, a new test that fails or one that is gone; else 3 if something that was
 * decided is not any more, a new test is not, or one of the runs ran no test; else 0.
 */
int compare_print(const struct run *before, const struct run *after, bool common, FILE *out);

/* The same for a run that the other side has no counterpart of. side: 'A' or 'B', whose it is. */
int compare_alone(const struct run *run, char side, bool common, FILE *out);

#endif
