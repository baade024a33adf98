// SPDX-License-Identifier: GPL-2.0-only
#include "results/times.h"

#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "runner/base/mem.h"
#include "results/journal.h"
#include "results/matrix.h"
#include "runner/base/text.h"

/* A journal while it is read: the kernel is named by its first entry. */
struct reader {
	struct times *times;
	json_t *of_kernel;
};

static void take_kernel(struct reader *r, const json_t *object)
{
	struct facts f = {0};

	facts_read(&f, object);
	if (f.kernel.name) {
		r->of_kernel = json_object_get(r->times->of_kernels, f.kernel.name);
		if (!r->of_kernel) {
			r->of_kernel = json_object();
			json_object_set_new(r->times->of_kernels, f.kernel.name, r->of_kernel);
		}
	}
	facts_free(&f);
}

static void take_test(struct reader *r, json_t *test)
{
	const char *id = json_string_value(json_object_get(test, "id"));
	json_t *ms = json_object_get(test, "duration_ms");

	if (!id || !json_is_integer(ms) || json_integer_value(ms) < 0)
		return;
	json_object_set(r->times->of_any, id, ms);
	if (r->of_kernel)
		json_object_set(r->of_kernel, id, ms);
}

static void take_entry(void *arg, const char *type, json_t *entry)
{
	if (!strcmp(type, "run"))
		take_kernel(arg, entry);
	else if (!strcmp(type, "test"))
		take_test(arg, entry);
}

static int read_run(struct times *times, const char *dir, struct fault *fault)
{
	struct reader r = {.times = times};
	unsigned int damaged;

	return journal_read(dir, take_entry, &r, &damaged, fault);
}

/* A kernel of a matrix that was never begun has no times: no fault. */
static int read_matrix(struct times *times, const char *dir, struct fault *fault)
{
	struct matrix_facts facts;
	int ret = matrix_read(&facts, dir, fault);

	for (size_t i = 0; !ret && i < facts.count; i++) {
		char *sub = mem_printf("%s/%s", dir, facts.runs[i].folder);
		struct fault absent = {0};

		if (read_run(times, sub, &absent) == SCHEMA_OTHER)
			ret = fault_set(fault, absent.status, "%s", absent.text);
		free(sub);
	}
	matrix_facts_free(&facts);
	return ret;
}

static int read_results(struct times *times, const char *path, struct fault *fault)
{
	json_t *root = results_read(path, fault), *test;
	struct reader r = {.times = times};
	size_t i;

	if (!root)
		return -1;
	take_kernel(&r, json_object_get(root, "run"));
	json_array_foreach(json_object_get(root, "tests"), i, test) take_test(&r, test);
	json_decref(root);
	return 0;
}

int times_load(struct times *times, const char *path, struct fault *fault)
{
	struct stat st;

	*times = (struct times){json_object(), json_object()};
	if (stat(path, &st))
		return fault_set(fault, EXIT_BAD_INPUT, "cannot read %s: %m", path);
	if (!S_ISDIR(st.st_mode))
		return read_results(times, path, fault);
	return matrix_is(path) ? read_matrix(times, path, fault) : read_run(times, path, fault);
}

void times_free(struct times *times)
{
	json_decref(times->of_kernels);
	json_decref(times->of_any);
	*times = (struct times){0};
}

long times_of(const struct times *times, const char *kernel, const char *id)
{
	json_t *ms = json_object_get(json_object_get(times->of_kernels, kernel), id);

	if (!ms)
		ms = json_object_get(times->of_any, id);
	return ms ? (long)json_integer_value(ms) : -1;
}
