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
#include "results/parts.h"
#include "runner/base/text.h"
#include "runner/base/file.h"

enum { PARTS_MAX = 99999 }; /* as --shard takes them */

/* One part: its matrix.json, and where it is. */
struct part {
	const char *dir;
	struct matrix_facts facts;
};

/* One kernel's new journal, while the parts' are added to it. */
struct joined {
	FILE *journal, *console;
	bool begun;
	struct facts head;
	json_t *plan;         /* of all parts */
	struct text rest;     /* all lines but the first, and those about an end */
	struct run_parts own; /* how the run in this part ended */
	struct run_end end;   /* of all parts */
	bool ended, killed;   /* a part has an end; a part has none */
	int resumed;          /* how often, all of them */
	long long vms, vms_before;
	struct fault *fault;
	const char *name, *dir, *first_dir;
};

static int read_part(struct part *p, const char *dir, struct fault *fault)
{
	const struct shard_facts *shard = &p->facts.shard;

	p->dir = dir;
	if (matrix_read(&p->facts, dir, fault))
		return -1;
	if (shard->part < 1 || shard->part > shard->parts || shard->parts > PARTS_MAX)
		return fault_set(fault, EXIT_BAD_INPUT, "%s is no part: it was run without --shard", dir);
	return 0;
}

/* A list of strings as the user wrote it; to free. */
static char *words(const struct strings *list)
{
	struct text t = {0};

	for (size_t i = 0; i < list->count; i++) {
		text_printf(&t, "%s", i ? " " : "");
		text_add_escaped(&t, list->items[i], strlen(list->items[i]));
	}
	if (!t.len)
		text_printf(&t, "everything");
	return text_take(&t);
}

/* Whether the lists of two parts, given by their folders, are the same. */
static int lists_fit(const struct strings *a, const char *dir_a, const struct strings *b, const char *dir_b,
		     const char *what, struct fault *fault)
{
	bool same = a->count == b->count;
	int ret = 0;

	for (size_t i = 0; same && i < a->count; i++)
		same = !strcmp(a->items[i], b->items[i]);
	if (!same) {
		char *mine = words(a), *other = words(b);

		ret = fault_set(fault, EXIT_BAD_INPUT, "the parts differ in their %s: %s has %s, %s has %s",
				what, dir_a, mine, dir_b, other);
		free(mine);
		free(other);
	}
	return ret;
}

static int parts_fit(const struct part *a, const struct part *b, struct fault *fault)
{
	const struct shard_facts *x = &a->facts.shard, *y = &b->facts.shard;

	if (x->parts != y->parts)
		return fault_set(fault, EXIT_BAD_INPUT, "%s is one of %d parts, %s one of %d", a->dir,
				 x->parts, b->dir, y->parts);
	if (lists_fit(&x->kernels, a->dir, &y->kernels, b->dir, "kernels", fault) ||
	    lists_fit(&x->selection, a->dir, &y->selection, b->dir, "selection", fault))
		return -1;
	if (strcmp(fact_text(x->catalogue), fact_text(y->catalogue)) != 0)
		return fault_set(
			fault, EXIT_BAD_INPUT,
			"%s and %s were run with other catalogues: use the same nscheck for all parts",
			a->dir, b->dir);
	if (strcmp(fact_text(x->times), fact_text(y->times)) != 0)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s and %s were cut by other times: give the same --times to all parts",
				 a->dir, b->dir);
	return 0;
}

