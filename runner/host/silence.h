/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_SILENCE_H
#define RUNNER_HOST_SILENCE_H

#include <sys/types.h>

/*
 * A kernel that has not written a byte to its console: is it still coming up? The processor's time of the monitor tells,
 * not the clock, so that a loaded machine is not taken for a dead kernel.
 */

/* Milliseconds from one look to the next, times the patience. */
#define SILENCE_LOOK 1000

struct silence {
	double used; /* seconds of the processor, at the last look */
	int asleep;  /* looks in a row at which it slept */
};

/*
 * A look at the process of a monitor; patience stretches its limits.
 * Returns one line of why the kernel is dead, or NULL: it may still come up, or nobody can tell.
 */
const char *silence_look(struct silence *silence, pid_t pid, double patience);

#endif
