// SPDX-License-Identifier: GPL-2.0-only
#include "vm/spec.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/file.h"
#include "runner/base/mem.h"

/* Where the separator with WORD= after it is, or the end. */
static const char *find_key(const char *text, char separator)
{
	for (const char *at = text; (at = strchr(at, separator)); at++) {
		size_t word = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz");

		if (word && at[1 + word] == '=')
			return at;
	}
	return text + strlen(text);
}

/* Takes KEY=VALUE. */
static const char *take_part(struct kernel_spec *spec, const char *part, size_t len)
{
	static const char want[] =
		"KERNEL:config=FILE,modules=DIR; a file with such a name is given as it is "
		"if it is there";
	size_t key = strcspn(part, "=") + 1;
	char **field = !strncmp(part, "config=", key)    ? &spec->config
		       : !strncmp(part, "modules=", key) ? &spec->modules
							 : NULL;

	if (!field || *field || len == key)
		return want;
	*field = mem_strndup(part + key, len - key);
	return NULL;
}

const char *kernel_spec_read(struct kernel_spec *spec, const char *value)
{
	const char *end = file_exists(value) ? value + strlen(value) : find_key(value, ':'), *wrong = NULL;

	*spec = (struct kernel_spec){.kernel = mem_strndup(value, (size_t)(end - value))};
	if (*value && end == value)
		return "a kernel before the colon";
	while (*end && !wrong) {
		const char *part = end + 1;

		end = find_key(part, ',');
		wrong = take_part(spec, part, (size_t)(end - part));
	}
	return wrong;
}

void kernel_spec_free(struct kernel_spec *spec)
{
	free(spec->kernel);
	free(spec->config);
	free(spec->modules);
	*spec = (struct kernel_spec){0};
}
