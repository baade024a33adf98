/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_SHELL_H
#define RUNNER_HOST_SHELL_H

#include "runner/host/options.h"

/* Boots to a shell on the user's terminal and waits for its end. Returns the exit status. */
int shell_run(const struct options *o, struct fault *fault);

#endif
