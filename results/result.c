// SPDX-License-Identifier: GPL-2.0-only
#include "results/result.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"

struct result *result_new(const char *id)
{
	struct result *r = mem_zalloc(sizeof(*r));

	r->id = mem_strdup(id);
	r->micros = -1;
	return r;
}

void result_free(struct result *r)
{
	if (!r)
		return;
	free(r->id);
	free(r->known_reason);
	free(r->known_link);
	free(r->file);
	free(r->message);
	free(r->left);
	free(r->role);
	free(r->diagnostics);
	free(r->kernel_log);
	free(r->fingerprint);
	free(r);
}

void result_set(char **field, const char *value)
{
	char *copy = value ? mem_strdup(value) : NULL;

	free(*field);
	*field = copy;
}

static void put_string(json_t *object, const char *key, const char *value)
{
	if (value && *value)
		json_object_set_new(object, key, json_string(value));
}

static void put_true(json_t *object, const char *key, bool value)
{
	if (value)
		json_object_set_new(object, key, json_true());
}

json_t *result_to_json(const struct result *r)
{
	json_t *o = json_object();

	put_string(o, "id", r->id);
	put_string(o, "verdict", verdict_name(r->verdict));
	if (r->verdict == VERDICT_XFAIL || r->verdict == VERDICT_XPASS)
		put_string(o, "observed", verdict_name(r->observed));
	put_string(o, "known_reason", r->known_reason);
	put_string(o, "known_link", r->known_link);
	json_object_set_new(o, "duration_ms", json_integer(r->duration_ms));
	if (r->micros >= 0)
		json_object_set_new(o, "guest_micros", json_integer(r->micros));
	put_string(o, "file", r->file);
	if (r->line > 0)
		json_object_set_new(o, "line", json_integer(r->line));
	put_string(o, r->verdict == VERDICT_SKIP ? "reason" : "message", r->message);
	put_string(o, "role", r->role);
	put_string(o, "diagnostics", r->diagnostics);
	put_string(o, "kernel_log", r->kernel_log);
	put_string(o, "fingerprint", r->fingerprint);
	json_object_set_new(o, "at_ms", json_integer(r->at_ms));
	json_object_set_new(o, "vm", json_integer(r->vm));
	put_string(o, "start", r->warm ? "warm" : "cold");
	put_true(o, "again", r->again);
	put_true(o, "sabotage", r->sabotage);
	return o;
}

static void get_string(json_t *object, const char *key, char **field)
{
	result_set(field, json_string_value(json_object_get(object, key)));
}

static long get_integer(json_t *object, const char *key, long otherwise)
{
	json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? (long)json_integer_value(value) : otherwise;
}

struct result *result_from_json(json_t *o)
{
	const char *id = json_string_value(json_object_get(o, "id"));
	const char *name = json_string_value(json_object_get(o, "verdict"));
	int verdict = name ? verdict_parse(name) : -1;

	if (!id || verdict < 0)
		return NULL;

	struct result *r = result_new(id);
	const char *start = json_string_value(json_object_get(o, "start"));
	const char *observed = json_string_value(json_object_get(o, "observed"));

	r->verdict = (enum verdict)verdict;
	verdict = observed ? verdict_parse(observed) : -1;
	r->observed = verdict < 0 ? r->verdict : (enum verdict)verdict;
	get_string(o, "known_reason", &r->known_reason);
	get_string(o, "known_link", &r->known_link);
	get_string(o, "file", &r->file);
	get_string(o, r->verdict == VERDICT_SKIP ? "reason" : "message", &r->message);
	get_string(o, "role", &r->role);
	get_string(o, "diagnostics", &r->diagnostics);
	get_string(o, "kernel_log", &r->kernel_log);
	get_string(o, "fingerprint", &r->fingerprint);
	r->line = (int)get_integer(o, "line", 0);
	r->micros = get_integer(o, "guest_micros", -1);
	r->duration_ms = get_integer(o, "duration_ms", 0);
	r->at_ms = get_integer(o, "at_ms", 0);
	r->vm = (int)get_integer(o, "vm", 0);
	r->warm = start && !strcmp(start, "warm");
	r->again = json_is_true(json_object_get(o, "again"));
	r->sabotage = json_is_true(json_object_get(o, "sabotage"));
	return r;
}
