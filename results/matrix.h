/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_MATRIX_H
#define RESULTS_MATRIX_H

#include <stdbool.h>
#include <stdio.h>

#include "results/run.h"

/*
 * A matrix: the same selection on several kernels. Its folder holds the usual folder of each run, and matrix.json,
 * which tells their order:
 *	{"schema": 1, "id": ..., "started": ..., "runs": [{"name": "debian/6.12", "folder": "debian-6.12"}, ...]}
 */
struct matrix {
	struct matrix_facts facts; /* matrix.json */
	struct run *runs;          /* in the order of the facts' */
	const struct run **list;   /* the same, as whoever compares runs takes them */
	size_t count;
};

#define MATRIX_FILE "matrix.json"

/* Whether a folder is that of a matrix. */
bool matrix_is(const char *dir);

/* Writes DIR/matrix.json, whole or not at all. */
int matrix_write(const char *dir, const struct matrix_facts *facts, struct fault *fault);

/* Reads the facts alone. Free with matrix_facts_free(), also after a fault. */
int matrix_read(struct matrix_facts *facts, const char *dir, struct fault *fault);

/*
 * Reads a matrix with all its runs. One that has no journal, because the matrix was killed before it, is a run
 * without tests. Free with matrix_free(), also after a fault.
 */
int matrix_load(struct matrix *m, const char *dir, struct fault *fault);
void matrix_free(struct matrix *m);

/* That of a matrix: the highest of its runs. */
int matrix_status(const struct matrix *m);

/* Makes all reports of the matrix, and with `parts` those in the folders of its runs as well. */
int matrix_report(const struct matrix *m, const char *dir, bool parts, struct fault *fault);

/* The table of behaviours by kernels, folded to what differs; totals. */
void matrix_print(const struct matrix *m, const char *dir, bool colour, FILE *out);

#endif
