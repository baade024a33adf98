/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_LIST_H
#define RUNNER_HOST_LIST_H

#include <stdio.h>

#include "runner/host/table.h"

/* Prints the selected rows: as JSON, or a line each. missing: only rows that have no test yet, else only those that have. */
int list_print(const struct table *table, bool json, bool missing, FILE *out);

#endif
