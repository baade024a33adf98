/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_GUEST_SERVE_H
#define RUNNER_GUEST_SERVE_H

#include <stdio.h>

/*
 * Serves the agent on standard input, a stream socket: each line "FACTOR FLAGS ID" is a call of `one`, which answers
 * in lines on `out` and may ask for a line more from `in`. What `one` forks is born in the box (runner/init/box.h) and hears
 * nothing of the agent. EXIT_SUCCESS when the agent hangs up.
 */
int serve(void (*one)(FILE *in, FILE *out, double factor, char *flags, const char *id));

#endif
