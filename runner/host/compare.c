// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/compare.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/compare.h"
#include "results/matrix.h"

/* One side: a matrix of one run if it is none. */
struct side {
	struct matrix matrix;
	struct run run;
	bool is_matrix;
};

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool has(const char *dir, const char *name)
{
	char *path = mem_printf("%s/%s", dir, name);
	struct stat st;
	bool found = !stat(path, &st);

	free(path);
	return found;
}

static bool is_of_kernel(const struct run *run, const char *kernel)
{
	return !strcmp(fact_text(run->facts.kernel.name), kernel) ||
	       !strcmp(fact_text(run->facts.kernel.release), kernel);
}

/* The run of that kernel in a folder of runs or below it in a matrix. */
static bool take_run_of(struct run *run, const char *dir, const char *kernel)
{
	struct fault ignored = {0};

	if (!has(dir, "journal.ndjson") || run_load(run, dir, &ignored))
		return false;
	if (is_of_kernel(run, kernel) && run->count > run->total[VERDICT_MISS])
		return true;
	run_free(run);
	return false;
}

static bool take_part_of(struct run *run, const char *dir, const char *kernel)
{
	struct matrix_facts facts = {0};
	struct fault ignored = {0};
	bool found = false;

	if (matrix_is(dir))
		matrix_read(&facts, dir, &ignored);
	for (size_t i = 0; i < facts.count && !found; i++) {
		char *sub = mem_printf("%s/%s", dir, facts.runs[i].folder);

		found = take_run_of(run, sub, kernel);
		free(sub);
	}
	matrix_facts_free(&facts);
	return found;
}

/* Folders of runs begin with their time, so the last in order is the last run. */
static int load_last_of(struct side *s, const char *kernel, const char *runs, struct fault *fault)
{
	struct dirent **names = NULL;
	int count = scandir(runs, &names, NULL, alphasort);
	bool found = false;

	for (int i = count - 1; i >= 0; i--) {
		char *dir = mem_printf("%s/%s", runs, names[i]->d_name);

		if (!found && *names[i]->d_name != '.' && strcmp(names[i]->d_name, "latest"))
			found = take_run_of(&s->run, dir, kernel) || take_part_of(&s->run, dir, kernel);
		free(dir);
		free(names[i]);
	}
	free(names);
	if (!found)
		fault_set(
			fault, EXIT_BAD_INPUT,
			"%s is no folder of a run, no results.json, and no kernel that a run in %s was about",
			kernel, runs);
	return found ? 0 : -1;
}

static void free_side(struct side *s)
{
	if (s->is_matrix)
		matrix_free(&s->matrix);
	else
		run_free(&s->run);
}

static int load_side(struct side *s, const char *what, const char *runs, struct fault *fault)
{
	*s = (struct side){0};
	if (is_folder(what) && matrix_is(what)) {
		s->is_matrix = true;
		if (!matrix_load(&s->matrix, what, fault))
			return 0;
		free_side(s);
		return -1;
	}
	if (is_folder(what) && has(what, "journal.ndjson"))
		return run_load(&s->run, what, fault);
	if (is_folder(what) && has(what, "results.json")) {
		char *path = mem_printf("%s/results.json", what);
		int ret = run_load_results(&s->run, path, fault);

		free(path);
		return ret;
	}
	if (!is_folder(what) && !access(what, F_OK))
		return run_load_results(&s->run, what, fault);
	return load_last_of(s, what, runs, fault);
}

static const struct run *run_of(const struct side *s, size_t i)
{
	return s->is_matrix ? &s->matrix.runs[i] : &s->run;
}

static size_t runs_of(const struct side *s)
{
	return s->is_matrix ? s->matrix.count : 1;
}

/* What --kernel was given for a run. */
static const char *kernel_of(const struct side *s, size_t i)
{
	return s->is_matrix ? s->matrix.facts.runs[i].name : fact_text(s->run.facts.kernel.name);
}

/* Two sides while they are compared. */
struct pairs {
	const struct side *a, *b;
	bool *met;   /* for each run of b: it has a counterpart */
	bool common; /* what only one side has does not count */
	size_t told;
	int status;
};

/* Of two single runs each other, whatever their kernels. */
static bool is_pair(const struct pairs *p, size_t i, size_t j)
{
	return (!p->a->is_matrix && !p->b->is_matrix) || !strcmp(kernel_of(p->a, i), kernel_of(p->b, j));
}

static void tell(struct pairs *p, const struct run *before, const struct run *now)
{
	if (p->told++)
		printf("\n");
	p->status = compare_worst(p->status, before && now ? compare_print(before, now, p->common, stdout)
					     : before      ? compare_alone(before, 'A', p->common, stdout)
							   : compare_alone(now, 'B', p->common, stdout));
}

/* Kernel by kernel where a side has several. Of two matrices a kernel that only one has is told as well. */
static void compare_sides(struct pairs *p)
{
	bool matrices = p->a->is_matrix && p->b->is_matrix;

	for (size_t i = 0; i < runs_of(p->a); i++) {
		bool met = false;

		for (size_t j = 0; j < runs_of(p->b); j++) {
			if (!is_pair(p, i, j))
				continue;
			met = p->met[j] = true;
			tell(p, run_of(p->a, i), run_of(p->b, j));
		}
		if (!met && matrices)
			tell(p, run_of(p->a, i), NULL);
	}
	for (size_t j = 0; j < runs_of(p->b) && matrices; j++)
		if (!p->met[j])
			tell(p, NULL, run_of(p->b, j));
}

static bool have_pair(const struct pairs *p)
{
	bool any = false;

	for (size_t i = 0; i < runs_of(p->a); i++)
		for (size_t j = 0; j < runs_of(p->b); j++)
			any |= is_pair(p, i, j);
	return any;
}

int compare_runs(const char *before, const char *now, const char *runs, bool common, struct fault *fault)
{
	struct side a, b;

	if (load_side(&a, before, runs, fault))
		return fault->status;
	if (load_side(&b, now, runs, fault)) {
		free_side(&a);
		return fault->status;
	}

	struct pairs pairs = {
		.a = &a, .b = &b, .met = mem_zalloc(runs_of(&b) * sizeof(bool)), .common = common};
	if (have_pair(&pairs))
		compare_sides(&pairs);
	else
		fault_set(fault, EXIT_BAD_INPUT, "the two have no kernel in common");
	free(pairs.met);
	free_side(&a);
	free_side(&b);
	return fault->status ? fault->status : pairs.status;
}
