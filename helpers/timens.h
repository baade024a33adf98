/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_TIMENS_H
#define HELPERS_TIMENS_H

#include <sys/types.h>
#include <time.h>

#include "helpers/claim.h"

/* Clocks, and what time namespaces do to them (time_namespaces(7)). */

/* Whole seconds of a clock, as libc reads it (the vDSO where it can) and as the system call does; -1 with errno. */
long long clock_seconds(clockid_t clock);
long long clock_seconds_raw(clockid_t clock);

/*
 * Claims that two numbers of seconds are within a minute of each other: what a slow machine can make of two
 * readings, and far less than any offset that a test sets.
 */
#ifdef __cppcheck__
#define IS_NEARLY(value, expected) ((void)(value), (void)(expected))
#else
#define IS_NEARLY(value, expected)                                                                           \
	NS_TWO_(timens_nearly, value, #value, expected, #expected, NS_UNIQUE(value_), NS_UNIQUE(expected_))
#endif
void timens_nearly(const char *file, int line, const struct claim_value *value,
		   const struct claim_value *expected);

/*
 * Writes records ("monotonic 10 0") to /proc/PID/timens_offsets in one write(2), pid 0 is the caller; how many
 * bytes the kernel took, -1 with errno.
 */
ssize_t timens_write(pid_t pid, const char *records);

/* What that file says, in one spacing: "monotonic 0 0, boottime 0 0"; a text as in file.h, NULL with errno. */
const char *timens_offsets(pid_t pid);

/*
 * A new time namespace for the children that the caller has from now on, its two clocks ahead of those of the
 * initial one by so many seconds. The caller stays where it is. -1 with errno.
 */
int timens_unshare(long long monotonic, long long boottime);

#endif
