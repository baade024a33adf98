// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/baseline.h"
#include "results/journal.h"
#include "results/matrix.h"
#include "results/merge.h"
#include "results/report.h"
#include "results/term.h"
#include "runner/host/gather.h"
#include "runner/host/loop.h"
#include "runner/host/execute.h"
#include "runner/host/wanted.h"
#include "runner/base/file.h"

/* What would stop every run is told once, before the first. */
static int check_first(const struct options *o, const struct table *table, struct fault *fault)
{
	struct baseline baseline;
	const struct plan_request wanted = wanted_plan(o);
	struct plan plan = {0};
	char version[256];
	int ret = baseline_load(&baseline, o->baseline, fault);

	baseline_free(&baseline);
	if (!ret)
		ret = plan_make(&plan, table, &wanted, NULL, fault);
	plan_free(&plan);
	if (ret || dir_make(o->cache, fault))
		return -1;
	return monitor_find(o->qemu, o->cache, version, sizeof(version), fault) ? 0 : -1;
}

/* Takes the facts of the shard over. */
static void gather_matrix(struct matrix_facts *facts, const struct entries *entries, struct shard *shard,
			  const struct folder *f)
{
	*facts = (struct matrix_facts){
		.id = mem_strdup(f->id), .started = gather_time(), .shard = shard->facts};
	shard->facts = (struct shard_facts){0};
	for (size_t i = 0; i < entries->count; i++)
		matrix_facts_add(facts, entries->items[i].name, entries->items[i].folder);
}

/* The options of one run: all but what is its own are the user's. */
static struct options options_of(const struct options *o, const struct entry *e, const char *output)
{
	struct options own = *o;

	own.kernel.spec = e->kernel;
	own.runtime.name = e->runtime;
	own.output = output;
	return own;
}

static int journal_none(struct journal *journal, const struct options *o, const struct folder *folder,
			const struct plan *plan, const struct run_end *end, struct fault *fault)
{
	const struct gather_request asked = wanted_facts(o);
	struct facts facts;

	gather_few_facts(&facts, &asked, folder);
	int ret = journal_add(journal, "run", gather_entry(&facts, plan), fault);
	facts_free(&facts);
	return ret ? ret : journal_add(journal, "end", run_end_write(end), fault);
}

/* A run that could not begin has a folder and a journal as well: its tests are planned, and the end says why not. */
static int journal_of_none(const struct options *o, const struct table *table, enum run_end_how how,
			   const char *why, struct fault *fault)
{
	const struct plan_request wanted = wanted_plan(o);
	const struct run_end end = {.how = how, .fault = *why ? (char *)why : NULL};
	struct folder folder;
	struct plan plan;
	struct journal journal = {.fd = -1};
	struct run run;
	int ret = plan_make(&plan, table, &wanted, NULL, fault);

	if (!ret)
		ret = folder_make(&folder, o->output, o->home, fault);
	if (!ret) {
		ret = journal_create(&journal, folder.path, fault);
		if (!ret)
			ret = journal_none(&journal, o, &folder, &plan, &end, fault);
		journal_close(&journal);
		folder_free(&folder);
	}
	plan_free(&plan);
	if (ret || run_load(&run, o->output, fault))
		return -1;
	ret = report_all(&run, o->output, fault);
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
static bool run_entry(const struct options *o, const char *name, struct table *table, struct fault *fault)
{
	struct fault own = {0};
	int status = execute_tests(o, table, loop_now(), NULL, &own);

	if (own.status)
		fprintf(stderr, "nscheck: %s: %s\n", name, own.text);
	if (!has_journal(o->output)) {
		enum run_end_how how = status == EXIT_INTERRUPTED ? END_INTERRUPTED : END_FAULT;

		if (journal_of_none(o, table, how, own.text, fault))
			return false;
	}
	return status != EXIT_INTERRUPTED;
}

static int run_entries(const struct options *o, const struct entries *entries, const struct shard *shard,
		       struct table *table, const char *dir, struct fault *fault)
{
	bool going = true;

	for (size_t i = 0; i < entries->count && !fault->status; i++) {
		const struct entry *e = &entries->items[i];
		char *output = mem_printf("%s/%s", dir, e->folder);
		const struct options own = options_of(o, e, output);

		if (o->shards)
			shard_select(shard, i, table);
		if (going) {
			printf("%s%s %zu of %zu: %s\n", i ? "\n" : "",
			       o->runtimes.count > 1 ? "run" : "kernel", i + 1, entries->count, e->name);
			fflush(stdout);
			going = run_entry(&own, e->name, table, fault);
		} else {
			journal_of_none(&own, table, END_INTERRUPTED, "", fault);
		}
		free(output);
	}
	return fault->status ? -1 : 0;
}

static int conclude(const struct options *o, const char *dir, bool parts, struct fault *fault)
{
	struct matrix m;
	const struct after wanted = wanted_after(o);
	struct term term;
	int status;

	if (matrix_load(&m, dir, fault)) {
		matrix_free(&m);
		return fault->status;
	}
	term_begin(&term, stdout, "", "", 0);
	matrix_print(&m, dir, term.colour, stdout);
	status = matrix_status(&m);
	if ((matrix_report(&m, dir, parts, fault) || after_runs(&wanted, m.list, m.count, fault)) &&
	    fault->status > status)
		status = fault->status;
	matrix_free(&m);
	return status;
}

int matrix_run(const struct options *o, struct table *table, struct fault *fault)
{
	const struct entries_request wanted = wanted_entries(o);
	const struct shard_request part = wanted_shard(o);
	struct entries entries;
	struct shard shard = {0};
	struct folder folder = {0};
	int status = -1;

	if (!entries_make(&entries, &wanted, fault) && !check_first(o, table, fault) &&
	    !(o->shards && shard_cut(&shard, &entries, table, &part, fault)) &&
	    !folder_make(&folder, o->output, o->home, fault)) {
		struct matrix_facts facts;

		gather_matrix(&facts, &entries, &shard, &folder);

		if (!matrix_write(folder.path, &facts, fault) &&
		    !run_entries(o, &entries, &shard, table, folder.path, fault)) {
			folder_publish(&folder);
			status = conclude(o, folder.path, false, fault);
		}
		matrix_facts_free(&facts);
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

	if (!folder_make(&folder, o->output, o->home, fault)) {
		if (!merge_parts(o->selection.items, o->selection.count, folder.path, folder.id, fault)) {
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
