/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_SELECT_H
#define RUNNER_HOST_SELECT_H

#include "results/run.h"
#include "runner/host/table.h"

/*
 * Marks the rows of the table that the arguments select: an id, a group or suite (a prefix that ends at a
 * dot), a glob, tier:NAME; with `!` before it, what to leave out. Without an argument that selects, all rows
 * are; rows of the suite selftest only when an argument begins with its name. One that matches nothing is a fault that names the nearest.
 */
int select_tests(struct table *table, char *const *arguments, size_t count, struct fault *fault);

/*
 * Marks just the tests that an earlier run planned and has no result of; ranks stay. One that is not there any more is a
 * fault.
 */
int select_rest(struct table *table, const struct run *before, struct fault *fault);

#endif
