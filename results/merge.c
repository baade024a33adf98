// SPDX-License-Identifier: GPL-2.0-only
#include "results/merge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/journal.h"
#include "results/matrix.h"
#include "runner/base/text.h"
#include "runner/base/file.h"

enum { PARTS_MAX = 99999 }; /* as --shard takes them */

/* One part: its matrix.json, and where it is. */
struct part {
	const char *dir;
	json_t *facts;
	json_t *shard; /* of the facts */
	int number, of;
};

/* One kernel's new journal, while the parts' are added to it. */
struct joined {
	FILE *journal, *console;
	json_t *head;     /* the "run" entry, with the plans of all parts */
	struct text rest; /* all lines but the first and the last */
	json_t *end;
	bool killed; /* a part has no end */
	int number;  /* of the part that is being read */
	long long vms, vms_before;
	struct fault *fault;
	const char *name, *dir, *first_dir;
};

static int read_part(struct part *p, const char *dir, struct fault *fault)
{
	*p = (struct part){.dir = dir, .facts = matrix_read(dir, fault)};
	if (!p->facts)
		return -1;
	p->shard = json_object_get(p->facts, "shard");
	p->number = (int)json_integer_value(json_object_get(p->shard, "part"));
	p->of = (int)json_integer_value(json_object_get(p->shard, "parts"));
	if (p->number < 1 || p->number > p->of || p->of > PARTS_MAX)
		return fault_set(fault, EXIT_BAD_INPUT, "%s is no part: it was run without --shard", dir);
	return 0;
}

/* A list of strings as the user wrote it; to free. */
static char *words(json_t *list)
{
	struct text t = {0};
	json_t *word;
	size_t i;

	json_array_foreach(list, i, word)
	{
		text_printf(&t, "%s", i ? " " : "");
		text_add_escaped(&t, json_string_value(word), json_string_length(word));
	}
	if (!t.len)
		text_printf(&t, "everything");
	return text_take(&t);
}

static int lists_fit(const struct part *a, const struct part *b, const char *key, struct fault *fault)
{
	json_t *x = json_object_get(a->shard, key), *y = json_object_get(b->shard, key);
	int ret = 0;

	if (!json_equal(x, y)) {
		char *mine = words(x), *other = words(y);

		ret = fault_set(fault, EXIT_BAD_INPUT, "the parts differ in their %s: %s has %s, %s has %s",
				key, a->dir, mine, b->dir, other);
		free(mine);
		free(other);
	}
	return ret;
}

static int parts_fit(const struct part *a, const struct part *b, struct fault *fault)
{
	if (a->of != b->of)
		return fault_set(fault, EXIT_BAD_INPUT, "%s is one of %d parts, %s one of %d", a->dir, a->of,
				 b->dir, b->of);
	if (lists_fit(a, b, "kernels", fault) || lists_fit(a, b, "selection", fault))
		return -1;
	if (!json_equal(json_object_get(a->shard, "catalogue"), json_object_get(b->shard, "catalogue")))
		return fault_set(
			fault, EXIT_BAD_INPUT,
			"%s and %s were run with other catalogues: use the same nscheck for all parts",
			a->dir, b->dir);
	if (!json_equal(json_object_get(a->shard, "times"), json_object_get(b->shard, "times")))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s and %s were cut by other times: give the same --times to all parts",
				 a->dir, b->dir);
	return 0;
}

static int all_there(const struct part *parts, size_t count, struct fault *fault)
{
	struct text missing = {0};
	int of = parts[0].of, ret = 0;

	for (int number = 1; number <= of; number++) {
		const struct part *found = NULL;

		for (size_t i = 0; i < count; i++) {
			if (parts[i].number != number)
				continue;
			if (found && !ret)
				ret = fault_set(fault, EXIT_BAD_INPUT, "%s and %s are both part %d of %d",
						found->dir, parts[i].dir, number, of);
			found = &parts[i];
		}
		if (!found)
			text_printf(&missing, "%s%d", missing.len ? ", " : "", number);
	}
	if (missing.len && !ret)
		ret = fault_set(fault, EXIT_BAD_INPUT, "of %d parts these are missing: %s", of,
				text_get(&missing));
	text_free(&missing);
	return ret;
}

static int by_number(const void *a, const void *b)
{
	return ((const struct part *)a)->number - ((const struct part *)b)->number;
}

static void add_line(struct joined *j, json_t *entry)
{
	char *line = json_dumps(entry, JSON_COMPACT | JSON_ENSURE_ASCII);

	text_printf(&j->rest, "%s\n", line);
	free(line);
}

static const char *fact(json_t *run, const char *key)
{
	const char *value = json_string_value(json_object_get(json_object_get(run, "kernel"), key));

	return value ? value : "";
}

