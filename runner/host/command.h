/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_COMMAND_H
#define RUNNER_HOST_COMMAND_H

#include "runner/host/options.h"

/* Command lines that the user is told to type, in whatever folder. */

/* What repeats a test of this run when its id is added; to free. */
char *command_repeat(const struct options *o);

/* Prints the line that runs the rest of what is in a folder. */
void command_tell_rest(const struct options *o, const char *folder);

#endif
