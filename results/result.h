/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_RESULT_H
#define RESULTS_RESULT_H

#include <jansson.h>
#include <stdbool.h>

#include "runner/judge.h"

/* What is known of one run of one test. Strings are printable ASCII or NULL, and owned. */
struct result {
	char *id;
	struct evidence evidence; /* while it runs; not kept */
	enum verdict verdict;
	enum verdict observed;           /* xfail and xpass: what it was before the baseline was asked */
	char *known_reason, *known_link; /* and why the baseline has it */
	char *file;
	int line;
	char *message;     /* why, when not pass; the reason of a skip */
	char *left;        /* the first thing that was left behind; not kept */
	char *role;        /* the child in whose block it failed */
	char *diagnostics; /* what the test said, lines */
	char *kernel_log;  /* its slice of the console, lines */
	char *fingerprint; /* crash and splat: first symbols of the trace */
	long micros;       /* the guest's clock, -1: unknown */
	long duration_ms;  /* the host's clock */
	long at_ms;        /* since the start of the run */
	int vm;            /* 1, 2...: which VM of the run */
	bool warm;         /* that VM was restored, not booted */
	bool again;        /* a test that failed or crashed, run once more, alone and cold */
	bool sabotage;
};

struct result *result_new(const char *id);
void result_free(struct result *r);

/* Replaces a string of a result by a copy (NULL allowed). */
void result_set(char **field, const char *value);

/* To and from the object that journal and results.json hold. From: NULL when it is not a result. */
json_t *result_to_json(const struct result *r);
struct result *result_from_json(json_t *object);

#endif
