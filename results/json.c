// SPDX-License-Identifier: GPL-2.0-only
/* results.json: the run's facts and one object per test; the schema is in results/README.md. */
#include <errno.h>
#include <string.h>

#include "results/report.h"

static json_t *suite_of(const char *id)
{
	return json_stringn(id, strcspn(id, "."));
}

static json_t *test_json(const struct outcome *o)
{
	json_t *t;

	if (o->result) {
		t = result_to_json(o->result);
	} else {
		t = json_object();
		json_object_set_new(t, "id", json_string(o->id));
		json_object_set_new(t, "verdict", json_string(verdict_name(VERDICT_MISS)));
	}
	json_object_set_new(t, "suite", suite_of(o->id));
	if (o->statement)
		json_object_set_new(t, "statement", json_string(o->statement));
	if (o->source)
		json_object_set_new(t, "source", json_string(o->source));
	if (o->file && !json_object_get(t, "file")) {
		json_object_set_new(t, "file", json_string(o->file));
		json_object_set_new(t, "line", json_integer(o->line));
	}
	json_object_set_new(t, "runs", json_integer(o->runs));
	if (o->again) {
		json_object_set_new(t, "run_again", result_to_json(o->again));
		json_object_set_new(t, "runs_again", json_integer(o->agains));
		json_object_set_new(t, "runs_again_bad", json_integer(o->agains_bad));
	}
	if (o->company_about) {
		json_t *company = json_array();

		for (size_t i = 0; i < o->company_count; i++)
			json_array_append_new(company, json_string(o->company[i]));
		json_object_set_new(t, "crash_after", company);
		json_object_set_new(t, "crash_search", json_string(o->company_about));
	}
	return t;
}

static json_t *totals_json(const struct run *run)
{
	json_t *totals = json_object();

	for (int v = 0; v < VERDICTS; v++)
		json_object_set_new(totals, verdict_name((enum verdict)v),
				    json_integer((json_int_t)run->total[v]));
	return totals;
}

static int report(const struct run *run, FILE *out)
{
	json_t *root = json_object(), *tests = json_array();

	json_object_set_new(root, "schema", json_integer(RESULTS_SCHEMA));
	json_object_set_new(root, "run", facts_write(&run->facts));
	json_object_set_new(root, "end", run_end_write(&run->end));
	json_object_set_new(root, "totals", totals_json(run));
	json_object_set(root, "notes", run->notes);
	json_object_set(root, "vms", run->vms);
	json_object_set_new(root, "damaged_journal_lines", json_integer(run->damaged));
	for (size_t i = 0; i < run->count; i++)
		json_array_append_new(tests, test_json(&run->tests[i]));
	json_object_set_new(root, "tests", tests);

	int ret = json_dumpf(root, out, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	json_decref(root);
	if (ret || fputc('\n', out) == EOF)
		return errno ? -1 : (errno = EIO, -1);
	return 0;
}

const struct reporter reporter_json = {.file = "results.json", .of_run = report};
