/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_REFERENCE_H
#define HELPERS_REFERENCE_H

#include "helpers/container.h"
#include "helpers/runtime.h"

/*
 * The parts of the reference runtime (helpers/reference.c): a container as the manual pages would have it. All
 * run in its first process, and end it with a message on descriptor 2 when something is refused.
 */

/* Ends the process if a call failed: "WHAT: ERRNO". */
#define NEED(call, ...) reference_need((call), __VA_ARGS__)
int reference_need(int result, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* reference_root.c: the root file system with all that is mounted in it, from bind mount to pivot_root. */
void reference_root(const struct container *c);

/*
 * Faults of the bad runtime, "bad:FAULT" (runtime.h): each part asks whether it is to be forgotten. With the
 * reference itself nothing is.
 */
bool reference_forgets(const char *part);

#endif
