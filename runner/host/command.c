// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "runner/base/text.h"

/* What the user started. */
static const char *door(void)
{
	const char *name = getenv("NSCHECK_COMMAND");

	return name && *name ? name : program_invocation_name;
}

char *command_repeat(const struct options *o)
{
	char *options = options_remembered(o);
	struct text shown = {0};

	text_add_quoted(&shown, door());
	if (o->matrix || o->kernels.count) {
		text_printf(&shown, " --kernel ");
		text_add_quoted(&shown, o->kernel.spec);
	}
	if (o->runtime.name) {
		text_printf(&shown, " --runtime ");
		text_add_quoted(&shown, o->runtime.name);
	}
	text_printf(&shown, "%s", options);
	free(options);
	return text_take(&shown);
}

void command_tell_rest(const char *folder)
{
	struct text line = {0};

	text_add_quoted(&line, door());
	text_printf(&line, " --resume ");
	text_add_quoted(&line, folder);
	printf("to run the rest: %s\n", text_get(&line));
	text_free(&line);
}
