/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_FEATURE_H
#define HELPERS_FEATURE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Features of the kernel that came with a version and that no configuration tells: the terms `feature:NAME` of the column
 * `needs`. Each is asked of the running kernel by something else than what the tests of it observe: a kernel that has
 * the feature and gets it wrong must fail them, and not look like one that lacks it. So the kernel is asked
 *
 * - by an argument that is wrong in another way than being unknown: a bad descriptor gives EBADF where a flag is known, and
 *   EINVAL where it is not;
 * - by a file, a mount option, or another call that came with the same change;
 * - by a symbol in /proc/kallsyms that came with the same change, of a function that no compiler can do without:
 *   others call it from another file, or it is called by its address;
 * - by a call that came with the same release, where the change itself left no trace.
 */

/* Whether there is a feature of this name in the table. What follows ends the process if there is none. */
bool feature_known(const char *name);

/* What a feature is, in words that follow "no " in a skip: "statmount(2)". */
const char *feature_words(const char *name);

/* What must be there to be asked: a list of terms as in needs.h, or "-". */
const char *feature_needs(const char *name);

/*
 * Whether the running kernel has a feature. Needs privilege over the initial namespaces; the answer is kept as long as
 * this process runs. A test may ask which of two things its row says of this kernel; what a row needs as a whole
 * stands in its column `needs`.
 */
bool feature_here(const char *name);

#endif
