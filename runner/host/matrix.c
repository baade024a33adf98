// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/matrix.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/baseline.h"
#include "results/journal.h"
#include "results/matrix.h"
#include "results/merge.h"
#include "results/report.h"
#include "results/term.h"
#include "runner/host/after.h"
#include "runner/host/facts.h"
#include "runner/host/loop.h"
#include "runner/host/run.h"
#include "runner/host/shard.h"
#include "runner/base/file.h"
#include "vm/names.h"

enum { MATRIX_SCHEMA = 1, FOLDER_LENGTH = 60 };

bool matrix_wanted(const struct options *o)
{
	return o->matrix || o->kernel_count > 1 || o->runtime_count > 1 || o->shards;
}

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

static void add_entry(struct entries *entries, const struct options *o, const char *kernel,
		      const char *runtime)
{
	/* One runtime is the same for all, and needs no name in each. */
	char *name = o->runtime_count > 1 ? mem_printf("%s %s", kernel, runtime) : mem_strdup(kernel);

	for (size_t i = 0; i < entries->count; i++) {
		if (!strcmp(entries->items[i].name, name)) {
			free(name);
			return;
		}
	}
	entries->items = mem_realloc(entries->items, (entries->count + 1) * sizeof(*entries->items));

	struct entry entry = {
		.options = *o, .kernel = mem_strdup(kernel), .name = name, .folder = folder_name(name)};

	for (int n = 2; folder_is_taken(entries, entry.folder); n++) {
		free(entry.folder);
		entry.folder = folder_name(name);
		char *numbered = mem_printf("%s-%d", entry.folder, n);
		free(entry.folder);
		entry.folder = numbered;
	}
	entry.options.kernel.spec = entry.kernel;
	entry.options.runtime.name = runtime;
	entries->items[entries->count++] = entry;
}

/* A kernel with each of the runtimes. */
static void add_entries(struct entries *entries, const struct options *o, const char *kernel)
{
	for (size_t i = 0; i < o->runtime_count; i++)
		add_entry(entries, o, kernel, o->runtimes[i]);
	if (!o->runtime_count)
		add_entry(entries, o, kernel, NULL);
}

int entries_make(struct entries *entries, const struct options *o, struct fault *fault)
{
	struct kernel_names names = {0};
	int ret = 0;

	*entries = (struct entries){0};
	if (o->matrix)
		ret = kernel_names_read(&names, NULL, fault);
	for (size_t i = 0; i < names.count; i++)
		add_entries(entries, o, names.items[i].name);
	for (size_t i = 0; i < o->kernel_count; i++)
		add_entries(entries, o, o->kernels[i]);
	if (!o->matrix && !o->kernel_count)
		add_entries(entries, o, o->kernel.spec);
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
	free(entry->output);
}

void entries_free(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		entry_free(&entries->items[i]);
	free(entries->items);
	*entries = (struct entries){0};
}

/* What would stop every run is told once, before the first. */
static int check_first(const struct options *o, const struct table *table, struct fault *fault)
{
	struct baseline baseline;
	struct plan plan = {0};
	char version[256];
	int ret = baseline_load(&baseline, o->baseline, fault);

	baseline_free(&baseline);
	if (!ret)
		ret = plan_make(&plan, table, o, NULL, fault);
	plan_free(&plan);
	if (ret || dir_make(o->cache, fault))
		return -1;
	return monitor_find(o->qemu, o->cache, version, sizeof(version), fault) ? 0 : -1;
}

static json_t *matrix_facts(const struct entries *entries, const struct shard *shard, const struct folder *f)
{
	json_t *facts = json_object(), *runs = json_array();
	time_t now = time(NULL);
	char started[32];

	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	for (size_t i = 0; i < entries->count; i++)
		json_array_append_new(runs, json_pack("{s:s,s:s}", "name", entries->items[i].name, "folder",
						      entries->items[i].folder));
	json_object_set_new(facts, "schema", json_integer(MATRIX_SCHEMA));
	json_object_set_new(facts, "id", json_string(f->id));
	json_object_set_new(facts, "started", json_string(started));
	json_object_set_new(facts, "runs", runs);
	if (shard->facts)
		json_object_set(facts, "shard", shard->facts);
	return facts;
}

/* A run that could not begin has a folder and a journal as well: its tests are planned, and the end says why not. */
static int journal_of_none(const struct entry *e, const struct table *table, const char *how, const char *why,
			   struct fault *fault)
{
	struct folder folder;
	struct plan plan;
	struct journal journal = {.fd = -1};
	struct run run;
	json_t *end = json_pack("{s:s}", "how", how);
	int ret = plan_make(&plan, table, &e->options, NULL, fault);

