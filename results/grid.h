/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_GRID_H
#define RESULTS_GRID_H

#include <stdio.h>

#include "results/run.h"

/* Runs side by side: behaviours by kernels. One run alone is a grid of one. */
struct grid {
	const struct run *const *runs;
	size_t count;
	char **names; /* what each run is called in the reports: kernel and runtime, no two the same */
	struct row *rows;
	size_t row_count; /* sorted by id */
};

/* One behaviour. */
struct row {
	const char *id;
	const struct outcome **cells; /* one for each run; NULL: that run did not plan it */
	bool differs;                 /* the runs that planned it do not agree on the verdict */
};

/* The runs stay the caller's and have to outlive the grid. */
void grid_make(struct grid *g, const struct run *const *runs, size_t count);
void grid_free(struct grid *g);

/* An outcome that knows the statement of a row, where it is tested and what says so. */
const struct outcome *row_catalogue(const struct grid *g, const struct row *row);

/* Whether a run ended as it should. If not, *why receives a line to free, about the run as a whole. */
bool run_is_whole(const struct run *run, char **why);

/* The shell line that repeats a test of a run, to free; NULL: unknown. */
char *run_command(const struct run *run, const char *id);

/* How long a run took by its own clock, in milliseconds; 0: unknown. */
long run_took(const struct run *run);

/*
 * The reporters of one run or several: each writes all of its file and returns -1 with errno set when it cannot.
 * JUnit XML is what GitLab and Jenkins read; Markdown is for a CI's summary page.
 */
int report_junit(const struct grid *g, FILE *out);
int report_markdown(const struct grid *g, FILE *out);

/* Prints a line `::error file=F,line=N,title=T::MESSAGE` for whatever asks for attention: GitHub shows it there. */
void report_github(const struct run *run, FILE *out);

/* Writes these reports of several runs into a folder that is there already. */
int report_matrix(const struct run *const *runs, size_t count, const char *dir, struct fault *fault);

#endif
