/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_RUN_H
#define RESULTS_RUN_H

#include <jansson.h>

#include "results/facts.h"
#include "results/result.h"
#include "runner/base/fault.h"

/* One planned test and what became of it. */
struct outcome {
	char *id, *file, *statement, *expected, *source;
	char *since, *until; /* kernel versions it holds for, or NULL */
	int line;
	struct result
		*result; /* the one that counts: the first that is bad, else the last; NULL: never ran */
	struct result *
		again; /* of the runs of a failed or crashed test alone and cold: the first bad, else the last */
	int runs;
	int agains, agains_bad; /* such runs, and how many asked for attention as well */
	struct tally further;   /* the same runs as they count */
	char **company;         /* a crashed test: tests before it that bring the crash back */
	size_t company_count;
	char *company_about; /* how the search for them ended, one line; NULL: there was none */
};

/* A run as its journal tells it. Reporters read this and decide nothing. */
struct run {
	struct facts facts;
	struct run_end end;
	json_t *vms;   /* array of "vm" entries */
	json_t *notes; /* array of strings */
	struct outcome *tests;
	size_t count;
	unsigned int damaged; /* lines of the journal that could not be read */
	size_t total[VERDICTS];
};

/* Makes it from DIR's journal. Returns -1 with a fault, SCHEMA_OTHER when another program has written it. */
int run_load(struct run *run, const char *dir, struct fault *fault);

/* Makes it from a results.json of this program, for who kept nothing else. */
int run_load_results(struct run *run, const char *path, struct fault *fault);
void run_free(struct run *run);

/* Reads a results.json as it is, for the caller to let go of; NULL with a fault. */
json_t *results_read(const char *path, struct fault *fault);

/* The verdict that counts; miss when it never ran. */
enum verdict outcome_verdict(const struct outcome *o);

/* What became of a failed test when it was run again, in lines; "" when it was not. The caller frees. */
char *outcome_again(const struct outcome *o);

/* The exit status that a run asks for as it is in its journal: what stopped it, else what its verdicts say. */
int run_exit_status(const struct run *run);

/* Name and version of the container runtime, to free; "" when none was asked for. */
char *run_runtime(const struct run *run);

/* Whether the container runtime, and not the kernel, is to answer for a test: the run's facts name the suite about it. */
bool run_asks_runtime(const struct run *run, const char *id);

/* Why a run did not end as it should, in a few words about the run as a whole; NULL: it did. */
const char *run_trouble(const struct run *run);

/* Whether any of its tests has a result: a kernel that did not boot has none. */
bool run_has_results(const struct run *run);

/* How long a run took by its own clock, in milliseconds; 0: unknown. */
long run_took(const struct run *run);

/* The shell line that repeats a test of a run, to free; NULL: unknown. */
char *run_command(const struct run *run, const char *id);

#endif