/* A part where the kernel could not be had knows no checksum. */
static void check_same(struct joined *j, json_t *run)
{
	const char *mine = fact(j->head, "sha256"), *other = fact(run, "sha256");

	if (*mine && *other && strcmp(mine, other))
		fault_set(j->fault, EXIT_BAD_INPUT,
			  "%s is %s %s in %s, but %s %s in %s: one build for all parts", j->name,
			  fact(j->head, "release"), fact(j->head, "version"), j->first_dir,
			  fact(run, "release"), fact(run, "version"), j->dir);
	if (!json_equal(json_object_get(j->head, "options"), json_object_get(run, "options")))
		fault_set(j->fault, EXIT_BAD_INPUT, "%s and %s were run with other options", j->first_dir,
			  j->dir);
}

static void add_head(struct joined *j, json_t *run)
{
	if (!j->head) {
		j->head = json_deep_copy(run);
		j->first_dir = j->dir;
		return;
	}
	check_same(j, run);
	json_array_extend(json_object_get(j->head, "plan"), json_object_get(run, "plan"));
	if (!*fact(j->head, "sha256") && *fact(run, "sha256")) {
		json_t *plan = json_incref(json_object_get(j->head, "plan"));

		json_object_update(j->head, run);
		json_object_set_new(j->head, "plan", plan);
		j->first_dir = j->dir;
	}
}

static void add_numbers(json_t *sum, json_t *more)
{
	const char *key;
	json_t *value;

	json_object_foreach(more, key, value)
	{
		json_int_t so_far = json_integer_value(json_object_get(sum, key));

		json_object_set_new(sum, key, json_integer(so_far + json_integer_value(value)));
	}
}

/* The first part that did not finish says how the whole ended; times add up. */
static void add_end(struct joined *j, json_t *end)
{
	const char *how = json_string_value(json_object_get(end, "how"));
	const char *before = json_string_value(json_object_get(j->end, "how"));

	j->killed = false;
	if (!j->end) {
		j->end = json_deep_copy(end);
		return;
	}
	add_numbers(json_object_get(j->end, "times_ms"), json_object_get(end, "times_ms"));
	if (!how || !before || strcmp(before, "finished") || !strcmp(how, "finished"))
		return;
	json_object_set(j->end, "how", json_object_get(end, "how"));
	json_object_set(j->end, "fault", json_object_get(end, "fault"));
}

/* VMs are numbered on: those of the next part come after those of this one. */
static void add_entry(void *arg, const char *type, json_t *entry)
{
	struct joined *j = arg;
	json_t *vm = json_object_get(entry, "vm");

	if (!strcmp(type, "run")) {
		add_head(j, entry);
		return;
	}
	if (!strcmp(type, "end")) {
		add_end(j, entry);
		return;
	}
	if (json_is_integer(vm)) {
		long long number = j->vms_before + json_integer_value(vm);

		if (number > j->vms)
			j->vms = number;
		json_object_set_new(entry, "vm", json_integer(number));
	}
	add_line(j, entry);
}

/* Each line of a console begins with the number of its VM. */
static void add_console(struct joined *j, const char *dir)
{
	char *path = mem_printf("%s/console.log", dir), *line = NULL;
	FILE *f = fopen(path, "re");
	size_t room = 0;

	while (f && j->console && getline(&line, &room, f) > 0) {
		char *rest;
		long vm = strtol(line, &rest, 10);

		fprintf(j->console, "%lld%s", j->vms_before + vm, rest);
	}
	if (f)
		fclose(f);
	free(line);
	free(path);
}

static int add_part(struct joined *j, const struct part *p)
{
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(p->facts, "runs"), i, entry)
	{
		unsigned int damaged;

		if (strcmp(json_string_value(json_object_get(entry, "name")), j->name))
			continue;
		char *dir = mem_printf("%s/%s", p->dir, json_string_value(json_object_get(entry, "folder")));
		bool killed = j->killed;
		j->dir = p->dir;
		j->vms_before = j->vms;
		j->killed = true;
		if (!journal_read(dir, add_entry, j, &damaged, j->fault))
			add_console(j, dir);
		j->killed |= killed;
		free(dir);
	}
	return j->fault->status ? -1 : 0;
}

