/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_PROGRESS_H
#define RESULTS_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

/* How far a run is, how long the rest will take, and how that is said on one line. Times are milliseconds of any clock. */
struct progress {
	size_t planned, done, passed, failed;
	const char *kernel;
	const char *passed_word, *failed_word;
	int64_t began; /* the first test did; 0: none has */
	struct progress_work {
		long long known_ms; /* of those that ran before: what they took then */
		size_t known, unknown;
	} all, over;
};

/* One more test is to be run so many times; ms: what it took before, 0 being unknown. */
void progress_expect(struct progress *p, long ms, size_t rounds);

/* A test begins now, if it is the first. */
void progress_begin(struct progress *p, int64_t now);

/* One of those that were expected, so many milliseconds, is over. */
void progress_over(struct progress *p, long ms);

/*
 * How long the rest takes if it goes on as it has: the time until now by the share of the work that is over. -1 while too
 * little is over to tell, and when no test is left and what goes on is of no known length.
 */
int64_t progress_left(const struct progress *p, int64_t now);

/*
 * A line about it and what goes on now, at most `width` characters, the caller's. Whatever can be said shorter is, before
 * `what` is cut, which is then in the middle. red and plain surround the number of failures and count for nothing.
 */
char *progress_line(const struct progress *p, const char *what, size_t width, int64_t now, const char *red,
		    const char *plain);

#endif
