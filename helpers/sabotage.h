/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_SABOTAGE_H
#define HELPERS_SABOTAGE_H

#include <stdbool.h>

/*
 * Sabotage: every CLONE_NEW* flag is dropped, unshare, setns and pivot_root do nothing, and all answer
 * "done". A test of isolation that still passes proves nothing. unshare, setns and clone of libc are caught
 * by the linker (--wrap), so that tests call them by their own names; pivot_root and clone3, which libc
 * lacks, are the helpers of mnt.h and ns.h.
 */
void sabotage_set(bool on);
bool sabotage_on(void);

/*
 * The flags that clone or unshare really gets: unchanged, or without CLONE_NEW* under sabotage. Whoever asks for a type
 * that the kernel is built without does not come back: the test is skipped (helpers/lack.h).
 */
unsigned long long sabotage_flags(unsigned long long flags);

/* The true calls, for what the harness does around a test. */
int __real_unshare(int flags);
int __real_setns(int fd, int nstype);

#endif
