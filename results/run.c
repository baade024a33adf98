// SPDX-License-Identifier: GPL-2.0-only
#include "results/run.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "results/journal.h"
#include "runner/base/text.h"

/* A run while its journal is read: the index finds a test's outcome by id. */
struct loader {
	struct run *run;
	json_t *index;
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

static void load_plan(struct loader *l, json_t *plan)
{
	size_t i;
	json_t *entry;

	l->run->tests = mem_zalloc(json_array_size(plan) * sizeof(*l->run->tests));
	json_array_foreach(plan, i, entry)
	{
		const char *id = json_string_value(json_object_get(entry, "id"));
		struct outcome *o = &l->run->tests[l->run->count];

		if (!id || json_object_get(l->index, id))
			continue;
		o->id = mem_strdup(id);
		copy_string(entry, "file", &o->file);
		copy_string(entry, "statement", &o->statement);
		copy_string(entry, "since", &o->since);
		copy_string(entry, "until", &o->until);
		copy_string(entry, "expected", &o->expected);
		copy_string(entry, "source", &o->source);
		o->line = (int)json_integer_value(json_object_get(entry, "line"));
		json_object_set_new(l->index, id, json_integer((json_int_t)l->run->count++));
	}
}

static void load_run(struct loader *l, json_t *entry)
{
	if (l->run->facts)
		return;
	load_plan(l, json_object_get(entry, "plan"));
	l->run->facts = json_copy(entry);
	json_object_del(l->run->facts, "plan");
	json_object_del(l->run->facts, "type");
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

	if (!strcmp(type, "run")) {
		load_run(l, entry);
	} else if (!strcmp(type, "test")) {
		load_test(l, entry);
	} else if (!strcmp(type, "verdict")) {
		load_verdict(l, entry);
	} else if (!strcmp(type, "company")) {
		load_company(l, entry);
	} else if (!strcmp(type, "resumed")) {
		json_decref(l->run->end);
		l->run->end = NULL;
		if (l->run->facts)
			json_object_set_new(
				l->run->facts, "resumed",
				json_integer(json_integer_value(json_object_get(l->run->facts, "resumed")) +
					     1));
	} else if (!strcmp(type, "vm")) {
		json_object_del(entry, "type");
		json_array_append(l->run->vms, entry);
	} else if (!strcmp(type, "note")) {
		json_array_append(l->run->notes, json_object_get(entry, "text"));
	} else if (!strcmp(type, "facts") && l->run->facts) {
		json_object_del(entry, "type");
		json_object_update(l->run->facts, entry);
	} else if (!strcmp(type, "end")) {
		json_decref(l->run->end);
		l->run->end = json_incref(entry);
	}
}

int run_load(struct run *run, const char *dir, struct fault *fault)
{
	struct loader l = {.run = run, .index = json_object()};
	unsigned int damaged;

	*run = (struct run){.vms = json_array(), .notes = json_array()};
	int ret = journal_read(dir, load_entry, &l, &damaged, fault);
	json_decref(l.index);
	run->damaged += damaged;
	if (!ret && !run->facts)
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

int run_load_results(struct run *run, const char *path, struct fault *fault)
{
	json_error_t error;
	json_t *root = json_load_file(path, 0, &error), *tests = json_object_get(root, "tests"), *entry;
	size_t i;

	*run = (struct run){0};
	if (!root)
		return fault_set(fault, EXIT_BAD_INPUT, "cannot read %s: line %d: %s", path, error.line,
				 error.text);
	if (json_integer_value(json_object_get(root, "schema")) != 1 || !json_is_array(tests)) {
		json_decref(root);
		return fault_set(fault, EXIT_BAD_INPUT, "%s is no results.json of schema 1", path);
	}
	run->facts = json_incref(json_object_get(root, "run"));
	run->end = json_incref(json_object_get(root, "end"));
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
	json_decref(run->facts);
	json_decref(run->end);
	json_decref(run->vms);
	json_decref(run->notes);
	*run = (struct run){0};
}

int run_exit_status(const struct run *run)
{
	const char *how = json_string_value(json_object_get(run->end, "how"));
	json_t *options = json_object_get(run->facts, "options");

	if (!how)
		return EXIT_UNFINISHED;
	if (strcmp(how, "finished"))
		return strcmp(how, "interrupted") ? EXIT_UNFINISHED : EXIT_INTERRUPTED;
	return judge_run(run->total, json_is_true(json_object_get(options, "sabotage")));
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

const char *run_fact(const struct run *run, const char *key)
{
	const char *value = json_string_value(json_object_get(run->facts, key));

	return value ? value : "";
}

const char *run_fact_of(const struct run *run, const char *object, const char *key)
{
	const char *value = json_string_value(json_object_get(json_object_get(run->facts, object), key));

	return value ? value : "";
}

char *run_runtime(const struct run *run)
{
	const char *runtime = run_fact_of(run, "runtime", "name"),
		   *version = run_fact_of(run, "runtime", "version");

	if (!strncmp(version, runtime, strlen(runtime))) /* programs begin with their name */
		return mem_strdup(version);
	return mem_printf("%s%s%s", runtime, *version ? " " : "", version);
}

bool run_asks_runtime(const struct run *run, const char *id)
{
	const char *suite = run_fact_of(run, "runtime", "suite");
	size_t len = strlen(suite);

	return len && !strncmp(id, suite, len) && id[len] == '.';
}

const char *run_trouble(const struct run *run)
{
	const char *how = json_string_value(json_object_get(run->end, "how"));
	const char *fault = json_string_value(json_object_get(run->end, "fault"));

	if (fault)
		return fault;
	if (!how)
		return "nscheck was killed";
	return strcmp(how, "finished") != 0 ? how : NULL;
}

bool run_has_results(const struct run *run)
{
	return run->count > run->total[VERDICT_MISS];
}

long run_took(const struct run *run)
{
	return (long)json_integer_value(json_object_get(json_object_get(run->end, "times_ms"), "total"));
}

char *run_command(const struct run *run, const char *id)
{
	const char *command = run_fact(run, "command");

	return *command ? mem_printf("%s %s", command, id) : NULL;
}
