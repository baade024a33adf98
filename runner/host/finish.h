/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_FINISH_H
#define RUNNER_HOST_FINISH_H

#include "results/result.h"
#include "runner/host/console.h"

/*
 * The verdict on a test that has ended: from what is known of it (r->evidence) and what the kernel said on the console.
 * With it come a message in the host's words where the verdict is the host's, the kernel's log and its fingerprint.
 */
void finish_result(struct result *r, const struct console *console);

#endif
