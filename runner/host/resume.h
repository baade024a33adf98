/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_RESUME_H
#define RUNNER_HOST_RESUME_H

#include "runner/host/options.h"

/*
 * --resume DIR: runs what an interrupted or killed run or matrix has not, into the same folder, as it was started: its
 * journal or its matrix.json holds the command line. Returns the exit status; a fault is printed by the caller.
 */
int resume_run(const struct options *o, struct fault *fault);

#endif
