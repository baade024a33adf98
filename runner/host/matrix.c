// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/matrix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/baseline.h"
#include "results/matrix.h"
#include "results/merge.h"
#include "results/report.h"
#include "results/term.h"
#include "runner/host/command.h"
#include "runner/host/gather.h"
#include "runner/host/loop.h"
#include "runner/host/execute.h"
#include "runner/host/select.h"
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
static int gather_matrix(struct matrix_facts *facts, const struct options *o, const struct entries *entries,
			 struct shard *shard, const struct folder *f, struct fault *fault)
{
	struct bytes suites;

	*facts = (struct matrix_facts){
		.id = mem_strdup(f->id), .started = gather_time(), .shard = shard->facts};
	shard->facts = (struct shard_facts){0};
	for (size_t i = 0; i < entries->count; i++)
		matrix_facts_add(facts, entries->items[i].name, entries->items[i].folder);
	if (file_map(o->guest, &suites, fault))
		return -1;
	facts->start = gather_start(o->argv + 1, (size_t)o->argc - 1, suites.data, suites.len);
	file_unmap(&suites);
	return 0;
}

static bool same_runs(const struct matrix_facts *a, const struct matrix_facts *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = !strcmp(a->runs[i].name, b->runs[i].name) &&
		       !strcmp(a->runs[i].folder, b->runs[i].folder);
	return same;
}

