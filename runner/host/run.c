// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "results/report.h"
#include "runner/base/mem.h"
#include "runner/host/after.h"
#include "runner/host/again.h"
#include "runner/host/facts.h"
#include "runner/host/matrix.h"
#include "runner/host/resume.h"

/* Memory that a VM takes beside the guest's own. */
enum { VM_OVERHEAD_MIB = 128, TESTS_PER_VM = 8 };

static int vm_count(const struct options *o, size_t jobs)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	long free_mib = sysconf(_SC_AVPHYS_PAGES) / (1048576 / sysconf(_SC_PAGESIZE));
	long fit = free_mib / (o->memory + VM_OVERHEAD_MIB),
	     useful = (long)((jobs + TESTS_PER_VM - 1) / TESTS_PER_VM);
	long n = o->jobs ? o->jobs : cores < useful ? cores : useful;

	if (o->in_order || o->gdb)
		return 1;
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

/* What the user started. */
static const char *door(void)
{
	const char *name = getenv("NSCHECK_COMMAND");

	return name && *name ? name : program_invocation_name;
}

static char *repeat_command(const struct options *o)
{
	struct text shown = {0};

	text_add_quoted(&shown, door());
	if (o->matrix || o->kernel_count) {
		text_printf(&shown, " --kernel ");
		text_add_quoted(&shown, o->kernel.spec);
	}
	if (o->runtime.name) {
		text_printf(&shown, " --runtime ");
		text_add_quoted(&shown, o->runtime.name);
	}
	text_printf(&shown, "%s", text_get(&o->command));
	return text_take(&shown);
}

static json_t *times_of(const struct pool *p, const struct session *s, int64_t list_ms, int64_t began)
{
	const struct pool_times *t = &p->times;
	int64_t total = loop_now() - began;
	const struct {
		const char *name;
		int64_t ms;
	} shares[] = {
		{"list", list_ms},      {"qemu", s->qemu_ms},         {"kernel", s->kernel_ms},
		{"image", s->image_ms}, {"snapshot", s->snapshot_ms}, {"boot", t->boot},
		{"save", t->save},      {"restore", t->restore},      {"stream", t->stream},
		{"tests", t->tests},    {"ending", t->ending},        {"own", total - t->wall + t->own},
		{"total", total},
	};
	json_t *times = json_object();

	for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++)
		json_object_set_new(times, shares[i].name, json_integer(shares[i].ms));
	return times;
}

/* The most that was resident, of this program and of the largest that it started, which is a QEMU. */
static json_t *peaks(void)
{
	struct rusage own, children;

	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &children);
	return json_pack("{s:I,s:I}", "own", (json_int_t)own.ru_maxrss, "qemu",
			 (json_int_t)children.ru_maxrss);
}

static json_t *end_entry(const struct pool *p, const struct session *s, int64_t list_ms, int64_t began)
{
	const char *how = p->fault->status ? "fault" : p->interrupts ? "interrupted" : "finished";
	json_t *end = json_pack("{s:s}", "how", how);

	if (p->fault->status)
		json_object_set_new(end, "fault", json_string(p->fault->text));
	json_object_set_new(end, "times_ms", times_of(p, s, list_ms, began));
	json_object_set_new(end, "peak_kib", peaks());
	return end;
}

static void print_time(const char *name, int64_t ms)
{
	printf("time: %-8s %8.3f s\n", name, (double)ms / 1000);
}

static void print_timings(const struct run *run, int64_t report_ms)
{
	json_t *times = json_object_get(run->end, "times_ms"), *ms;
	json_t *peak = json_object_get(run->end, "peak_kib");
	const char *name;

	json_object_foreach(times, name, ms) print_time(name, json_integer_value(ms));
	print_time("reports", report_ms);
	printf("memory: %lld MiB nscheck, %lld MiB a QEMU\n",
	       json_integer_value(json_object_get(peak, "own")) / 1024,
	       json_integer_value(json_object_get(peak, "qemu")) / 1024);
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
	return judge_run(run->total, p->config.sabotage);
}

/* Only where there is something to go on with. */
static void tell_rest(const struct options *o, const struct pool *p, const struct folder *f)
{
	struct text line = {0};

	if (o->quiet || !p->ever_ready)
		return;
	text_add_quoted(&line, door());
	text_printf(&line, " --resume ");
	text_add_quoted(&line, f->path);
	printf("to run the rest: %s\n", text_get(&line));
	text_free(&line);
}

static int conclude(const struct options *o, struct pool *p, const struct folder *f, int64_t began)
{
	int64_t before = loop_now();
	struct fault late = {0};
	struct run run;
	int status;

	bool loaded = !run_load(&run, f->path, &late);

	if (!loaded || report_all(&run, f->path, &late))
		fault_set(p->fault, late.status, "%s", late.text);
	if (!loaded)
		return p->fault->status;
	int64_t took = loop_now() - before;
	term_summary(p->term, &run, f->path, (double)(loop_now() - began) / 1000);
	if (run.total[VERDICT_MISS] && p->config.repeat == 1 && run.count)
		tell_rest(o, p, f);
	if (p->config.sabotage)
		term_sabotage(p->term, &run);
	if (p->config.repeat > 1)
		printf("%zu results in a row were pass, skip or xfail\n", p->good);
	if (o->timings)
		print_timings(&run, took);
	const struct run *one = &run;
	status = status_of(p, &run);
	if (!matrix_wanted(o) && after_runs(o, &one, 1, &late))
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

/* A new journal, or that of the run before, told that it goes on. */
static int begin_journal(struct journal *j, const struct folder *f, json_t *facts, const struct run *before,
			 struct fault *fault)
{
	if (before && resume_check(before, facts, fault)) {
		json_decref(facts);
		return -1;
	}
	if (before ? journal_open(j, f->path, fault) : journal_create(j, f->path, fault)) {
		json_decref(facts);
		return -1;
	}
	if (!before)
		return journal_add(j, "run", facts, fault);
	json_object_del(facts, "plan");
	return journal_add(j, "resumed", facts, fault);
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
		p->term->done++;
		again_resume(p, table_find(table, o->id), o);
	}
	p->term->planned = before->count;
}

