// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/execute.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "results/report.h"
#include "runner/base/mem.h"
#include "runner/host/command.h"
#include "runner/host/gather.h"
#include "runner/host/pool.h"
#include "runner/host/wanted.h"

/* Memory that a VM takes beside the guest's own. */
enum { VM_OVERHEAD_MIB = 128, TESTS_PER_VM = 8 };

/* A run from its plan to its reports. */
struct execution {
	const struct options *options;
	const struct table *table;
	const struct run *before; /* the one that is resumed, or NULL */
	int64_t began, list_ms;   /* when the program did; how long the table of tests took */
	struct baseline baseline;
	struct plan plan;
	struct session session;
};

static int vm_count(const struct options *o, size_t jobs)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	long free_mib = sysconf(_SC_AVPHYS_PAGES) / (1048576 / sysconf(_SC_PAGESIZE));
	long fit = free_mib / (o->memory + VM_OVERHEAD_MIB),
	     useful = (long)((jobs + TESTS_PER_VM - 1) / TESTS_PER_VM);
	long n = o->jobs ? o->jobs : cores < useful ? cores : useful;

	if ((o->fresh_vm || o->sabotage) && !o->jobs)
		n = cores;
	if (n > (long)jobs)
		n = (long)jobs;
	if (!o->jobs && n > fit)
		n = fit;
	return n < 1 ? 1 : (int)n;
}

/* A kernel's name as the user knows it, short. */
static const char *short_name(const struct session *s)
{
	return s->kernel.release ? s->kernel.release : s->kernel.name;
}

/* How the run ended, where the time went, and the most memory that was resident, of this program and of the largest that
 * it started, which is a QEMU. The fault stays the pool's. */
static struct run_end end_of(const struct pool *p, const struct session *s, int64_t list_ms, int64_t began)
{
	const struct pool_times *t = &p->times;
	int64_t total = loop_now() - began;
	struct rusage own, children;

	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &children);
	return (struct run_end){
		.how = p->fault->status ? END_FAULT
		       : p->interrupts  ? END_INTERRUPTED
		       : p->cut         ? END_FAIL_FAST
					: END_FINISHED,
		.fault = p->fault->status ? p->fault->text : NULL,
		.timed = true,
		.ms = {[SHARE_LIST] = list_ms,
		       [SHARE_QEMU] = s->qemu_ms,
		       [SHARE_KERNEL] = s->kernel_ms,
		       [SHARE_IMAGE] = s->image_ms,
		       [SHARE_SNAPSHOT] = s->snapshot_ms,
		       [SHARE_BOOT] = t->boot,
		       [SHARE_SAVE] = t->save,
		       [SHARE_RESTORE] = t->restore,
		       [SHARE_STREAM] = t->stream,
		       [SHARE_TESTS] = t->tests,
		       [SHARE_ENDING] = t->ending,
		       [SHARE_OWN] = total - t->wall + t->own,
		       [SHARE_TOTAL] = total},
		.own_kib = own.ru_maxrss,
		.qemu_kib = children.ru_maxrss,
	};
}

static void print_time(const char *name, int64_t ms)
{
	printf("time: %-8s %8.3f s\n", name, (double)ms / 1000);
}

static void print_timings(const struct run_end *end, int64_t report_ms)
{
	for (int i = 0; end->timed && i < SHARES; i++)
		print_time(share_name((enum share)i), end->ms[i]);
	print_time("reports", report_ms);
	printf("memory: %lld MiB nscheck, %lld MiB a QEMU\n", end->own_kib / 1024, end->qemu_kib / 1024);
	if (fflush(stdout))
		perror("nscheck: stdout");
}

/* The exit status: what stopped the run, else what the verdicts say. */
static int status_of(const struct pool *p, const struct run *run)
{
	if (p->interrupts)
		return EXIT_INTERRUPTED;
	if (p->fault->status)
		return p->fault->status;
	return p->cut ? judge_cut(run->total) : judge_run(run->total, p->config.sabotage);
}

/* Only where there is something to go on with; of a matrix it is told once, at its end. */
static void tell_rest(const struct options *o, const struct pool *p, const struct folder *f)
{
	if (!o->silent && o->task != TASK_MATRIX && p->ever_ready)
		command_tell_rest(o, f->path);
}

