/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_BISECT_H
#define RUNNER_HOST_BISECT_H

#include "runner/host/options.h"
#include "runner/host/table.h"

/* Exit statuses as `git bisect run` reads them. */
enum bisect_status {
	BISECT_GOOD = 0,
	BISECT_BAD = 1,
	BISECT_CANNOT_TELL = 125, /* git tries a commit beside this one */
	BISECT_STOP = 128, /* not the kernel's fault: git ends the bisection, and the user can mend it */
};

/*
 * One step: runs the one selected test in three fresh VMs and says good when it passes in all, bad when it fails,
 * times out, crashes, splats or leaks in all, and that it cannot tell when the kernel does not boot, the test is skipped
 * or cannot be arranged, or the VMs disagree. Prints one line; appends it to "log" in the folder of the bisection, which
 * holds a folder of results for each step. Returns a bisect_status, or 130 when interrupted.
 */
int bisect_step(const struct options *o, struct table *table, struct fault *fault);

#endif
