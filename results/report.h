/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_REPORT_H
#define RESULTS_REPORT_H

#include <stdio.h>

#include "results/grid.h"

/* The reports, in the order in which they are written: `const struct reporter reporter_NAME` in a file of its own. */
#define REPORTERS(X) X(json) X(ktap) X(html) X(junit) X(kcidb) X(markdown)

/*
 * One report. It reads what it is given and decides nothing, writes all of its file, and returns -1 with errno set
 * when it cannot. One of its two functions is there.
 */
struct reporter {
	const char *file; /* its name in the folder of the results */
	int (*of_run)(const struct run *run, FILE *out);
	int (*of_grid)(const struct grid *g,
		       FILE *out);         /* one run or several; alone these report of a matrix */
	int (*check)(struct fault *fault); /* what the environment says about it; NULL: nothing */
};

#define REPORTER_DECLARED_(name) extern const struct reporter reporter_##name;
REPORTERS(REPORTER_DECLARED_)

/* Writes all reports of a run into its folder, each to a .tmp that is then renamed. Returns -1 with a fault. */
int report_all(const struct run *run, const char *dir, struct fault *fault);

/* Writes those of several runs into a folder that is there already. Returns -1 with a fault. */
int report_matrix(const struct run *const *runs, size_t count, const char *dir, struct fault *fault);

/* Prints a line `::error file=F,line=N,title=T::MESSAGE` for whatever asks for attention: GitHub shows it there. */
void report_github(const struct run *run, FILE *out);

/* Whether the environment says nothing that a report cannot have, before there is one. Returns -1 with a fault. */
int report_check(struct fault *fault);

#endif
