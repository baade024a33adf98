// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void command_add(struct command *command, const char *fmt, ...)
{
	char *word = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (command->count + 1 >= sizeof(command->argv) / sizeof(command->argv[0]) ||
	    vasprintf(&word, fmt, ap) < 0)
		abort();
	va_end(ap);
	command->argv[command->count++] = word;
}

void command_add_all(struct command *command, const char *const *words)
{
	for (; *words; words++)
		command_add(command, "%s", *words);
}