static int conclude(const struct execution *x, struct pool *p, const struct folder *f)
{
	const struct options *o = x->options;
	long earlier = x->before ? run_took(x->before) : 0;
	int64_t before = loop_now();
	const struct after wanted = wanted_after(o);
	struct fault late = {0};
	struct run run;
	int status;

	bool loaded = !run_load(&run, f->path, &late);

	if (!loaded || report_all(&run, f->path, &late))
		fault_set(p->fault, late.status, "%s", late.text);
	if (!loaded)
		return p->fault->status;
	int64_t took = loop_now() - before;
	term_summary(p->term, &run, f->path, (double)(earlier + loop_now() - x->began) / 1000);
	if (p->shortened && !o->silent)
		printf("%d tests had less than their time limit, since others had timed out before\n",
		       p->shortened);
	if (p->cut && !o->silent)
		printf("stopped by --fail-fast after %d unexpected verdict%s\n", p->bad,
		       p->bad == 1 ? "" : "s");
	if (run.total[VERDICT_MISS] && p->config.repeat == 1 && run.count)
		tell_rest(o, p, f);
	if (p->config.sabotage)
		term_sabotage(p->term, &run);
	if (p->config.repeat > 1)
		printf("%zu results in a row were pass, skip or xfail\n", p->good);
	if (o->timings)
		print_timings(&run.end, took);
	const struct run *one = &run;
	status = status_of(p, &run);
	if (o->task != TASK_MATRIX && after_runs(&wanted, &one, 1, &late))
		fault_set(p->fault, late.status, "%s", late.text);
	run_free(&run);
	return status;
}

/* An entry that is over is told once, so that somebody looks at it. */
static void tell_expired(const struct baseline *b, struct journal *j, struct term *term, struct fault *fault)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct known *k = &b->entries[i];

		if (!k->expired)
			continue;
		char *text = mem_printf("%s:%d: expired on %s and does not count: %s", b->path, k->line,
					k->expires, k->id);
		journal_add(j, "note", json_pack("{s:s}", "text", text), fault);
		term_note(term, text);
		free(text);
	}
}

/* Of a path its last name: a cache may have moved. */
static bool is_same(const char *a, const char *b)
{
	const char *x = strrchr(fact_text(a), '/'), *y = strrchr(fact_text(b), '/');

	return !strcmp(x ? x + 1 : fact_text(a), y ? y + 1 : fact_text(b));
}

