// SPDX-License-Identifier: GPL-2.0-only
#include "results/run.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "results/journal.h"
#include "results/parts.h"
#include "runner/base/text.h"

/* A run while its journal is read: the index finds a test's outcome by id. */
struct loader {
	struct run *run;
	json_t *index;
	struct run_parts parts;
	bool begun; /* the facts are there */
};

enum verdict outcome_verdict(const struct outcome *o)
{
	return o->result ? o->result->verdict : VERDICT_MISS;
}

static void copy_string(json_t *object, const char *key, char **field)
{
	const char *value = json_string_value(json_object_get(object, key));

	if (value)
		*field = mem_strdup(value);
}

static char *copy(const char *s)
{
	return s ? mem_strdup(s) : NULL;
}

static void load_plan(struct loader *l, json_t *plan)
{
	size_t i;
	json_t *entry;

	l->run->tests = mem_zalloc(json_array_size(plan) * sizeof(*l->run->tests));
	json_array_foreach(plan, i, entry)
	{
		struct outcome *o = &l->run->tests[l->run->count];
		struct planned p;

		planned_read(&p, entry);
		if (!p.id || json_object_get(l->index, p.id))
			continue;
		*o = (struct outcome){.id = copy(p.id),
				      .file = copy(p.file),
				      .statement = copy(p.statement),
				      .since = copy(p.since),
				      .until = copy(p.until),
				      .expected = copy(p.expected),
				      .source = copy(p.source),
				      .line = p.line};
		json_object_set_new(l->index, p.id, json_integer((json_int_t)l->run->count++));
	}
}

static void load_run(struct loader *l, json_t *entry)
{
	if (l->begun)
		return;
	l->begun = true;
	load_plan(l, json_object_get(entry, "plan"));
	facts_read(&l->run->facts, entry);
}

static void load_test(struct loader *l, json_t *entry)
{
	struct result *r = result_from_json(entry);
	json_t *place = r ? json_object_get(l->index, r->id) : NULL;

	if (!place) {
		result_free(r);
		l->run->damaged++;
		return;
	}

	struct outcome *o = &l->run->tests[json_integer_value(place)];
	struct result **slot = r->again ? &o->again : &o->result;

	if (r->again) {
		o->agains++;
		o->agains_bad += !verdict_is_good(r->verdict);
		judge_count(&o->further, r->verdict);
	} else {
		o->runs++;
	}
	if (*slot && judge_first_counts((*slot)->verdict, r->verdict)) {
		result_free(r);
		return;
	}
	result_free(*slot);
	*slot = r;
}

/* The outcome that an entry is about; NULL is one more damaged line. */
static struct outcome *outcome_of(struct loader *l, json_t *entry)
{
	const char *id = json_string_value(json_object_get(entry, "id"));
	json_t *place = id ? json_object_get(l->index, id) : NULL;

	if (place)
		return &l->run->tests[json_integer_value(place)];
	l->run->damaged++;
	return NULL;
}

/* What a test is after it was run again. */
static void load_verdict(struct loader *l, json_t *entry)
{
	struct outcome *o = outcome_of(l, entry);
	struct result *r = o && o->result ? result_from_json(entry) : NULL;

	if (!r)
		return;
	o->result->verdict = r->verdict;
	o->result->observed = r->observed;
	result_set(&o->result->known_reason, r->known_reason);
	result_set(&o->result->known_link, r->known_link);
	result_free(r);
}

static void free_company(struct outcome *o)
{
	for (size_t i = 0; i < o->company_count; i++)
		free(o->company[i]);
	free(o->company);
	free(o->company_about);
	o->company = NULL;
	o->company_count = 0;
	o->company_about = NULL;
}

static void load_company(struct loader *l, json_t *entry)
{
	struct outcome *o = outcome_of(l, entry);
	json_t *tests = json_object_get(entry, "tests"), *test;
	size_t i;

	if (!o)
		return;
	free_company(o);
	copy_string(entry, "about", &o->company_about);
	o->company = mem_zalloc(json_array_size(tests) * sizeof(*o->company));
	json_array_foreach(tests, i, test)
	{
		if (json_is_string(test))
			o->company[o->company_count++] = mem_strdup(json_string_value(test));
	}
}

static void load_entry(void *arg, const char *type, json_t *entry)
{
	struct loader *l = arg;

	run_parts_entry(&l->parts, type, entry);
	if (!strcmp(type, "run")) {
		load_run(l, entry);
	} else if (!strcmp(type, "test")) {
		load_test(l, entry);
	} else if (!strcmp(type, "verdict")) {
		load_verdict(l, entry);
	} else if (!strcmp(type, "company")) {
		load_company(l, entry);
	} else if (!strcmp(type, "resumed")) {
		l->run->facts.resumed++;
	} else if (!strcmp(type, "vm")) {
		json_object_del(entry, "type");
		json_array_append(l->run->vms, entry);
	} else if (!strcmp(type, "note")) {
		json_array_append(l->run->notes, json_object_get(entry, "text"));
	} else if (!strcmp(type, "facts")) {
		facts_read(&l->run->facts, entry);
	}
}

