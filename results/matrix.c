// SPDX-License-Identifier: GPL-2.0-only
#include "results/matrix.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/report.h"
#include "runner/base/text.h"
#include "runner/base/file.h"

bool matrix_is(const char *dir)
{
	char *path = mem_printf("%s/" MATRIX_FILE, dir);
	bool found = !access(path, F_OK);

	free(path);
	return found;
}

int matrix_write(const char *dir, const json_t *facts, struct fault *fault)
{
	char *path = mem_printf("%s/" MATRIX_FILE, dir);
	char *text = json_dumps(facts, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	int ret = text ? file_store(path, text, strlen(text), fault)
		       : fault_set(fault, EXIT_UNFINISHED, "cannot encode %s", path);

	free(text);
	free(path);
	return ret;
}

/* A folder named in matrix.json must be one below it. */
static bool is_sound(json_t *entry)
{
	const char *folder = json_string_value(json_object_get(entry, "folder"));

	return json_string_value(json_object_get(entry, "name")) && folder && *folder && *folder != '.' &&
	       !strchr(folder, '/');
}

json_t *matrix_read(const char *dir, struct fault *fault)
{
	char *path = mem_printf("%s/" MATRIX_FILE, dir);
	json_t *facts = json_load_file(path, 0, NULL), *runs = json_object_get(facts, "runs"), *entry;
	bool sound = json_is_array(runs) && json_array_size(runs);
	size_t i;

	json_array_foreach(runs, i, entry) sound &= is_sound(entry);
	if (!sound) {
		fault_set(fault, EXIT_BAD_INPUT, "%s cannot be read: this is not the folder of a matrix",
			  path);
		json_decref(facts);
		facts = NULL;
	}
	free(path);
	return facts;
}

/* Stands for a run that never began. */
static void never_began(struct run *run, const char *name)
{
	*run = (struct run){.facts = json_pack("{s:{s:s}}", "kernel", "name", name),
			    .vms = json_array(),
			    .notes = json_array()};
}

int matrix_load(struct matrix *m, const char *dir, struct fault *fault)
{
	json_t *facts = matrix_read(dir, fault), *runs = json_object_get(facts, "runs"), *entry;
	size_t i;

	*m = (struct matrix){.facts = facts};
	if (!facts)
		return -1;
	m->names = mem_zalloc(json_array_size(runs) * sizeof(*m->names));
	m->runs = mem_zalloc(json_array_size(runs) * sizeof(*m->runs));
	m->list = mem_zalloc(json_array_size(runs) * sizeof(*m->list));
	json_array_foreach(runs, i, entry)
	{
		const char *name = json_string_value(json_object_get(entry, "name"));
		char *sub = mem_printf("%s/%s", dir, json_string_value(json_object_get(entry, "folder")));
		struct fault absent = {0};

		if (run_load(&m->runs[i], sub, &absent))
			never_began(&m->runs[i], name);
		m->names[i] = mem_strdup(name);
		m->list[i] = &m->runs[i];
		m->count++;
		free(sub);
	}
	return 0;
}

void matrix_free(struct matrix *m)
{
	for (size_t i = 0; i < m->count; i++) {
		run_free(&m->runs[i]);
		free(m->names[i]);
	}
	free(m->runs);
	free(m->list);
	free(m->names);
	json_decref(m->facts);
	*m = (struct matrix){0};
}

int matrix_status(const struct matrix *m)
{
	int worst = EXIT_EXPECTED;

	for (size_t i = 0; i < m->count; i++) {
		int status = run_exit_status(&m->runs[i]);

		if (status > worst)
			worst = status;
	}
	return worst;
}

int matrix_report(const struct matrix *m, const char *dir, bool parts, struct fault *fault)
{
	json_t *runs = json_object_get(m->facts, "runs"), *entry;
	size_t i;
	int ret = 0;

	json_array_foreach(runs, i, entry)
	{
		char *sub = mem_printf("%s/%s", dir, json_string_value(json_object_get(entry, "folder")));

		if (parts && m->runs[i].count && report_all(&m->runs[i], sub, fault))
			ret = -1;
		free(sub);
	}
	if (report_matrix(m->list, m->count, dir, fault))
		ret = -1;
	return ret;
}

/* A version may go on where the bound ends: 6.18.3 is not beyond 6.18. */
static bool is_beyond(const char *version, const char *until)
{
	size_t len = strlen(until);

	return strverscmp(version, until) > 0 &&
	       !(!strncmp(version, until, len) && (version[len] < '0' || version[len] > '9'));
}

bool outcome_lacks(const struct outcome *o, const struct run *run)
{
	const char *version = run_fact_of(run, "kernel", "version");

	if (!*version)
		version = run_fact_of(run, "kernel", "release");
	if (run_asks_runtime(run, o->id))
		return false;
	return outcome_verdict(o) == VERDICT_SKIP && o->since && *version &&
	       strverscmp(version, o->since) >= 0 && !(o->until && is_beyond(version, o->until));
}
