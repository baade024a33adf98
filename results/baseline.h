/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_BASELINE_H
#define RESULTS_BASELINE_H

#include "results/run.h"
#include "runner/base/text.h"
#include "runner/base/fault.h"

/*
 * The baseline: failures that are known, each with its reason. They run all the same; results/baseline/known.tsv
 * is the one that ships, and its head says what a line may hold.
 */

/* A version as far as it is written: 6.1 has two numbers. */
struct version {
	unsigned int number[4];
	int count;
};

/* What a result is about. */
struct subject {
	const char *id;      /* of the test */
	const char *release; /* of the kernel */
	const char *version; /* of its package; NULL: as the release says */
	const char *runtime; /* name of the container runtime; NULL: none was asked for */
};

/* The kernels, and perhaps the one container runtime, that an entry is for. */
struct kernel_condition {
	char *runtime;           /* NULL: any */
	const char *glob;        /* over the release; NULL: none */
	struct version from, to; /* count 0: open at that end */
	bool below;              /* `to` itself is out */
};

struct known {
	char *id; /* glob over the ids of the catalogue */
	char *condition;
	struct kernel_condition kernel;
	enum verdict verdict; /* the failure that is expected */
	char *reason, *link, *added, *expires;
	int line;
	bool expired; /* the entry does not count */
};

struct baseline {
	char *path;
	struct known *entries;
	size_t count;
};

/*
 * Reads a baseline as of a day (YYYY-MM-DD). Each malformed line is a line "file:line: what is wrong" of
 * problems, and no entry. A fault only when the file cannot be read.
 */
int baseline_read(struct baseline *b, const char *path, const char *today, struct text *problems,
		  struct fault *fault);

/*
 * The baseline that a user's --baseline asks for: NULL is the one that ships, "none" an empty one; as of now.
 * The first malformed line is a fault.
 */
int baseline_load(struct baseline *b, const char *asked, struct fault *fault);
void baseline_free(struct baseline *b);

/* The first entry that counts for it, or NULL. */
const struct known *baseline_find(const struct baseline *b, const struct subject *s);

/* Whether an entry is for it, expired or not. */
bool known_fits(const struct known *k, const struct subject *s);

/*
 * A known failure becomes xfail, a pass that should be one becomes xpass; any other verdict stands. What is known as
 * flaky may pass. The id is the result's.
 */
void baseline_apply(const struct baseline *b, const struct subject *on, struct result *r);

/*
 * Brings a baseline up to date with runs, or begins it: each failure that it does not have gets an entry, whose reason
 * begins with BASELINE_OPEN until somebody writes it; one that is known from elsewhere brings its reason along, and an
 * expired one is asked again. All other lines stay as they are. What was done, and what only the user can do, is
 * told, a line each. A malformed file is a fault and stays as it is.
 */
int baseline_update(const char *path, const struct run *const *runs, size_t count, struct text *told,
		    struct fault *fault);

/* What a reason begins with that is still to be written. */
#define BASELINE_OPEN "?"
/* In place of a date: the entry ends with the kernels that it is for. */
#define BASELINE_NEVER "-"

#define BASELINE_HEADING "id\tkernel\tverdict\treason\tlink\tadded\texpires"

/* All that is wrong with a baseline, as --lint tells it: malformed, expired, without a reason, or for none of these ids. */
int baseline_lint(const char *asked, const char *const *ids, size_t count, struct text *problems,
		  struct fault *fault);

#endif
