// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/list.h"

#include <jansson.h>

static bool is_shown(const struct test *t, bool missing)
{
	return t->selected && !t->file == missing;
}

static void put(json_t *o, const char *key, const char *value)
{
	if (value)
		json_object_set_new(o, key, json_string(value));
}

static json_t *row_json(const struct test *t)
{
	json_t *o = json_object();

	put(o, "id", t->id);
	put(o, "file", t->file);
	if (t->file) {
		json_object_set_new(o, "line", json_integer(t->line));
		json_object_set_new(o, "timeout", json_integer(t->timeout));
		json_object_set_new(o, "alone", json_boolean(t->alone));
	}
	put(o, "sabotage_exempt", t->exempt);
	put(o, "tier", t->tier);
	put(o, "since", t->since);
	put(o, "until", t->until);
	put(o, "needs", t->needs);
	put(o, "statement", t->statement);
	put(o, "expected", t->expected);
	put(o, "source", t->source);
	return o;
}

static int print_json(const struct table *table, bool missing, FILE *out)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < table->count; i++)
		if (is_shown(&table->tests[i], missing))
			json_array_append_new(rows, row_json(&table->tests[i]));
	int ret = json_dumpf(rows, out, JSON_INDENT(1));
	json_decref(rows);
	return ret || fputc('\n', out) == EOF ? -1 : 0;
}

int list_print(const struct table *table, bool json, bool missing, FILE *out)
{
	if (json)
		return print_json(table, missing, out);
	for (size_t i = 0; i < table->count; i++) {
		const struct test *t = &table->tests[i];

		if (is_shown(t, missing))
			fprintf(out, "%s\t%s\t%s\n", t->id, t->statement, t->needs ? t->needs : "-");
	}
	return fflush(out) ? -1 : 0;
}
