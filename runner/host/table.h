/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_TABLE_H
#define RUNNER_HOST_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/fault.h"

/* One row of the table of tests, as `nscheck-guest --list` prints it; "-" is NULL, strings live in the table. */
struct test {
	const char *id;
	const char *file; /* NULL: no test is written for this row yet */
	int line;
	int timeout;        /* seconds */
	bool alone;         /* wants a VM of its own */
	const char *exempt; /* why it may pass under sabotage; NULL: it must not */
	const char *tier, *since, *until, *needs, *statement, *expected, *source;
	bool selected;
	int rank; /* which argument selected it, from 1; 0: none was given */
};

struct table {
	char *data;
	struct test *tests;
	size_t count;
};

/* Runs `GUEST --list` and reads its answer. */
int table_load(struct table *table, const char *guest, struct fault *fault);

/* Reads such a list; takes the text over. */
int table_parse(struct table *table, char *data, struct fault *fault);

void table_free(struct table *table);

struct test *table_find(const struct table *table, const char *id);

/* Whether a row belongs to the harness's own exam, which runs only when named. */
bool test_is_selftest(const struct test *test);

#endif