int run_load(struct run *run, const char *dir, struct fault *fault)
{
	struct loader l = {.run = run, .index = json_object()};
	unsigned int damaged;

	*run = (struct run){.vms = json_array(), .notes = json_array()};
	int ret = journal_read(dir, load_entry, &l, &damaged, fault);
	json_decref(l.index);
	run->end = run_parts_end(&l.parts);
	run->damaged += damaged;
	if (!ret && !l.begun)
		ret = fault_set(fault, EXIT_BAD_INPUT,
				"the journal in %s holds no run: it was cut before the first test", dir);
	for (size_t i = 0; i < run->count; i++)
		run->total[outcome_verdict(&run->tests[i])]++;
	if (ret)
		run_free(run);
	return ret;
}

static void take_result(struct run *run, json_t *entry)
{
	struct result *r = result_from_json(entry);

	if (!r) {
		run->damaged++;
		return;
	}

	struct outcome *o = &run->tests[run->count++];
	o->id = mem_strdup(r->id);
	copy_string(entry, "file", &o->file);
	copy_string(entry, "statement", &o->statement);
	copy_string(entry, "source", &o->source);
	o->line = r->line;
	o->runs = (int)json_integer_value(json_object_get(entry, "runs"));
	if (r->verdict == VERDICT_MISS)
		result_free(r);
	else
		o->result = r;
	run->total[outcome_verdict(o)]++;
}

json_t *results_read(const char *path, struct fault *fault)
{
	json_error_t error;
	json_t *root = json_load_file(path, 0, &error);

	if (!root)
		fault_set(fault, EXIT_BAD_INPUT, "cannot read %s: line %d: %s", path, error.line, error.text);
	else if (!json_is_array(json_object_get(root, "tests")))
		fault_set(fault, EXIT_BAD_INPUT, "%s is no results.json: it has no tests", path);
	else
		schema_check(root, "schema", RESULTS_SCHEMA, path, fault);
	if (!fault->status)
		return root;
	json_decref(root);
	return NULL;
}

int run_load_results(struct run *run, const char *path, struct fault *fault)
{
	json_t *root = results_read(path, fault), *tests = json_object_get(root, "tests"), *entry;
	size_t i;

	*run = (struct run){0};
	if (!root)
		return -1;
	facts_read(&run->facts, json_object_get(root, "run"));
	run_end_read(&run->end, json_object_get(root, "end"));
	run->vms = json_incref(json_object_get(root, "vms"));
	run->notes = json_incref(json_object_get(root, "notes"));
	run->tests = mem_zalloc(json_array_size(tests) * sizeof(*run->tests));
	json_array_foreach(tests, i, entry) take_result(run, entry);
	json_decref(root);
	return 0;
}

void run_free(struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		free(run->tests[i].id);
		free(run->tests[i].file);
		free(run->tests[i].statement);
		free(run->tests[i].since);
		free(run->tests[i].until);
		free(run->tests[i].expected);
		free(run->tests[i].source);
		result_free(run->tests[i].result);
		result_free(run->tests[i].again);
		free_company(&run->tests[i]);
	}
	free(run->tests);
	facts_free(&run->facts);
	run_end_free(&run->end);
	json_decref(run->vms);
	json_decref(run->notes);
	*run = (struct run){0};
}

char *outcome_again(const struct outcome *o)
{
	struct text lines = {0};

	if (o->agains)
		text_printf(&lines, "run again alone in a booted VM: bad %d of %d times\n", o->agains_bad,
			    o->agains);
	if (o->company_about)
		text_printf(&lines, "%s\n", o->company_about);
	for (size_t i = 0; i < o->company_count; i++)
		text_printf(&lines, "it crashes after: %s\n", o->company[i]);
	return text_take(&lines);
}

int run_exit_status(const struct run *run)
{
	if (run->end.how == END_INTERRUPTED)
		return EXIT_INTERRUPTED;
	if (run->end.how == END_FAIL_FAST)
		return judge_cut(run->total);
	if (run->end.how != END_FINISHED)
		return EXIT_UNFINISHED;
	return judge_run(run->total, run->facts.sabotage);
}

char *run_runtime(const struct run *run)
{
	const char *runtime = fact_text(run->facts.runtime.name),
		   *version = fact_text(run->facts.runtime.version);

	if (!strncmp(version, runtime, strlen(runtime))) /* programs begin with their name */
		return mem_strdup(version);
	return mem_printf("%s%s%s", runtime, *version ? " " : "", version);
}

bool run_asks_runtime(const struct run *run, const char *id)
{
	const char *suite = fact_text(run->facts.runtime.suite);
	size_t len = strlen(suite);

	return len && !strncmp(id, suite, len) && id[len] == '.';
}

const char *run_trouble(const struct run *run)
{
	if (run->end.fault)
		return run->end.fault;
	switch (run->end.how) {
	case END_FINISHED: return NULL;
	case END_INTERRUPTED: return "interrupted";
	case END_FAIL_FAST: return "stopped by --fail-fast";
	case END_FAULT: return "fault";
	default: return "nscheck was killed";
	}
}

bool run_has_results(const struct run *run)
{
	return run->count > run->total[VERDICT_MISS];
}

long run_took(const struct run *run)
{
	return (long)run->end.ms[SHARE_TOTAL];
}

char *run_command(const struct run *run, const char *id)
{
	return run->facts.command ? mem_printf("%s %s", run->facts.command, id) : NULL;
}
