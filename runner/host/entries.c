// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/entries.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "vm/names.h"
#include "vm/spec.h"

enum { FOLDER_LENGTH = 60 };

/* The end of a name tells most: paths are long. */
static char *folder_name(const char *name)
{
	size_t len = strlen(name);
	char *folder = mem_strdup(len > FOLDER_LENGTH ? name + len - FOLDER_LENGTH : name);

	for (char *c = folder; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._+", *c))
			*c = '-';
	for (char *c = folder; *c == '.' || *c == '-'; c++)
		*c = '_';
	return folder;
}

static bool folder_is_taken(const struct entries *entries, const char *folder)
{
	for (size_t i = 0; i < entries->count; i++)
		if (!strcmp(entries->items[i].folder, folder))
			return true;
	return false;
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool is_there(const struct entries *entries, const char *kernel, const char *runtime)
{
	for (size_t i = 0; i < entries->count; i++)
		if (!strcmp(entries->items[i].kernel, kernel) && same(entries->items[i].runtime, runtime))
			return true;
	return false;
}

static bool name_is_taken(const struct entries *entries, const char *name)
{
	for (size_t i = 0; i < entries->count; i++)
		if (!strcmp(entries->items[i].name, name))
			return true;
	return false;
}

/* One runtime is the same for all, and needs no name in each. */
static char *entry_name(const char *kernel, const char *runtime, bool several)
{
	return several ? mem_printf("%s %s", kernel, runtime) : mem_strdup(kernel);
}

static char *choose_name(const struct entries *entries, const char *kernel, const char *runtime, bool several)
{
	struct kernel_spec spec;

	kernel_spec_read(&spec, kernel);
	char *name = entry_name(spec.kernel, runtime, several);
	if (name_is_taken(entries, name)) { /* the same file, with other modules or another configuration */
		free(name);
		name = entry_name(kernel, runtime, several);
	}
	kernel_spec_free(&spec);
	return name;
}

static void add_entry(struct entries *entries, const char *kernel, const char *runtime, bool several)
{
	if (is_there(entries, kernel, runtime))
		return;

	char *name = choose_name(entries, kernel, runtime, several);
	struct entry entry = {
		.kernel = mem_strdup(kernel), .runtime = runtime, .name = name, .folder = folder_name(name)};

	for (int n = 2; folder_is_taken(entries, entry.folder); n++) {
		free(entry.folder);
		entry.folder = folder_name(name);
		char *numbered = mem_printf("%s-%d", entry.folder, n);
		free(entry.folder);
		entry.folder = numbered;
	}
	entries->items = mem_realloc(entries->items, (entries->count + 1) * sizeof(*entries->items));
	entries->items[entries->count++] = entry;
}

/* A kernel with each of the runtimes. */
static void add_entries(struct entries *entries, const struct strings *runtimes, const char *kernel)
{
	size_t count = runtimes ? runtimes->count : 0;

	for (size_t i = 0; i < count; i++)
		add_entry(entries, kernel, runtimes->items[i], count > 1);
	if (!count)
		add_entry(entries, kernel, NULL, false);
}

int entries_make(struct entries *entries, const struct entries_request *wanted, struct fault *fault)
{
	struct kernel_names names = {0};
	int ret = 0;

	*entries = (struct entries){0};
	if (wanted->listed)
		ret = kernel_names_read(&names, NULL, fault);
	for (size_t i = 0; i < names.count; i++)
		add_entries(entries, wanted->runtimes, names.items[i].name);
	for (size_t i = 0; i < wanted->kernels->count; i++)
		add_entries(entries, wanted->runtimes, wanted->kernels->items[i]);
	if (!wanted->listed && !wanted->kernels->count)
		add_entries(entries, wanted->runtimes, wanted->otherwise);
	kernel_names_free(&names);
	if (!ret && !entries->count)
		ret = fault_set(fault, EXIT_BAD_INPUT, "vm/kernels.list names no kernel");
	return ret;
}

void entry_free(struct entry *entry)
{
	free(entry->kernel);
	free(entry->name);
	free(entry->folder);
}

void entries_free(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		entry_free(&entries->items[i]);
	free(entries->items);
	*entries = (struct entries){0};
}
