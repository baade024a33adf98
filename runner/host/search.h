/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_SEARCH_H
#define RUNNER_HOST_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/host/table.h"

/*
 * A test crashed the kernel among others but not alone: which tests before it does it take? A trial runs some of them
 * and then the test, in a fresh VM. First ever longer ends of the list are tried until the crash comes back, then
 * parts are left out as long as it still does (Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing
 * Input, 2002). At the end none of those that remain can be left out, unless a limit came first.
 */
enum { SEARCH_TRIALS = 40, SEARCH_MS = 180000 };

struct search {
	const struct test *test;     /* the one that crashed */
	const struct test **earlier; /* those before it in its VM, in order */
	size_t earlier_count;
	const struct test **found; /* shortest list that brought the crash back */
	size_t found_count;
	const struct test **trial; /* what the next trial runs before the test */
	size_t trial_count;
	size_t parts, part; /* found is cut into so many, of which this one is left out; 0: growing */
	int trials;
	int64_t began; /* milliseconds of loop_now(), 0: not yet */
	bool reproduced, cut_short, over;
};

/* For a test that crashed after those; earlier is copied. */
struct search *search_new(const struct test *test, const struct test *const *earlier, size_t count);
void search_free(struct search *s);

/* The first trial, as of now. False: there is none. */
bool search_begin(struct search *s, int64_t now);

/* Whether the trial crashed the test. True: s->trial is the next one; false: the search is over. */
bool search_step(struct search *s, bool crashed, int64_t now);

/* How it ended, in one line; the caller frees. */
char *search_about(const struct search *s);

#endif
