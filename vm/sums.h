/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_SUMS_H
#define VM_SUMS_H

#include <stdbool.h>

#include "runner/base/fault.h"
#include "vm/memo.h"

/* What a folder of the cache held when it was made, in a file of sums in it: a disk or a copy may have spoiled it since. */

/* Makes the sums of all regular files below a folder. */
int sums_write(const char *dir, struct fault *fault);

/* Whether a folder has sums at all. */
bool sums_known(const char *dir);

/*
 * Whether each of them is still there as it was.
 * memo: is told of each file; may be NULL
 */
bool sums_hold(const char *dir, struct memo *memo);

#endif
