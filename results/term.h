/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_TERM_H
#define RESULTS_TERM_H

#include <stdbool.h>
#include <stdio.h>

#include "results/progress.h"
#include "results/run.h"

/*
 * What the user sees while a run goes on: on a terminal one line that changes, failures above it; anywhere
 * else a plain line for each result.
 */
struct term {
	FILE *out;
	bool live, colour;
	bool sabotage; /* a pass is what should not be */
	bool quiet;    /* only what went wrong, and the totals */
	bool verbose;  /* each test, with all that it and the kernel said */
	const char *kernel;
	const char *command; /* repeats a test when its id is added */
	const char *sources; /* the folder that files of tests are in, or NULL */
	struct progress progress;
	bool drawn;       /* the changing line is on the screen */
	char status[256]; /* what it is about */
};

/* What the plan knows of a test: where it is, and what it took before (0: unknown). */
struct term_test {
	const char *file;
	int line;
	long expected_ms;
};

void term_begin(struct term *t, FILE *out, const char *kernel, const char *command, size_t planned);

/* The changing line: what goes on now, or the test that begins. */
void term_status(struct term *t, const char *text);
void term_test(struct term *t, const char *id);

/* The terminal has another size. */
void term_resized(struct term *t);

void term_result(struct term *t, const struct result *r, const struct term_test *test);
/* A test's verdict is another one now: why. */
void term_verdict(struct term *t, const struct result *r, const char *why);

/* The same of one that the kernel complained of after its end. */
void term_late(struct term *t, const struct result *r, const struct term_test *test);

void term_note(struct term *t, const char *text);

/* Totals, skips by reason, tests that never ran, where the results are. */
void term_summary(struct term *t, const struct run *run, const char *dir, double seconds);

/* How many tests have which verdict, on the line that is being written. */
void term_totals(FILE *out, const struct run *run);

/* Sabotage: the score, and who passed although the helpers lied. */
void term_sabotage(struct term *t, const struct run *run);

#endif
