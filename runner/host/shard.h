/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_SHARD_H
#define RUNNER_HOST_SHARD_H

#include <jansson.h>

#include "runner/host/matrix.h"

/*
 * The part of a matrix that one of several machines runs. All tests of all kernels, in the order of the list and of the
 * catalogue, are one long line; it is cut into pieces of equal time. So a part has few kernels to boot, and every machine
 * that is given the same kernels, selection, catalogue and times finds the same cuts. The times are those of --times;
 * without it every test counts the same, for a machine's own last run would be another one's surprise.
 */
struct shard {
	bool **chosen; /* for each kernel, for each row of the table: whether it is of this part */
	size_t kernels;
	json_t *facts; /* what has to fit when the parts are merged (results/merge.h) */
};

/*
 * Cuts the selected rows of the table as o->shard and o->shards say. Kernels without a test in this part are taken out of
 * entries. Free with shard_free(), also after a fault.
 */
int shard_cut(struct shard *shard, struct entries *entries, const struct table *table,
	      const struct options *o, struct fault *fault);
void shard_free(struct shard *shard);

/* Selects the tests of one of the entries. */
void shard_select(const struct shard *shard, size_t entry, struct table *table);

#endif
