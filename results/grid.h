/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_GRID_H
#define RESULTS_GRID_H

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
	GROUP_BAD,   /* of the kernel: fail, timeout, crash, splat, leak, flaky, lost; and xpass */
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

/* Whether any of the runs has that verdict of a row. */
bool row_has(const struct grid *g, const struct row *row, enum verdict v);

/* Whether one of the runs before this one has the same to tell about a row. */
bool row_was_told(const struct row *row, size_t run);

/* An outcome that knows the statement of a row, where it is tested and what says so. */
const struct outcome *row_catalogue(const struct grid *g, const struct row *row);

#endif
