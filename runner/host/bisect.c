// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/bisect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "results/run.h"
#include "runner/host/commit.h"
#include "runner/host/folder.h"
#include "runner/host/loop.h"
#include "runner/host/execute.h"

enum { VMS = 3 };

struct step {
	const struct options *options;
	const char *id; /* of the test */
	char *folder;   /* results of this step */
	char *release;  /* of the kernel, once it is known */
	char *kernel;   /* what the step is about: a file or a folder */
	size_t total[VERDICTS];
	struct text seen;  /* verdicts, separated by commas */
	struct text about; /* why, in one line */
	int status;
};

/* The first reason stays: what comes later follows from it. */
static void decide(struct step *s, int status, const char *why)
{
	s->status = status;
	if (!s->about.len && why)
		text_printf(&s->about, "%s", why);
}

static int status_of(enum bisected b)
{
	switch (b) {
	case BISECTED_GOOD: return BISECT_GOOD;
	case BISECTED_BAD: return BISECT_BAD;
	default: return BISECT_CANNOT_TELL;
	}
}

static void look_at_test(struct step *s, const struct outcome *o, bool first)
{
	const struct result *r = o->result;
	enum verdict v = outcome_verdict(o);

	s->total[v]++;
	s->status = status_of(judge_bisected(s->total));
	text_printf(&s->seen, "%s%s", first ? "" : ", ", verdict_name(v));
	if (!first && s->status == BISECT_CANNOT_TELL) {
		text_clear(&s->about);
		text_printf(&s->about, "the verdicts disagree");
	}
	if (!first || !r || !r->message)
		return;
	if (r->file && !s->about.len)
		text_printf(&s->about, "%s:%d: ", r->file, r->line);
	text_printf(&s->about, "%s", r->message);
}

/* Reads what one VM left. Returns whether another one should be asked. */
static bool look_at_run(struct step *s, const struct run *run, bool first)
{
	const char *release = run->facts.kernel.release, *fault = run->end.fault;

	if (first && release)
		s->release = mem_strdup(release);
	if (run->end.how == END_INTERRUPTED)
		decide(s, EXIT_INTERRUPTED, "interrupted");
	else if (fault || run->count != 1)
		decide(s, BISECT_CANNOT_TELL, fault);
	else
		look_at_test(s, &run->tests[0], first);
	return s->status == BISECT_GOOD || s->status == BISECT_BAD;
}

/* A run without a journal did not get as far as a VM: that is nothing a kernel can cause. */
static bool ask_vm(struct step *s, struct table *table, int number, struct fault *fault)
{
	struct options own = *s->options;
	struct fault failed = {0}, unread = {0};
	struct run run;

	own.output = mem_printf("%s/%d", s->folder, number);
	own.baseline = "none";
	own.task = TASK_RUN;
	own.silent = true;
	own.jobs = 1;
	own.reruns = 0; /* what several VMs say is asked here */
	execute_tests(&own, table, loop_now(), NULL, &failed);
	bool loaded = !run_load(&run, own.output, &unread);
	free((char *)own.output);
	if (!loaded) {
		s->status = BISECT_STOP;
		fault_set(fault, BISECT_STOP, "%s", failed.status ? failed.text : unread.text);
		return false;
	}
	bool more = look_at_run(s, &run, number == 1);
	run_free(&run);
	return more;
}

/* A tree that holds no kernel, or not one that boots in the guest, is how a commit is that does not build. */
static bool has_kernel(struct step *s, struct fault *fault)
{
	const struct kernel_request *request = &s->options->kernel;
	struct kernel kernel;
	struct fault failed = {0};
	bool found = !kernel_resolve(request, s->options->cache, &kernel, &failed);

	if (!found && failed.status == EXIT_BAD_INPUT && kernel.name && !access(kernel.name, F_OK)) {
		decide(s, BISECT_CANNOT_TELL, failed.text);
	} else if (!found) {
		s->status = BISECT_STOP;
		fault_set(fault, BISECT_STOP, "%s", failed.text);
	}
	s->kernel = mem_strdup(kernel.name ? kernel.name : request->spec);
	kernel_free(&kernel);
	return found;
}

static const char *word(int status)
{
	switch (status) {
	case BISECT_GOOD: return "good";
	case BISECT_BAD: return "bad";
	default: return "cannot tell";
	}
}

static int append_log(const char *dir, const char *line, struct fault *fault)
{
	char *path = mem_printf("%s/log", dir), stamp[32];
	time_t now = time(NULL);
	FILE *f = fopen(path, "ae");
	int ret = f ? 0 : -1;

	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	if (f && fprintf(f, "%s %s\n", stamp, line) < 0)
		ret = -1;
	if (f && fclose(f))
		ret = -1;
	if (ret)
		fault_set(fault, BISECT_STOP, "cannot write %s: %m", path);
	free(path);
	return ret;
}

static int tell(const struct step *s, const char *dir, struct fault *fault)
{
	char *head = commit_of(s->kernel);
	char *line = mem_printf("%.12s%s%s: %s %s%s%s%s%s", head ? head : "", head ? " " : "",
				s->release ? s->release : "kernel", s->id, word(s->status),
				s->seen.len ? ": " : "", text_get(&s->seen), s->about.len ? ": " : "",
				text_get(&s->about));
	int ret;

	printf("bisect: %s\n", line);
	fflush(stdout);
	char *whole = mem_printf("%s; results: %s", line, s->folder);
	ret = append_log(dir, whole, fault);
	free(whole);
	free(line);
	free(head);
	return ret;
}

static const char *the_test(const struct table *table, struct fault *fault)
{
	const struct test *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < table->count; i++) {
		if (!table->tests[i].selected)
			continue;
		found = &table->tests[i];
		count++;
	}
	if (count == 1)
		return found->id;
	fault_set(fault, BISECT_STOP, "--bisect wants the id of one test, this selects %zu", count);
	return NULL;
}

int bisect_step(const struct options *o, struct table *table, struct fault *fault)
{
	struct step s = {.options = o, .id = the_test(table, fault)};
	char *runs = folder_runs(o->home),
	     *dir = o->output ? mem_strdup(o->output) : mem_printf("%s/bisect", runs);
	char *id = folder_new_id();

	s.folder = mem_printf("%s/%s", dir, id);
	if (s.id && folder_create(s.folder))
		fault_set(fault, BISECT_STOP, "cannot make the results folder %s: %m", s.folder);
	if (!fault->status && has_kernel(&s, fault))
		for (int i = 1; i <= VMS && ask_vm(&s, table, i, fault); i++)
			;
	if (!fault->status)
		tell(&s, dir, fault);
	free(s.folder);
	free(s.kernel);
	free(s.release);
	text_free(&s.seen);
	text_free(&s.about);
	free(dir);
	free(runs);
	free(id);
	return fault->status ? BISECT_STOP : s.status;
}