static int write_joined(struct joined *j, const char *dir)
{
	bool failed = !j->journal || !j->console;

	if (!failed) {
		failed |= json_dumpf(j->head, j->journal, JSON_COMPACT | JSON_ENSURE_ASCII) != 0;
		fprintf(j->journal, "\n%s", text_get(&j->rest));
		if (j->end && !j->killed) {
			failed |= json_dumpf(j->end, j->journal, JSON_COMPACT | JSON_ENSURE_ASCII) != 0;
			fputs("\n", j->journal);
		}
	}
	if (j->journal)
		failed |= fclose(j->journal) != 0;
	if (j->console)
		failed |= fclose(j->console) != 0;
	return failed ? fault_set(j->fault, EXIT_UNFINISHED, "cannot write to %s: %m", dir) : 0;
}

static FILE *create(const char *dir, const char *name)
{
	char *path = mem_printf("%s/%s", dir, name);
	FILE *f = fopen(path, "wxe");

	free(path);
	return f;
}

/* A kernel's folder is made once its parts are known to fit. */
static int join_kernel(const struct part *parts, size_t count, const char *name, const char *dir,
		       struct fault *fault)
{
	struct joined j = {.fault = fault, .name = name};
	FILE *spool = tmpfile();
	int ret = spool ? 0 : fault_set(fault, EXIT_UNFINISHED, "cannot make a temporary file: %m");

	j.console = spool;
	for (size_t i = 0; !ret && i < count; i++)
		ret = add_part(&j, &parts[i]);
	j.console = NULL;
	if (!ret && !j.head)
		ret = fault_set(fault, EXIT_BAD_INPUT, "no part holds a run of %s", name);
	if (!ret && mkdir(dir, 0755))
		ret = fault_set(fault, EXIT_UNFINISHED, "cannot make %s: %m", dir);
	if (!ret) {
		j.journal = create(dir, "journal.ndjson");
		j.console = create(dir, "console.log");
		rewind(spool);
		for (int c; j.console && (c = getc(spool)) != EOF;)
			putc(c, j.console);
		ret = write_joined(&j, dir);
	}
	if (spool)
		fclose(spool);
	text_free(&j.rest);
	json_decref(j.head);
	json_decref(j.end);
	return ret;
}

/* All runs of the parts, each kernel once, in the order of the list; a name keeps the folder that a part gave it. */
static json_t *runs_of(const struct part *parts, size_t count)
{
	json_t *runs = json_array(), *kernel, *entry;
	size_t i, k;

	json_array_foreach(json_object_get(parts[0].shard, "kernels"), k, kernel)
	{
		bool found = false;

		for (size_t p = 0; p < count && !found; p++)
			json_array_foreach(json_object_get(parts[p].facts, "runs"), i, entry)
			{
				if (found || !json_equal(json_object_get(entry, "name"), kernel))
					continue;
				json_array_append(runs, entry);
				found = true;
			}
	}
	return runs;
}

/* Nothing half made is left: whoever mends the parts tries again. */
static void remove_joined(json_t *runs, const char *output)
{
	json_t *entry;
	size_t i;

	json_array_foreach(runs, i, entry)
	{
		char *dir = mem_printf("%s/%s", output, json_string_value(json_object_get(entry, "folder")));

		dir_remove(dir);
		free(dir);
	}
}

static int join(const struct part *parts, size_t count, const char *output, const char *id,
		struct fault *fault)
{
	json_t *runs = runs_of(parts, count), *entry;
	json_t *facts = json_pack("{s:i,s:s,s:O,s:O}", "schema", 1, "id", id, "started",
				  json_object_get(parts[0].facts, "started"), "runs", runs);
	size_t i;
	int ret = 0;

	json_object_set_new(facts, "parts", json_integer((json_int_t)count));
	json_array_foreach(runs, i, entry)
	{
		char *dir = mem_printf("%s/%s", output, json_string_value(json_object_get(entry, "folder")));

		if (!ret)
			ret = join_kernel(parts, count, json_string_value(json_object_get(entry, "name")),
					  dir, fault);
		free(dir);
	}
	if (!ret)
		ret = matrix_write(output, facts, fault);
	if (ret)
		remove_joined(runs, output);
	json_decref(facts);
	json_decref(runs);
	return ret;
}

int merge_parts(char *const *dirs, size_t count, const char *output, const char *id, struct fault *fault)
{
	struct part *parts = mem_zalloc((count + 1) * sizeof(*parts));
	int ret = 0;

	for (size_t i = 0; !ret && i < count; i++)
		ret = read_part(&parts[i], dirs[i], fault);
	for (size_t i = 1; !ret && i < count; i++)
		ret = parts_fit(&parts[0], &parts[i], fault);
	if (!ret)
		ret = all_there(parts, count, fault);
	if (!ret) {
		qsort(parts, count, sizeof(*parts), by_number);
		ret = join(parts, count, output, id, fault);
	}
	for (size_t i = 0; i < count; i++)
		json_decref(parts[i].facts);
	free(parts);
	return ret;
}