static int all_there(const struct part *parts, size_t count, struct fault *fault)
{
	struct text missing = {0};
	int of = parts[0].facts.shard.parts, ret = 0;

	for (int number = 1; number <= of; number++) {
		const struct part *found = NULL;

		for (size_t i = 0; i < count; i++) {
			if (parts[i].facts.shard.part != number)
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
	const struct part *x = a, *y = b;

	return x->facts.shard.part - y->facts.shard.part;
}

static void add_line(struct joined *j, json_t *entry)
{
	char *line = json_dumps(entry, JSON_COMPACT | JSON_ENSURE_ASCII);

	text_printf(&j->rest, "%s\n", line);
	free(line);
}

/* A part where the kernel could not be had knows no checksum. */
static void check_same(struct joined *j, const struct facts *f)
{
	const struct facts *h = &j->head;

	if (h->kernel.sha256 && f->kernel.sha256 && strcmp(h->kernel.sha256, f->kernel.sha256) != 0)
		fault_set(j->fault, EXIT_BAD_INPUT,
			  "%s is %s %s in %s, but %s %s in %s: one build for all parts", j->name,
			  fact_text(h->kernel.release), fact_text(h->kernel.version), j->first_dir,
			  fact_text(f->kernel.release), fact_text(f->kernel.version), j->dir);
	if (h->options != f->options && !json_equal(h->options, f->options))
		fault_set(j->fault, EXIT_BAD_INPUT, "%s and %s were run with other options", j->first_dir,
			  j->dir);
}

/* The facts are those of the first part that had the kernel. */
static void add_head(struct joined *j, json_t *run)
{
	struct facts f = {0};

	facts_read(&f, run);
	json_array_extend(j->plan, json_object_get(run, "plan"));
	if (j->begun)
		check_same(j, &f);
	if (!j->begun || (!j->head.kernel.sha256 && f.kernel.sha256)) {
		facts_free(&j->head);
		j->head = f;
		j->first_dir = j->dir;
	} else {
		facts_free(&f);
	}
	j->begun = true;
}

/* The first part that did not finish says how the whole ended; times add up. */
static void add_end(struct joined *j)
{
	struct run_end own = run_parts_end(&j->own);

	run_end_add(&j->end, &own);
	if (own.how == END_KILLED) {
		j->killed = true;
	} else if (!j->ended || (j->end.how == END_FINISHED && own.how != END_FINISHED)) {
		j->end.how = own.how;
		j->end.fault = own.fault;
		own.fault = NULL;
		j->ended = true;
	}
	run_end_free(&own);
}

/* VMs are numbered on: those of the next part come after those of this one. */
static void add_entry(void *arg, const char *type, json_t *entry)
{
	struct joined *j = arg;
	json_t *vm = json_object_get(entry, "vm");

	run_parts_entry(&j->own, type, entry);
	if (!strcmp(type, "run")) {
		add_head(j, entry);
		return;
	}
	if (!strcmp(type, "resumed")) {
		j->resumed++;
		return;
	}
	if (!strcmp(type, "end"))
		return;
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
	for (size_t i = 0; i < p->facts.count; i++) {
		const struct matrix_run *run = &p->facts.runs[i];
		unsigned int damaged;

		if (strcmp(run->name, j->name) != 0)
			continue;
		char *dir = mem_printf("%s/%s", p->dir, run->folder);
		j->dir = p->dir;
		j->vms_before = j->vms;
		if (!journal_read(dir, add_entry, j, &damaged, j->fault))
			add_console(j, dir);
		add_end(j);
		free(dir);
	}
	return j->fault->status ? -1 : 0;
}

/* Writes an entry and lets go of it. */
static bool write_entry(FILE *f, const char *type, json_t *entry)
{
	json_object_set_new(entry, "type", json_string(type));
	bool failed = json_dumpf(entry, f, JSON_COMPACT | JSON_ENSURE_ASCII) || fputs("\n", f) == EOF;
	json_decref(entry);
	return failed;
}

static int write_joined(struct joined *j, const char *dir)
{
	bool failed = !j->journal || !j->console;

	if (!failed) {
		j->head.resumed = j->resumed;
		json_t *head = facts_write(&j->head);
		json_object_set(head, "plan", j->plan);
		failed |= write_entry(j->journal, "run", head);
		fputs(text_get(&j->rest), j->journal);
		if (j->ended && !j->killed)
			failed |= write_entry(j->journal, "end", run_end_write(&j->end));
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
	struct joined j = {.fault = fault, .name = name, .plan = json_array()};
	FILE *spool = tmpfile();
	int ret = spool ? 0 : fault_set(fault, EXIT_UNFINISHED, "cannot make a temporary file: %m");

	j.console = spool;
	for (size_t i = 0; !ret && i < count; i++)
		ret = add_part(&j, &parts[i]);
	j.console = NULL;
	if (!ret && !j.begun)
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
	facts_free(&j.head);
	json_decref(j.plan);
	run_end_free(&j.end);
	return ret;
}

/* The run of that kernel in the first part that has one, or NULL. */
static const struct matrix_run *run_of(const struct part *parts, size_t count, const char *kernel)
{
	for (size_t p = 0; p < count; p++)
		for (size_t i = 0; i < parts[p].facts.count; i++)
			if (!strcmp(parts[p].facts.runs[i].name, kernel))
				return &parts[p].facts.runs[i];
	return NULL;
}

/* All runs of the parts, each kernel once, in the order of the list; a name keeps the folder that a part gave it. */
static void add_runs(struct matrix_facts *m, const struct part *parts, size_t count)
{
	const struct strings *kernels = &parts[0].facts.shard.kernels;

	for (size_t k = 0; k < kernels->count; k++) {
		const struct matrix_run *run = run_of(parts, count, kernels->items[k]);

		if (run)
			matrix_facts_add(m, run->name, run->folder);
	}
}

/* Nothing half made is left: whoever mends the parts tries again. */
static void remove_joined(const struct matrix_facts *m, const char *output)
{
	for (size_t i = 0; i < m->count; i++) {
		char *dir = mem_printf("%s/%s", output, m->runs[i].folder);

		dir_remove(dir);
		free(dir);
	}
}

static int join(const struct part *parts, size_t count, const char *output, const char *id,
		struct fault *fault)
{
	struct matrix_facts m = {.id = mem_strdup(id),
				 .started = mem_strdup(fact_text(parts[0].facts.started)),
				 .parts = (int)count};
	int ret = 0;

	add_runs(&m, parts, count);
	for (size_t i = 0; !ret && i < m.count; i++) {
		char *dir = mem_printf("%s/%s", output, m.runs[i].folder);

		ret = join_kernel(parts, count, m.runs[i].name, dir, fault);
		free(dir);
	}
	if (!ret)
		ret = matrix_write(output, &m, fault);
	if (ret)
		remove_joined(&m, output);
	matrix_facts_free(&m);
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
		matrix_facts_free(&parts[i].facts);
	free(parts);
	return ret;
}
