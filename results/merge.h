/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_MERGE_H
#define RESULTS_MERGE_H

#include <stddef.h>

#include "runner/base/fault.h"

/*
 * Makes one matrix of its parts, which were run with --shard, maybe on several machines: each kernel's journals become
 * one in a folder below `output`, which is there and empty. `id` names the new matrix.
 * Refused, with what does not fit: a folder that is no part; parts of other cuts (their number, kernels, selection,
 * catalogue, times), with other options, or with another build of a kernel of the same name; the same part twice; a part
 * that is missing.
 */
int merge_parts(char *const *dirs, size_t count, const char *output, const char *id, struct fault *fault);

#endif
