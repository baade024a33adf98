// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/command.h"

#include <stdio.h>
#include <stdlib.h>

#include "runner/base/file.h"
#include "runner/base/text.h"
#include "vm/package.h"
#include "vm/spec.h"

static void add_path(struct text *t, const char *before, const char *path)
{
	char *absolute = file_absolute(path);

	text_printf(t, "%s%s", before, absolute);
	free(absolute);
}

/* A value of --kernel that means the same in any folder, to free. */
static char *kernel_anywhere(const char *value)
{
	struct kernel_spec spec;
	struct text t = {0};
	struct fault unread = {0};

	kernel_spec_read(&spec, value);
	if (package_is_name(spec.kernel, NULL, NULL, &unread) || !file_exists(spec.kernel))
		text_printf(&t, "%s", spec.kernel);
	else
		add_path(&t, "", spec.kernel);
	if (spec.config)
		add_path(&t, ":config=", spec.config);
	if (spec.modules)
		add_path(&t, spec.config ? ",modules=" : ":modules=", spec.modules);
	kernel_spec_free(&spec);
	return text_take(&t);
}

char *command_repeat(const struct options *o)
{
	char *options = options_remembered(o), *kernel = kernel_anywhere(o->kernel.spec);
	struct text shown = {0};

	text_add_quoted(&shown, o->door);
	if (o->matrix || o->kernels.count) {
		text_printf(&shown, " --kernel ");
		text_add_quoted(&shown, kernel);
	}
	if (o->runtime.name) {
		text_printf(&shown, " --runtime ");
		text_add_quoted(&shown, o->runtime.name);
	}
	text_printf(&shown, "%s", options);
	free(options);
	free(kernel);
	return text_take(&shown);
}

void command_tell_rest(const struct options *o, const char *folder)
{
	char *path = file_absolute(folder);
	struct text line = {0};

	text_add_quoted(&line, o->door);
	text_printf(&line, " --resume ");
	text_add_quoted(&line, path);
	printf("to run the rest: %s\n", text_get(&line));
	text_free(&line);
	free(path);
}