	if (*why)
		json_object_set_new(end, "fault", json_string(why));
	if (!ret)
		ret = folder_make(&folder, &e->options, fault);
	if (!ret) {
		ret = journal_create(&journal, folder.path, fault);
		if (!ret)
			ret = journal_add(&journal, "run", facts_of_none(&e->options, &folder, &plan), fault);
		if (!ret)
			ret = journal_add(&journal, "end", json_incref(end), fault);
		journal_close(&journal);
		folder_free(&folder);
	}
	plan_free(&plan);
	json_decref(end);
	if (ret || run_load(&run, e->output, fault))
		return -1;
	ret = report_all(&run, e->output, fault);
	run_free(&run);
	return ret;
}

static bool has_journal(const char *dir)
{
	char *path = mem_printf("%s/journal.ndjson", dir);
	bool found = file_exists(path);

	free(path);
	return found;
}

/* Returns whether the next one may begin. */
static bool run_entry(struct entry *e, struct table *table, struct fault *fault)
{
	struct fault own = {0};
	int status = run_tests(&e->options, table, loop_now(), NULL, &own);

	if (own.status)
		fprintf(stderr, "nscheck: %s: %s\n", e->name, own.text);
	if (!has_journal(e->output)) {
		const char *how = status == EXIT_INTERRUPTED ? "interrupted" : "fault";

		if (journal_of_none(e, table, how, own.text, fault))
			return false;
	}
	return status != EXIT_INTERRUPTED;
}

static int run_entries(struct entries *entries, const struct shard *shard, struct table *table,
		       const char *dir, struct fault *fault)
{
	bool going = true;

	for (size_t i = 0; i < entries->count && !fault->status; i++) {
		struct entry *e = &entries->items[i];

		e->output = mem_printf("%s/%s", dir, e->folder);
		e->options.output = e->output;
		if (shard->facts)
			shard_select(shard, i, table);
		if (going) {
			printf("%s%s %zu of %zu: %s\n", i ? "\n" : "",
			       e->options.runtime_count > 1 ? "run" : "kernel", i + 1, entries->count,
			       e->name);
			fflush(stdout);
			going = run_entry(e, table, fault);
		} else if (journal_of_none(e, table, "interrupted", "", fault)) {
			break;
		}
	}
	return fault->status ? -1 : 0;
}

static int conclude(const struct options *o, const char *dir, bool parts, struct fault *fault)
{
	struct matrix m;
	struct term term;
	int status;

	if (matrix_load(&m, dir, fault)) {
		matrix_free(&m);
		return fault->status;
	}
	term_begin(&term, stdout, "", "", 0);
	matrix_print(&m, dir, term.colour, stdout);
	status = matrix_status(&m);
	if ((matrix_report(&m, dir, parts, fault) || after_runs(o, m.list, m.count, fault)) &&
	    fault->status > status)
		status = fault->status;
	matrix_free(&m);
	return status;
}

int matrix_run(const struct options *o, struct table *table, struct fault *fault)
{
	struct entries entries;
	struct shard shard = {0};
	struct folder folder = {0};
	int status = -1;

	if (!entries_make(&entries, o, fault) && !check_first(o, table, fault) &&
	    !(o->shards && shard_cut(&shard, &entries, table, o, fault)) && !folder_make(&folder, o, fault)) {
		json_t *facts = matrix_facts(&entries, &shard, &folder);

		if (!matrix_write(folder.path, facts, fault) &&
		    !run_entries(&entries, &shard, table, folder.path, fault)) {
			folder_publish(&folder);
			status = conclude(o, folder.path, false, fault);
		}
		json_decref(facts);
	}
	folder_free(&folder);
	shard_free(&shard);
	entries_free(&entries);
	return status < 0 ? fault->status : status;
}

int matrix_merge(const struct options *o, struct fault *fault)
{
	struct folder folder = {0};
	int status = -1;

	if (!folder_make(&folder, o, fault)) {
		if (!merge_parts(o->selection, o->selected, folder.path, folder.id, fault)) {
			folder_publish(&folder);
			status = conclude(o, folder.path, true, fault);
		} else {
			rmdir(folder.path);
		}
	}
	folder_free(&folder);
	return status < 0 ? fault->status : status;
}

int matrix_again(const struct options *o, struct fault *fault)
{
	return conclude(o, o->report, true, fault);
}
