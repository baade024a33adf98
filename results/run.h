/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_RUN_H
#define RESULTS_RUN_H

#include <jansson.h>
#include <stdio.h>

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
	json_t *facts; /* "run" entry without the plan */
	json_t *end;   /* "end" entry, NULL when the program was killed */
	json_t *vms;   /* array of "vm" entries */
	json_t *notes; /* array of strings */
	struct outcome *tests;
	size_t count;
	unsigned int damaged; /* lines of the journal that could not be read */
	size_t total[VERDICTS];
};

/* Makes it from DIR's journal. */
int run_load(struct run *run, const char *dir, struct fault *fault);

/* Makes it from a results.json of this program, for who kept nothing else. */
int run_load_results(struct run *run, const char *path, struct fault *fault);
void run_free(struct run *run);

/* The verdict that counts; miss when it never ran. */
enum verdict outcome_verdict(const struct outcome *o);

/* What became of a failed test when it was run again, in lines; "" when it was not. The caller frees. */
char *outcome_again(const struct outcome *o);

/* A string fact of the run, "" when absent. */
const char *run_fact(const struct run *run, const char *key);

/* The reporters: each writes all of its file and returns -1 with errno set when it cannot. */
int report_json(const struct run *run, FILE *out);
int report_ktap(const struct run *run, FILE *out);

/* Writes all reports, also those of results/grid.h, beside the journal, each to a .tmp that is then renamed. */
int report_all(const struct run *run, const char *dir, struct fault *fault);

#endif
