// SPDX-License-Identifier: GPL-2.0-only
/*
 * results.kcidb.json: kcidb schema 5.0 (kernelci/kcidb-io, schema/v05_00.py). A kernel is a checkout and its build, named
 * after the sum of its image, so that two runs on one kernel speak of the same build; each test is a test there. What the
 * baseline knows is an issue, named after its reason, and a test that it knows an incident of it.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runner/base/mem.h"
#include "results/report.h"
#include "runner/base/sha256.h"
#include "runner/base/text.h"

/* An issue is never changed: another reason is another one. */
enum { EXCERPT_MAX = 16384, COMMENT_MAX = 4096, ISSUE_VERSION = 1 };

/* Who submits; the user's CI if it says so. */
static const char *origin_name(void)
{
	const char *own = getenv("NSCHECK_ORIGIN");

	return own && *own ? own : "nscheck";
}

static int check(struct fault *fault)
{
	const char *name = origin_name();
	struct text shown = {0};

	if (!name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")])
		return 0;
	text_add_quoted(&shown, name);
	fault_set(fault, EXIT_BAD_INPUT, "NSCHECK_ORIGIN=%s: want small letters, digits and _",
		  text_get(&shown));
	text_free(&shown);
	return -1;
}

static void put(json_t *o, const char *key, const char *value, size_t most)
{
	if (value && *value)
		json_object_set_new(o, key, json_stringn(value, strnlen(value, most)));
}

static const char *status_of(enum verdict v)
{
	switch (v) {
	case VERDICT_PASS:
	case VERDICT_XPASS: return "PASS";
	case VERDICT_SKIP: return "SKIP";
	case VERDICT_ERROR: return "ERROR";
	case VERDICT_MISS: return "MISS";
	default: return "FAIL";
	}
}

/* What an id may be made of is not restricted behind the colon; what a path may be made of is. */
static char *path_of(const char *id)
{
	char *path = mem_printf("nscheck.%s", id);

	for (char *c = path; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.", *c) ||
		    (*c == '.' && (c[1] == '.' || !c[1])))
			*c = '_';
	return path;
}

static char *build_id(const struct run *run, const char *name)
{
	const char *sum = run->facts.kernel.sha256;

	return mem_printf("%s:%.32s", origin_name(), sum ? sum : name);
}

/* The start of a run plus so many milliseconds, as RFC 3339 wants it; NULL: unknown. */
static char *time_at(const struct run *run, long ms)
{
	struct tm tm = {0};
	const char *end = strptime(fact_text(run->facts.started), "%Y-%m-%dT%H:%M:%SZ", &tm);
	char seconds[32];

	if (!end || *end)
		return NULL;
	time_t at = timegm(&tm) + ms / 1000;
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", gmtime_r(&at, &tm));
	return mem_printf("%s.%03ld+00:00", seconds, ms % 1000);
}

static void put_time(json_t *o, const struct run *run, long ms)
{
	char *at = time_at(run, ms > 0 ? ms : 0);

	put(o, "start_time", at, COMMENT_MAX);
	free(at);
}

static json_t *new_object(const char *id)
{
	return json_pack("{s:s,s:s}", "id", id, "origin", origin_name());
}

static bool is_listed(json_t *array, const char *id)
{
	json_t *entry;
	size_t i;

	json_array_foreach(array, i, entry)
	{
		if (!strcmp(json_string_value(json_object_get(entry, "id")), id))
			return true;
	}
	return false;
}

/* Facts of ours that kcidb has no field for. */
static void put_below(json_t *o, const struct run *run, const char *key)
{
	json_t *part = facts_write_below(&run->facts, key);

	if (part)
		json_object_set_new(o, "misc", json_pack("{s:o}", key, part));
}

static void add_kernel(json_t *root, const struct run *run, const char *name)
{
	json_t *checkouts = json_object_get(root, "checkouts");
	const char *release = run->facts.kernel.release;
	char *id = build_id(run, name), *comment = mem_printf("%s %s", name, fact_text(release));

	if (!is_listed(checkouts, id)) {
		json_t *checkout = new_object(id), *build = new_object(id);

		put(checkout, "comment", comment, COMMENT_MAX);
		put(checkout, "git_commit_hash", run->facts.kernel.commit, COMMENT_MAX);
		json_object_set_new(checkout, "valid", json_true());
		put_time(checkout, run, 0);
		json_array_append_new(checkouts, checkout);
		put(build, "checkout_id", id, COMMENT_MAX);
		put(build, "comment", comment, COMMENT_MAX);
		put(build, "architecture", "x86_64", COMMENT_MAX);
		put_time(build, run, 0);
		if (release)
			put(build, "status", "PASS", COMMENT_MAX);
		put_below(build, run, "kernel");
		json_array_append_new(json_object_get(root, "builds"), build);
	}
	free(comment);
	free(id);
}

/* The end of a log says most; the message says what it is about. */
static void put_excerpt(json_t *test, const struct result *r)
{
	const char *log = r->kernel_log ? r->kernel_log : "", *said = r->diagnostics ? r->diagnostics : "";
	char *all = mem_printf("%s%s%s", said, *said && *log ? "\n" : "", log);
	size_t len = strlen(all);

	put(test, "log_excerpt", len > EXCERPT_MAX ? all + len - EXCERPT_MAX : all, EXCERPT_MAX);
	free(all);
}

static json_t *environment(const struct run *run)
{
	const char *version = run->facts.qemu.version;
	char *comment =
		mem_printf("%s, accelerator %s", version ? version : "QEMU", fact_text(run->facts.accel));
	json_t *e = json_object();

	put(e, "comment", comment, COMMENT_MAX);
	free(comment);
	put_below(e, run, "runtime");
	return e;
}

static char *test_id(const struct run *run, const char *name, const char *about)
{
	return mem_printf("%s:%s.%s", origin_name(), run->facts.id ? run->facts.id : name, about);
}

static json_t *new_test(const struct run *run, const char *name, const char *about, const char *status)
{
	char *id = test_id(run, name, about);
	char *build = build_id(run, name);
	json_t *test = new_object(id);

	put(test, "build_id", build, COMMENT_MAX);
	put(test, "status", status, COMMENT_MAX);
	json_object_set_new(test, "environment", environment(run));
	free(build);
	free(id);
	return test;
}

static void add_result(json_t *test, const struct run *run, const struct outcome *o)
{
	const struct result *r = o->result;
	json_t *misc = json_object();

	put_time(test, run, r->at_ms - r->duration_ms);
	json_object_set_new(test, "duration", json_real((double)r->duration_ms / 1000));
	put(test, "comment", r->message, COMMENT_MAX);
	put_excerpt(test, r);
	put(misc, "verdict", verdict_name(r->verdict), COMMENT_MAX);
	put(misc, "statement", o->statement, COMMENT_MAX);
	put(misc, "file", r->file, COMMENT_MAX);
	if (r->file)
		json_object_set_new(misc, "line", json_integer(r->line));
	put(misc, "known_reason", r->known_reason, COMMENT_MAX);
	put(misc, "fingerprint", r->fingerprint, COMMENT_MAX);
	json_object_set_new(test, "misc", misc);
}

static void add_tests(json_t *tests, const struct grid *g, size_t run)
{
	const char *trouble = run_trouble(g->runs[run]);

	if (trouble) {
		json_t *test = new_test(g->runs[run], g->names[run], "run",
					run_has_results(g->runs[run]) ? "ERROR" : "MISS");

		put(test, "path", "nscheck", COMMENT_MAX);
		put(test, "comment", trouble, COMMENT_MAX);
		json_array_append_new(tests, test);
	}
	for (size_t i = 0; i < g->row_count; i++) {
		const struct outcome *o = g->rows[i].cells[run];

		if (!o)
			continue;
		json_t *test = new_test(g->runs[run], g->names[run], o->id, status_of(outcome_verdict(o)));
		char *path = path_of(o->id);

		put(test, "path", path, COMMENT_MAX);
		free(path);
		if (o->result)
			add_result(test, g->runs[run], o);
		json_array_append_new(tests, test);
	}
}

/* The same reason is the same issue, whatever test, kernel or run it is met in. */
static char *issue_id(const struct result *r)
{
	char *known = mem_printf("%s\n%s", r->known_reason, r->known_link ? r->known_link : ""), sum[65];

	sha256_of(known, strlen(known), sum);
	free(known);
	return mem_printf("%s:known.%.16s", origin_name(), sum);
}

static void add_issue(json_t *issues, const struct run *run, const struct result *r, const char *id)
{
	bool of_runtime = run_asks_runtime(run, r->id);
	const char *link = r->known_link ? r->known_link : "";

	if (is_listed(issues, id))
		return;
	json_t *issue = new_object(id);
	json_object_set_new(issue, "version", json_integer(ISSUE_VERSION));
	if ((!strncmp(link, "https://", 8) || !strncmp(link, "http://", 7)) && !strpbrk(link, " \t"))
		put(issue, "report_url", link, COMMENT_MAX);
	put(issue, "comment", r->known_reason, COMMENT_MAX);
	json_object_set_new(
		issue, "culprit",
		json_pack("{s:b,s:b,s:b}", "code", !of_runtime, "tool", of_runtime, "harness", 0));
	json_array_append_new(issues, issue);
}

/* A test that the baseline knows, which failed as it should or passed though it should not. */
static void add_incident(json_t *root, const struct run *run, const char *name, const struct outcome *o)
{
	const struct result *r = o->result;
	char *test, *issue;

	if (!r || !r->known_reason || (r->verdict != VERDICT_XFAIL && r->verdict != VERDICT_XPASS))
		return;
	test = test_id(run, name, o->id);
	issue = issue_id(r);
	add_issue(json_object_get(root, "issues"), run, r, issue);
	json_t *incident = new_object(test);
	put(incident, "issue_id", issue, COMMENT_MAX);
	json_object_set_new(incident, "issue_version", json_integer(ISSUE_VERSION));
	put(incident, "test_id", test, COMMENT_MAX);
	json_object_set_new(incident, "present", json_boolean(r->verdict == VERDICT_XFAIL));
	put(incident, "comment", r->message, COMMENT_MAX);
	json_array_append_new(json_object_get(root, "incidents"), incident);
	free(issue);
	free(test);
}

static void add_incidents(json_t *root, const struct grid *g, size_t run)
{
	for (size_t i = 0; i < g->row_count; i++)
		if (g->rows[i].cells[run])
			add_incident(root, g->runs[run], g->names[run], g->rows[i].cells[run]);
}

static int report(const struct grid *g, FILE *out)
{
	json_t *root = json_pack("{s:{s:i,s:i},s:[],s:[],s:[],s:[],s:[]}", "version", "major", 5, "minor", 0,
				 "checkouts", "builds", "tests", "issues", "incidents");

	for (size_t i = 0; i < g->count; i++) {
		add_kernel(root, g->runs[i], g->names[i]);
		add_tests(json_object_get(root, "tests"), g, i);
		add_incidents(root, g, i);
	}
	int ret = json_dumpf(root, out, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	json_decref(root);
	if (ret || fputc('\n', out) == EOF)
		return errno ? -1 : (errno = EIO, -1);
	return 0;
}

const struct reporter reporter_kcidb = {.file = "results.kcidb.json", .of_grid = report, .check = check};
