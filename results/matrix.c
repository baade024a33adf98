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

int matrix_write(const char *dir, const struct matrix_facts *facts, struct fault *fault)
{
	char *path = mem_printf("%s/" MATRIX_FILE, dir);
	json_t *object = matrix_facts_write(facts);
	char *text = json_dumps(object, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	int ret = text ? file_store(path, text, strlen(text), fault)
		       : fault_set(fault, EXIT_UNFINISHED, "cannot encode %s", path);

	json_decref(object);
	free(text);
	free(path);
	return ret;
}

int matrix_read(struct matrix_facts *facts, const char *dir, struct fault *fault)
{
	char *path = mem_printf("%s/" MATRIX_FILE, dir);
	json_t *object = json_load_file(path, 0, NULL);

	*facts = (struct matrix_facts){0};
	int ret = matrix_facts_read(facts, object, path, fault);
	json_decref(object);
	free(path);
	return ret;
}

/* Stands for a run that never began. */
static void never_began(struct run *run, const char *name)
{
	*run = (struct run){
		.facts.kernel.name = mem_strdup(name), .vms = json_array(), .notes = json_array()};
}

int matrix_load(struct matrix *m, const char *dir, struct fault *fault)
{
	*m = (struct matrix){0};
	if (matrix_read(&m->facts, dir, fault))
		return -1;
	m->runs = mem_zalloc(m->facts.count * sizeof(*m->runs));
	m->list = mem_zalloc(m->facts.count * sizeof(*m->list));
	for (size_t i = 0; i < m->facts.count; i++) {
		char *sub = mem_printf("%s/%s", dir, m->facts.runs[i].folder);
		struct fault absent = {0};

		int ret = run_load(&m->runs[i], sub, &absent);
		if (ret)
			never_began(&m->runs[i], m->facts.runs[i].name);
		if (ret == SCHEMA_OTHER)
			fault_set(fault, absent.status, "%s", absent.text);
		m->list[i] = &m->runs[i];
		m->count++;
		free(sub);
	}
	return fault->status ? -1 : 0;
}

void matrix_free(struct matrix *m)
{
	for (size_t i = 0; i < m->count; i++)
		run_free(&m->runs[i]);
	free(m->runs);
	free(m->list);
	matrix_facts_free(&m->facts);
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
	int ret = 0;

	for (size_t i = 0; i < m->count; i++) {
		char *sub = mem_printf("%s/%s", dir, m->facts.runs[i].folder);

		if (parts && m->runs[i].count && report_all(&m->runs[i], sub, fault))
			ret = -1;
		free(sub);
	}
	if (report_matrix(m->list, m->count, dir, fault))
		ret = -1;
	return ret;
}