/* From here on there is a folder, and whatever happens its reports are written. */
static int run_in_folder(struct session *s, struct plan *plan, const struct baseline *baseline,
			 const struct folder *f, const struct table *table, const struct run *before,
			 int64_t list_ms, int64_t began, struct fault *fault)
{
	const struct options *o = s->options;
	struct journal journal;
	struct term term;
	char *command = repeat_command(o), *log = mem_printf("%s/console.log", f->path),
	     *setup_log = mem_printf("%s/setup.log", f->path);
	struct pool pool = {.machine = &s->machine,
			    .config = session_pool_config(s),
			    .journal = &journal,
			    .term = &term,
			    .plan = plan,
			    .baseline = baseline,
			    .accel = &s->accel,
			    .jobs = vm_count(o, plan->count * (size_t)o->repeat),
			    .fault = fault};
	json_t *facts = facts_of_run(s, f, plan, fault);
	json_object_set_new(facts, "command", json_string(command));
	int status = EXIT_UNFINISHED;

	if (!facts || begin_journal(&journal, f, facts, before, fault))
		goto out;
	s->machine.console_log = fopen(log, before ? "ae" : "we");
	if (s->machine.console_log)
		setvbuf(s->machine.console_log, NULL, _IOLBF, 0);
	if (o->setups)
		s->machine.setup_log = fopen(setup_log, before ? "ae" : "we");
	FILE *out = o->quiet ? fopen("/dev/null", "we") : NULL;
	term_begin(&term, out ? out : stdout, short_name(s), command, plan->count * (size_t)o->repeat);
	term.sabotage = o->sabotage;
	if (!o->sabotage)
		tell_expired(baseline, &journal, &term, fault);
	if (before)
		go_on(&pool, table, before);
	pool_run(&pool);
	journal_add(&journal, "end", end_entry(&pool, s, list_ms, began), fault);
	if (s->machine.console_log)
		fclose(s->machine.console_log);
	if (s->machine.setup_log)
		fclose(s->machine.setup_log);
	journal_close(&journal);
	folder_publish(f);
	status = conclude(o, &pool, f, began);
	if (!o->quiet)
		fputs(text_get(&pool.trouble), stderr);
	if (out)
		fclose(out);
	text_free(&pool.trouble);
out:
	free(command);
	free(log);
	free(setup_log);
	return fault->status && status != EXIT_INTERRUPTED ? fault->status : status;
}

int run_tests(const struct options *o, struct table *table, int64_t began, const struct run *before,
	      struct fault *fault)
{
	int64_t list_ms = loop_now() - began;
	struct baseline baseline;

	if (baseline_load(&baseline, o->baseline, fault))
		return fault->status;
	char *runs = folder_runs(o), *last = mem_printf("%s/latest", runs);
	struct folder folder = {0};
	struct plan plan = {0};
	struct session session;
	struct fault nothing = {0};
	int status = -1;

	signal(SIGPIPE, SIG_IGN); /* a reader of the output that goes away ends no run */
	signal(SIGXFSZ,
	       SIG_IGN); /* nor does a limit of the size of files: the write fails, and that is told */
	/* Of a run that is resumed all tests may have run, and some may want to be run again. */
	int ret = plan_make(&plan, table, o, last, before ? &nothing : fault) && !before ? -1 : 0;
	bool opened = !ret;
	free(last);
	free(runs);
	if (!ret)
		ret = session_open(&session, o, fault);
	if (!ret && before)
		folder_again(&folder, o->output, run_fact(before, "id"));
	else if (!ret)
		ret = folder_make(&folder, o, fault);
	if (!ret)
		status = run_in_folder(&session, &plan, &baseline, &folder, table, before, list_ms, began,
				       fault);
	if (opened)
		session_close(&session);
	plan_free(&plan);
	folder_free(&folder);
	baseline_free(&baseline);
	return fault->status && status != EXIT_INTERRUPTED ? fault->status : status;
}

int run_report(const struct options *o, struct fault *fault)
{
	const struct run *one;
	const char *dir = o->report;
	struct run run;
	struct term term;

	if (run_load(&run, dir, fault))
		return fault->status;
	int ret = report_all(&run, dir, fault);
	int status = ret ? fault->status : judge_run(run.total, false);
	const char *release =
		json_string_value(json_object_get(json_object_get(run.facts, "kernel"), "release"));

	term_begin(&term, stdout, release ? release : "kernel", "", run.count);
	if (!ret) {
		json_t *total = json_object_get(json_object_get(run.end, "times_ms"), "total");

		term_summary(&term, &run, dir, (double)json_integer_value(total) / 1000);
		one = &run;
		if (after_runs(o, &one, 1, fault))
			status = fault->status;
	}
	run_free(&run);
	return status;
}