/* Whether the facts of now are those of the run that is to be resumed: same kernel, image, tests, QEMU and accelerator. */
static int check_same(const struct facts *before, const struct facts *now, struct fault *fault)
{
	const struct {
		const char *before, *now, *what;
	} facts[] = {
		{before->kernel.sha256, now->kernel.sha256, "the kernel"},
		{before->start.suites, now->start.suites, "the test program"},
		{before->initrd, now->initrd, "the image"},
		{before->qemu.version, now->qemu.version, "QEMU"},
		{before->accel, now->accel, "the accelerator"},
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		if (!is_same(facts[i].before, facts[i].now))
			return fault_set(
				fault, EXIT_BAD_INPUT,
				"cannot resume: %s is not what it was when the run began; begin it anew",
				facts[i].what);
	return 0;
}

/* A new journal, or that of the run before, told that it goes on. */
static int begin_journal(struct journal *j, const struct folder *f, const struct facts *facts,
			 const struct plan *plan, const struct run *before, struct fault *fault)
{
	if (before && check_same(&before->facts, facts, fault))
		return -1;
	if (before ? journal_open(j, f->path, fault) : journal_create(j, f->path, fault))
		return -1;
	return before ? journal_add(j, "resumed", facts_write(facts), fault)
		      : journal_add(j, "run", gather_entry(facts, plan), fault);
}

/* Numbers and times go on where they ended; failed tests may still have to be run again. */
static void go_on(struct pool *p, const struct table *table, const struct run *before)
{
	json_t *vm;
	size_t i;

	p->vms = 0;
	json_array_foreach(before->vms, i, vm)
	{
		int number = (int)json_integer_value(json_object_get(vm, "vm"));

		p->vms = number > p->vms ? number : p->vms;
	}
	for (i = 0; i < before->count; i++) {
		const struct outcome *o = &before->tests[i];

		if (!o->result)
			continue;
		p->before_ms = o->result->at_ms > p->before_ms ? o->result->at_ms : p->before_ms;
		p->term->progress.done++;
		p->term->progress.passed += o->result->verdict == VERDICT_PASS;
		p->term->progress.failed += !verdict_is_good(o->result->verdict);
		again_resume(p, table_find(table, o->id), o);
	}
	p->term->progress.planned = before->count;
}

/* How much is told, and what there is to do. */
static void tell_term(struct term *term, const struct options *o, const struct plan *plan)
{
	term->sabotage = o->sabotage;
	term->quiet = o->quiet;
	term->verbose = o->verbose;
	if (o->sabotage) {
		term->progress.passed_word = "caught";
		term->progress.failed_word = "survived";
	}
	for (size_t i = 0; i < plan->count; i++)
		progress_expect(&term->progress, plan->jobs[i].expected_ms, (size_t)o->repeat);
}

/* Where the suites are in a source tree: above the folder of the program. To free. */
static char *source_folder(const char *home)
{
	char *above = mem_printf("%s/..", home), *path = realpath(above, NULL);

	free(above);
	return path;
}

/* From here on there is a folder, and whatever happens its reports are written. */
static int run_in_folder(struct execution *x, const struct folder *f, struct fault *fault)
{
	const struct options *o = x->options;
	const struct run *before = x->before;
	struct session *s = &x->session;
	struct plan *plan = &x->plan;
	struct journal journal;
	struct term term;
	char *command = command_repeat(o), *sources = source_folder(o->home),
	     *log = mem_printf("%s/console.log", f->path), *setup_log = mem_printf("%s/setup.log", f->path);
	struct pool pool = {.machine = &s->machine,
			    .config = wanted_pool(o),
			    .journal = &journal,
			    .term = &term,
			    .plan = plan,
			    .baseline = &x->baseline,
			    .accel = &s->accel,
			    .jobs = vm_count(o, plan->count * (size_t)o->repeat),
			    .fault = fault};
	const struct gather_request asked = wanted_facts(o);
	struct facts facts;
	int status = EXIT_UNFINISHED;
	int ret = gather_facts(&facts, &asked, s, f, fault);

	pool.config.hint = s->hint;
	pool.config.dumps = o->dump ? f->path : NULL;
	facts.command = mem_strdup(command);
	if (ret || begin_journal(&journal, f, &facts, plan, before, fault))
		goto out;
	s->machine.console_log = fopen(log, before ? "ae" : "we");
	if (s->machine.console_log)
		setvbuf(s->machine.console_log, NULL, _IOLBF, 0);
	if (o->setup.count)
		s->machine.setup_log = fopen(setup_log, before ? "ae" : "we");
	FILE *out = o->silent ? fopen("/dev/null", "we") : NULL;
	term_begin(&term, out ? out : stdout, short_name(s), command, plan->count * (size_t)o->repeat);
	tell_term(&term, o, plan);
	term.sources = sources;
	if (!o->sabotage)
		tell_expired(&x->baseline, &journal, &term, fault);
	if (before)
		go_on(&pool, x->table, before);
	pool_run(&pool);
	const struct run_end end = end_of(&pool, s, x->list_ms, x->began);
	journal_add(&journal, "end", run_end_write(&end), fault);
	if (s->machine.console_log)
		fclose(s->machine.console_log);
	if (s->machine.setup_log)
		fclose(s->machine.setup_log);
	journal_close(&journal);
	folder_publish(f);
	status = conclude(x, &pool, f);
	if (!o->silent)
		fputs(text_get(&pool.trouble), stderr);
	if (out)
		fclose(out);
	text_free(&pool.trouble);
out:
	facts_free(&facts);
	free(command);
	free(sources);
	free(log);
	free(setup_log);
	return fault->status && status != EXIT_INTERRUPTED ? fault->status : status;
}

/* In a new folder, or in that of the run before. */
static int run_in_session(struct execution *x, struct fault *fault)
{
	const struct options *o = x->options;
	const struct session_request wanted = wanted_session(o);
	struct folder folder = {0};
	int ret = session_open(&x->session, &wanted, fault), status = -1;

	if (!ret && x->before)
		folder_again(&folder, o->output, fact_text(x->before->facts.id));
	else if (!ret)
		ret = folder_make(&folder, o->output, o->home, fault);
	if (!ret)
		status = run_in_folder(x, &folder, fault);
	session_close(&x->session);
	folder_free(&folder);
	return status;
}

/* Of a run that is resumed all tests may have run, and some may want to be run again. */
static int make_plan(struct execution *x, struct fault *fault)
{
	const struct plan_request wanted = wanted_plan(x->options);
	char *runs = folder_runs(x->options->home), *last = mem_printf("%s/latest", runs);
	struct fault nothing = {0};
	int ret = plan_make(&x->plan, x->table, &wanted, last, x->before ? &nothing : fault);

	free(last);
	free(runs);
	return x->before ? 0 : ret;
}

int execute_tests(const struct options *o, struct table *table, int64_t began, const struct run *before,
		  struct fault *fault)
{
	struct execution x = {.options = o,
			      .table = table,
			      .before = before,
			      .began = began,
			      .list_ms = loop_now() - began};
	int status = -1;

	if (baseline_load(&x.baseline, o->baseline, fault))
		return fault->status;
	signal(SIGPIPE, SIG_IGN); /* a reader of the output that goes away ends no run */
	/* Nor does a limit of the size of files: the write fails, and that is told. */
	signal(SIGXFSZ, SIG_IGN);
	if (!make_plan(&x, fault))
		status = run_in_session(&x, fault);
	plan_free(&x.plan);
	baseline_free(&x.baseline);
	return fault->status && status != EXIT_INTERRUPTED ? fault->status : status;
}

/* Reads what a run has left, and makes its reports. The run is the caller's to free, unless there is a fault. */
static int load_and_report(struct run *run, const char *dir, struct fault *fault)
{
	if (run_load(run, dir, fault))
		return -1;
	int ret = report_all(run, dir, fault);

	if (ret)
		run_free(run);
	return ret;
}

static int journal_none(const struct options *o, const struct folder *folder, const struct plan *plan,
			const struct run_end *end, struct fault *fault)
{
	const struct gather_request asked = wanted_facts(o);
	struct journal journal = {.fd = -1};
	struct facts facts;

	gather_few_facts(&facts, &asked, folder);
	int ret = begin_journal(&journal, folder, &facts, plan, NULL, fault);
	if (!ret)
		ret = journal_add(&journal, "end", run_end_write(end), fault);
	journal_close(&journal);
	facts_free(&facts);
	return ret;
}

int execute_none(const struct options *o, const struct table *table, enum run_end_how how, const char *why,
		 struct fault *fault)
{
	const struct plan_request wanted = wanted_plan(o);
	const struct run_end end = {.how = how, .fault = *why ? (char *)why : NULL};
	struct folder folder = {0};
	struct plan plan;
	struct run run;
	int ret = plan_make(&plan, table, &wanted, NULL, fault);

	if (!ret)
		ret = folder_make(&folder, o->output, o->home, fault);
	if (!ret)
		ret = journal_none(o, &folder, &plan, &end, fault);
	if (!ret)
		ret = load_and_report(&run, folder.path, fault);
	if (!ret)
		run_free(&run);
	folder_free(&folder);
	plan_free(&plan);
	return ret;
}

int execute_report(const struct options *o, struct fault *fault)
{
	const struct after wanted = wanted_after(o);
	const struct run *one;
	const char *dir = o->report;
	struct run run;
	struct term term;

	if (load_and_report(&run, dir, fault))
		return fault->status;
	int status = run.end.how == END_FAIL_FAST ? judge_cut(run.total) : judge_run(run.total, false);
	const char *release = run.facts.kernel.release;

	term_begin(&term, stdout, release ? release : "kernel", "", run.count);
	term_summary(&term, &run, dir, (double)run.end.ms[SHARE_TOTAL] / 1000);
	one = &run;
	if (after_runs(&wanted, &one, 1, fault))
		status = fault->status;
	run_free(&run);
	return status;
}