/* What is to be resumed has to be what would be begun now. */
static int check_same(const struct matrix_facts *before, const struct matrix_facts *now, struct fault *fault)
{
	const char *what = NULL;

	if (strcmp(fact_text(before->start.suites), fact_text(now->start.suites)) != 0)
		what = "the test program is not what it was";
	else if (!same_runs(before, now))
		what = "the kernels of vm/kernels.list are not what they were";
	else if (strcmp(fact_text(before->shard.times), fact_text(now->shard.times)) != 0)
		what = "--times has other times than it had";
	return what ? fault_set(fault, EXIT_BAD_INPUT,
				"cannot resume: %s when the matrix began; begin it anew", what)
		    : 0;
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

static bool has_journal(const char *dir)
{
	char *path = mem_printf("%s/journal.ndjson", dir);
	bool found = file_exists(path);

	free(path);
	return found;
}

/* A matrix while its runs are carried out. */
struct going {
	const struct options *options;
	const struct entries *entries;
	const struct shard *shard;
	struct table *table;
	const char *dir;
	bool again;            /* it is resumed */
	enum run_end_how rest; /* how those that are left end, END_FINISHED: the next one may begin */
	struct fault *fault;
};

/* What of a run is left to do. */
enum left { LEFT_ALL, LEFT_REST, LEFT_NOTHING };

/* Of a run that could not begin all is left, and its folder with what that says is in the way. */
static enum left look_at(struct run *before, const char *output, struct fault *fault)
{
	struct fault absent = {0};

	if (run_load(before, output, &absent) == SCHEMA_OTHER)
		fault_set(fault, absent.status, "%s", absent.text);
	else if (absent.status || !before->facts.start.suites)
		dir_remove(output);
	if (absent.status || !before->facts.start.suites)
		return LEFT_ALL;
	return before->end.how == END_FINISHED && !before->total[VERDICT_MISS] ? LEFT_NOTHING : LEFT_REST;
}

/* The tests of one of the runs: those before it may have selected others. */
static void select_all(const struct going *g, size_t entry)
{
	const struct strings *words = &g->options->selection;
	struct fault never = {0};

	if (g->options->shards)
		shard_select(g->shard, entry, g->table);
	else
		select_tests(g->table, words->items, words->count, &never);
}

/* Whether a run stopped at what was not expected, as it was told to. */
static bool was_cut(const char *dir)
{
	struct fault ignored = {0};
	struct run run;
	bool cut = !run_load(&run, dir, &ignored) && run.end.how == END_FAIL_FAST;

	run_free(&run);
	return cut;
}

static void carry_out(struct going *g, const struct options *own, const char *name, const struct run *before)
{
	struct fault fault = {0};
	int status;

	if (before && select_rest(g->table, before, &fault))
		status = fault.status;
	else
		status = execute_tests(own, g->table, loop_now(), before, &fault);
	if (fault.status)
		fprintf(stderr, "nscheck: %s: %s\n", name, fault.text);
	if (!has_journal(own->output))
		execute_none(own, g->table, status == EXIT_INTERRUPTED ? END_INTERRUPTED : END_FAULT,
			     fault.text, g->fault);
	if (status == EXIT_INTERRUPTED)
		g->rest = END_INTERRUPTED;
	else if (own->fail_fast && was_cut(own->output))
		g->rest = END_FAIL_FAST;
}

static void tell_entry(const struct going *g, size_t i, enum left left)
{
	printf("%s%s %zu of %zu: %s%s\n", i ? "\n" : "", g->options->runtimes.count > 1 ? "run" : "kernel",
	       i + 1, g->entries->count, g->entries->items[i].name,
	       left == LEFT_NOTHING ? ": nothing is left to run" : "");
	fflush(stdout);
}

static void run_entry(struct going *g, size_t i)
{
	const struct entry *e = &g->entries->items[i];
	char *output = mem_printf("%s/%s", g->dir, e->folder);
	const struct options own = options_of(g->options, e, output);
	struct run before = {0};
	enum left left = g->again ? look_at(&before, output, g->fault) : LEFT_ALL;

	select_all(g, i);
	if (g->rest == END_FINISHED && !g->fault->status) {
		tell_entry(g, i, left);
		if (left != LEFT_NOTHING)
			carry_out(g, &own, e->name, left == LEFT_REST ? &before : NULL);
	} else if (!g->fault->status && left == LEFT_ALL) {
		execute_none(&own, g->table, g->rest, "", g->fault);
	}
	run_free(&before);
	free(output);
}

/* Whether a run was cut short where it can be gone on with. */
static bool has_rest(const struct matrix *m)
{
	bool rest = false;

	for (size_t i = 0; i < m->count; i++) {
		const struct run *run = &m->runs[i];

		rest |= run->end.how == END_INTERRUPTED || run->end.how == END_FAIL_FAST ||
			run->end.how == END_KILLED || (run_has_results(run) && run->total[VERDICT_MISS]);
	}
	return rest;
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
	if (o->task == TASK_MATRIX && has_rest(&m))
		command_tell_rest(o, dir);
	status = matrix_status(&m);
	if ((matrix_report(&m, dir, parts, fault) || after_runs(&wanted, m.list, m.count, fault)) &&
	    fault->status > status)
		status = fault->status;
	matrix_free(&m);
	return status;
}

/* Nobody else may run it at the same time. A descriptor, whose closing unlocks, or -1 with a fault. */
static int lock_matrix(const char *dir, struct fault *fault)
{
	char *path = mem_printf("%s/" MATRIX_FILE, dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
		fault_set(fault, EXIT_BAD_INPUT, "another nscheck is writing to %s", dir);
		close(fd);
		fd = -1;
	} else if (fd < 0) {
		fault_set(fault, EXIT_UNFINISHED, "cannot read %s: %m", path);
	}
	free(path);
	return fd;
}

/* The folder of a new matrix, or that of the one before. */
static int take_folder(struct folder *f, const struct options *o, const struct matrix_facts *before,
		       struct fault *fault)
{
	if (!before)
		return folder_make(f, o->output, o->home, fault);
	folder_again(f, o->output, fact_text(before->id));
	return 0;
}

static int run_in_folder(struct going *g, struct shard *shard, const struct folder *folder,
			 const struct matrix_facts *before)
{
	const struct options *o = g->options;
	struct matrix_facts facts;
	int ret = gather_matrix(&facts, o, g->entries, shard, folder, g->fault);

	if (!ret)
		ret = before ? check_same(before, &facts, g->fault)
			     : matrix_write(folder->path, &facts, g->fault);
	matrix_facts_free(&facts);
	int lock = ret ? -1 : lock_matrix(folder->path, g->fault);
	for (size_t i = 0; lock >= 0 && i < g->entries->count && !g->fault->status; i++)
		run_entry(g, i);
	if (lock >= 0)
		close(lock);
	if (g->fault->status)
		return g->fault->status;
	folder_publish(folder);
	return conclude(o, folder->path, g->again, g->fault);
}

int matrix_run(const struct options *o, struct table *table, const struct matrix_facts *before,
	       struct fault *fault)
{
	const struct entries_request wanted = wanted_entries(o);
	const struct shard_request part = wanted_shard(o);
	struct entries entries;
	struct shard shard = {0};
	struct folder folder = {0};
	int status = -1;

	if (!entries_make(&entries, &wanted, fault) && !check_first(o, table, fault) &&
	    !(o->shards && shard_cut(&shard, &entries, table, &part, fault)) &&
	    !take_folder(&folder, o, before, fault)) {
		struct going going = {.options = o,
				      .rest = END_FINISHED,
				      .entries = &entries,
				      .shard = &shard,
				      .table = table,
				      .dir = folder.path,
				      .again = before != NULL,
				      .fault = fault};

		status = run_in_folder(&going, &shard, &folder, before);
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
