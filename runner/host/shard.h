/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_SHARD_H
#define RUNNER_HOST_SHARD_H

#include "results/facts.h"
#include "runner/host/entries.h"
#include "runner/host/table.h"

/*
 * The part of a matrix that one of several machines runs. All tests of all kernels, in the order of the list and of the
 * catalogue, are one long line; it is cut into pieces of equal time. So a part has few kernels to boot, and every machine
 * that is given the same kernels, selection, catalogue and times finds the same cuts. The times are those of --times;
 * without it every test counts the same, for a machine's own last run would be another one's surprise.
 */
struct shard {
	bool **chosen; /* for each kernel, for each row of the table: whether it is of this part */
	size_t kernels;
	struct shard_facts facts; /* what has to fit when the parts are merged (results/merge.h) */
};

struct shard_request {
	int part, parts;
	const char *times;               /* a run, matrix or results.json; NULL: every test counts the same */
	const struct strings *selection; /* what selected the rows, for the facts */
	bool sabotage;
};

/*
 * Cuts the selected rows of the table as it is wanted. Kernels without a test in this part are taken out of
 * entries. Free with shard_free(), also after a fault.
 */
int shard_cut(struct shard *shard, struct entries *entries, const struct table *table,
	      const struct shard_request *wanted, struct fault *fault);
void shard_free(struct shard *shard);

/* Selects the tests of one of the entries. */
void shard_select(const struct shard *shard, size_t entry, struct table *table);

#endif
