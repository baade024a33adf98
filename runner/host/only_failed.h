/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_ONLY_FAILED_H
#define RUNNER_HOST_ONLY_FAILED_H

#include "runner/host/options.h"

/*
 * For options with --only-failed: replaces them by those of a run of just the tests that failed there, as if all of it had
 * been typed, so that the new run is resumed and repeated like any other.
 * Returns 1 when nothing failed there, which has been said then; -1 with a fault.
 */
int only_failed(struct options *o, struct fault *fault);

#endif
