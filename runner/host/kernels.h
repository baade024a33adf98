/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_KERNELS_H
#define RUNNER_HOST_KERNELS_H

#include "runner/host/options.h"

/* --kernels: the names of vm/kernels.list, what each is in the cache, its size there. Returns the exit status. */
int kernels_print(const char *cache, struct fault *fault);

/* --runtimes: the names that --runtime takes, a line each. Returns the exit status. */
int runtimes_print(struct fault *fault);

/*
 * --fetch-only: gets every kernel that is asked for into the cache, unpacked and checked. One that cannot be had is told
 * and does not end the others. Returns the exit status, the highest of all.
 */
int kernels_fetch(const struct options *o, struct fault *fault);

#endif
