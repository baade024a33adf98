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
	const struct outcome **cells; /* one for each run; NULL: that run did not plan it, or ran none */
	bool differs;                 /* the runs that planned it do not agree on the verdict */
	bool bad;                     /* a verdict asks for attention */
};

/* Verdicts that are told together, in the order in which they are told. */
enum group {
	GROUP_BAD,   /* of the kernel: fail, timeout, crash, splat, leak; and xpass */
	GROUP_OPEN,  /* nothing was decided: error, miss */
	GROUP_KNOWN, /* xfail */
	GROUP_GOOD,
	GROUP_SKIP,
	GROUPS,
};

enum group verdict_group(enum verdict v);
const char *group_word(enum group group);

/* How many verdicts of a run belong to it. */
size_t run_group(const struct run *run, enum group group);

/* The runs stay the caller's and have to outlive the grid. */
void grid_make(struct grid *g, const struct run *const *runs, size_t count);
void grid_free(struct grid *g);

/* Name and version of the container runtime, to free; "" when none was asked for. */
char *run_runtime(const struct run *run);

/* Whether a container runtime, and no kernel, is to answer for a test: its name may be NULL or the reference's. */
bool is_of_runtime(const char *id, const char *runtime);

/* What a column stands for: "kernel", or "run" where container runtimes differ as well. */
const char *grid_column(const struct grid *g);

/* What there is to say, in one line to free: how many behaviours ask for attention, how many runs were not finished. */
char *grid_headline(const struct grid *g);

/* Whether the helpers lied for it: then a pass is what should not be. */
bool outcome_is_sabotaged(const struct outcome *o);

/* Whether an outcome asks for attention; NULL does not. */
bool outcome_is_bad(const struct outcome *o);

/* Whether two outcomes have the same to tell, down to what was said and logged. Never true of NULL. */
bool outcome_is_same(const struct outcome *a, const struct outcome *b);

/* Whether one of the runs before this one has the same to tell about a row. */
bool row_was_told(const struct row *row, size_t run);

/* An outcome that knows the statement of a row, where it is tested and what says so. */
const struct outcome *row_catalogue(const struct grid *g, const struct row *row);

/* Whether a run ended as it should. If not, *why receives a line to free, about the run as a whole. */
bool run_is_whole(const struct run *run, char **why);

/* Whether any of its tests has a result: a kernel that did not boot has none. */
bool run_has_results(const struct run *run);

/* The shell line that repeats a test of a run, to free; NULL: unknown. */
char *run_command(const struct run *run, const char *id);

/* How long a run took by its own clock, in milliseconds; 0: unknown. */
long run_took(const struct run *run);

/*
 * The reporters of one run or several: each writes all of its file and returns -1 with errno set when it cannot.
 * HTML is one page
 * that needs no other file; JUnit XML is what GitLab and Jenkins read; Markdown is for a CI's summary page;
 * kcidb is version 5 of the schema of kernelci/kcidb-io.
 */
int report_html(const struct grid *g, FILE *out);
int report_junit(const struct grid *g, FILE *out);
int report_markdown(const struct grid *g, FILE *out);
int report_kcidb(const struct grid *g, FILE *out);

/* Prints a line `::error file=F,line=N,title=T::MESSAGE` for whatever asks for attention: GitHub shows it there. */
void report_github(const struct run *run, FILE *out);

/* Writes these reports of several runs into a folder that is there already. */
int report_matrix(const struct run *const *runs, size_t count, const char *dir, struct fault *fault);

#endif
