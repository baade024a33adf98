// SPDX-License-Identifier: GPL-2.0-only
#include "vm/names.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/file.h"
#include "runner/base/mem.h"

enum { LIST_MAX = 1 << 20, COLUMNS = 5 };

/* A name becomes a folder of the cache. */
static bool is_sound(const char *name)
{
	return *name != '/' && *name != '.' && !strstr(name, "..") && name[strlen(name) - 1] != '/';
}

/* And the word before its suites a part of a script's name. */
static bool is_word(const char *from)
{
	return !from[strspn(from, "abcdefghijklmnopqrstuvwxyz0123456789")];
}

static int add_row(struct kernel_names *names, const char *path, size_t line, const char *text,
		   struct fault *fault)
{
	struct strings column = {0};
	int rc = 0;

	strings_split(&column, text, " \t");
	if (!column.count || *column.items[0] == '#')
		goto out;
	if (column.count != COLUMNS || !is_sound(column.items[0]) || !is_word(column.items[1])) {
		rc = fault_set(fault, EXIT_BAD_INPUT,
			       "%s:%zu: want five columns: name, from, suites, version, pattern of packages",
			       path, line);
		goto out;
	}
	names->items = mem_need(realloc(names->items, (names->count + 1) * sizeof(*names->items)));
	names->items[names->count++] = (struct kernel_name){
		mem_strdup(column.items[0]), mem_strdup(column.items[1]), mem_strdup(column.items[2]),
		mem_strdup(column.items[3]), mem_strdup(column.items[4])};
out:
	strings_free(&column);
	return rc;
}

int kernel_names_read(struct kernel_names *names, struct memo *memo, struct fault *fault)
{
	char *path = data_path("vm/kernels.list", fault), *save, *line;
	struct bytes text = {0};
	int rc = -1;

	*names = (struct kernel_names){0};
	if (!path)
		return -1;
	memo_input(memo, path);
	if (file_read(path, LIST_MAX, &text, fault) == 0) {
		bytes_append(&text, "", 1);
		rc = 0;
		save = (char *)text.data;
		for (size_t i = 1; rc == 0 && (line = strsep(&save, "\n")); i++)
			rc = add_row(names, path, i, line, fault);
	}
	bytes_free(&text);
	free(path);
	return rc;
}

void kernel_names_free(struct kernel_names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		free(names->items[i].name);
		free(names->items[i].from);
		free(names->items[i].suites);
		free(names->items[i].version);
		free(names->items[i].pattern);
	}
	free(names->items);
	*names = (struct kernel_names){0};
}
