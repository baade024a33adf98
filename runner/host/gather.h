/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_GATHER_H
#define RUNNER_HOST_GATHER_H

#include "results/facts.h"
#include "runner/host/folder.h"
#include "runner/host/plan.h"
#include "runner/host/session.h"

/* What was asked for, as the facts tell it. */
struct gather_request {
	const char *kernel, *runtime; /* by name; runtime NULL: none */
	bool sabotage;
	char *const *arguments; /* the command line without the program */
	size_t argument_count;
	json_t *options; /* the facts take it over */
};

/* How a run or a matrix is started: by these words, here, with this test program, whole. The facts take it over. */
struct start gather_start(char *const *arguments, size_t count, const void *suites, size_t len);

/* The facts of a run that begins: what is run, on what, how. Free with facts_free(), also after a fault. */
int gather_facts(struct facts *facts, const struct gather_request *asked, const struct session *s,
		 const struct folder *f, struct fault *fault);

/* The same for a run that cannot begin: nothing is known of its kernel but what was asked for. */
void gather_few_facts(struct facts *facts, const struct gather_request *asked, const struct folder *f);

/* The journal's first entry: the facts and the plan. */
json_t *gather_entry(const struct facts *facts, const struct plan *plan);

/* The time of now as the facts tell it, to free. */
char *gather_time(void);

#endif
