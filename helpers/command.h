/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_COMMAND_H
#define HELPERS_COMMAND_H

#include <stddef.h>

/* The words of a program's command line as they come; all zero: none yet. Ends the process when they are too many. */
struct command {
	const char *argv[256]; /* NULL last */
	size_t count;
};

void command_add(struct command *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Each of a list that NULL ends. */
void command_add_all(struct command *command, const char *const *words);

#endif
