// SPDX-License-Identifier: GPL-2.0-only
/* Values of options, and which options go together: all of it follows from the table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/text.h"
#include "runner/contract.h"
#include "runner/host/options_inside.h"
#include "vm/spec.h"

enum { SHOWN_MAX = 200 };

static int bad_value(const struct option_row *row, const char *value, const char *want, struct fault *fault)
{
	struct text shown = {.limit = SHOWN_MAX};

	text_add_escaped(&shown, value, strlen(value));
	fault_set(fault, EXIT_BAD_INPUT, "--%s %s%s: want %s", row->name, *value ? text_get(&shown) : "''",
		  shown.dropped ? "..." : "", want);
	text_free(&shown);
	return -1;
}

static int store_number(const struct option_row *row, const char *value, int *out, struct fault *fault)
{
	char *end, *want;

	errno = 0;
	long n = strtol(value, &end, 10);
	if (*value >= '0' && *value <= '9' && !*end && !errno && n >= row->least && n <= row->most) {
		*out = (int)n;
		return 0;
	}
	want = mem_printf("a whole number from %d to %d", row->least, row->most);
	bad_value(row, value, want, fault);
	free(want);
	return -1;
}

static int store_factor(const struct option_row *row, const char *value, double *out, struct fault *fault)
{
	char *end;
	double f = strtod(value, &end);

	if (value[strspn(value, "0123456789.")] || end == value || *end || !(f >= 0.1 && f <= 1000))
		return bad_value(row, value, "a number from 0.1 to 1000", fault);
	*out = f;
	return 0;
}

static int store_choice(const struct option_row *row, const char *value, unsigned int *out,
			struct fault *fault)
{
	struct text names = {0};

	for (unsigned int i = 0; row->choices[i]; i++) {
		if (!strcmp(row->choices[i], value)) {
			*out = i;
			text_free(&names);
			return 0;
		}
		text_printf(&names, "%s%s", !i ? "" : row->choices[i + 1] ? ", " : " or ", row->choices[i]);
	}
	bad_value(row, value, text_get(&names), fault);
	text_free(&names);
	return -1;
}

static int store_part(const struct option_row *row, const char *value, int out[2], struct fault *fault)
{
	int part, parts, end = 0;

	if (sscanf(value, "%5d/%5d%n", &part, &parts, &end) != 2 || value[end] ||
	    value[strspn(value, "0123456789/")] || part < 1 || part > parts)
		return bad_value(row, value, "I/N, such as 1/4", fault);
	out[0] = part;
	out[1] = parts;
	return 0;
}

static int store_task(const struct option_row *row, const char *value, struct options *o, struct fault *fault)
{
	for (size_t i = 0; i < o->given_count; i++) {
		const struct option_row *other = o->given[i].row;

		if (other->kind == OPTION_TASK && other != row)
			return fault_set(fault, EXIT_BAD_INPUT,
					 "--%s and --%s do not go together: one thing at a time", other->name,
					 row->name);
	}
	o->task = row->task;
	if (value)
		*(const char **)option_field(row, o) = value;
	return 0;
}

/* An option without an argument. */
static int store_nothing(const struct option_row *row, struct options *o, struct fault *fault)
{
	if (row->kind == OPTION_TASK)
		return store_task(row, NULL, o, fault);
	*(bool *)option_field(row, o) = true;
	return 0;
}

/* An empty value is what a variable of a script was that nobody has set. */
int option_store(const struct option_row *row, const char *value, struct options *o, struct fault *fault)
{
	void *field = option_field(row, o);

	if (!value)
		return store_nothing(row, o, fault);
	const char *want = row->wrong ? row->wrong(value) : NULL;
	if (!*value && !(row->flags & OPTION_MAY_BE_EMPTY))
		want = "a value";
	if (want)
		return bad_value(row, value, want, fault);
	switch (row->kind) {
	case OPTION_TASK: return store_task(row, value, o, fault);
	case OPTION_NUMBER: return store_number(row, value, field, fault);
	case OPTION_FACTOR: return store_factor(row, value, field, fault);
	case OPTION_STRING: *(const char **)field = value; break;
	case OPTION_STRINGS: strings_add(field, value); break;
	case OPTION_CHOICE: return store_choice(row, value, field, fault);
	case OPTION_PART: return store_part(row, value, field, fault);
	case OPTION_HEADING:
	case OPTION_FLAG: break;
	}
	return 0;
}

/* The words that each task takes; of those that are not listed, none. */
static const struct {
	size_t least, most;
	const char *want;
} words[TASKS] = {
	[TASK_RUN] = {0, -1ul, NULL},
	[TASK_MATRIX] = {0, -1ul, NULL},
	[TASK_LIST] = {0, -1ul, NULL},
	[TASK_MERGE] = {1, -1ul, "the folders of all parts"},
	[TASK_COMPARE] = {2, 2, "two runs: folders, results.json files or kernels"},
};

/* The option that names a task; NULL for a run. */
static const struct option_row *row_of(enum task task)
{
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].kind == OPTION_TASK && option_table[i].task == task)
			return &option_table[i];
	return NULL;
}

/* Every task is one that options may be limited to: "--list", or "--list or --lint". */
static int wants_task(const struct option_row *row, struct fault *fault)
{
	struct text names = {0};

	for (enum task task = TASK_RUN; task < TASKS; task++)
		if (row->tasks & TASK_BIT(task) && row_of(task))
			text_printf(&names, "%s--%s", names.len ? " or " : "", row_of(task)->name);
	fault_set(fault, EXIT_BAD_INPUT, "--%s goes with %s only", row->name, text_get(&names));
	text_free(&names);
	return -1;
}

static int check_task(const struct option_row *row, const struct options *o, struct fault *fault)
{
	const struct option_row *task = row_of(o->task);

	if (row->kind == OPTION_TASK || row->tasks & TASK_BIT(o->task))
		return 0;
	return task ? fault_set(fault, EXIT_BAD_INPUT, "--%s does not go with --%s", row->name, task->name)
		    : wants_task(row, fault);
}

static int check_words(const struct options *o, struct fault *fault)
{
	const struct option_row *task = row_of(o->task);
	size_t count = o->selection.count;

	if (task && count > words[o->task].most && !words[o->task].want)
		return fault_set(fault, EXIT_BAD_INPUT, "--%s selects no tests: %s has no place there",
				 task->name, o->selection.items[0]);
	if (task && (count < words[o->task].least || count > words[o->task].most))
		return fault_set(fault, EXIT_BAD_INPUT, "--%s wants %s", task->name, words[o->task].want);
	return 0;
}

static const struct option_row *find(const char *name)
{
	return option_find(name, strcspn(name, "="));
}

/* What one option says of the others. */
static int check_others(const struct option_row *row, const struct options *o, struct fault *fault)
{
	if (row->needs && !option_given(find(row->needs), o))
		return fault_set(fault, EXIT_BAD_INPUT, "--%s wants --%s", row->name, row->needs);
	for (size_t i = 0; i < sizeof(row->not_with) / sizeof(*row->not_with) && row->not_with[i]; i++)
		if (option_given(find(row->not_with[i]), o))
			return fault_set(fault, EXIT_BAD_INPUT, "--%s and --%s do not go together", row->name,
					 row->not_with[i]);
	if (row->flags & OPTION_ONE_KERNEL && o->matrix)
		return fault_set(fault, EXIT_BAD_INPUT, "--%s is for one --kernel, not --matrix", row->name);
	if (row->flags & OPTION_ONE_KERNEL && o->kernels.count > 1)
		return fault_set(fault, EXIT_BAD_INPUT, "--%s is for one --kernel, not %zu", row->name,
				 o->kernels.count);
	if (row->flags & OPTION_ONE_RUNTIME && o->runtimes.count > 1)
		return fault_set(fault, EXIT_BAD_INPUT, "--%s is for one --runtime, not %zu", row->name,
				 o->runtimes.count);
	if (row->flags & OPTION_WANTS_WORDS && !o->selection.count)
		return fault_set(fault, EXIT_BAD_INPUT, "--%s wants tests that are named", row->name);
	return 0;
}

/* Sets what follows from an option; the user may have said the same. */
static int imply(const struct given *g, const char *what, struct options *o, struct fault *fault)
{
	const struct option_row *implied = find(what);
	const struct given *own = option_given(implied, o);
	const char *value = strchr(what, '=') + 1;

	if (g->value && g->row->standard && !strcmp(g->value, g->row->standard))
		return 0;
	if (own && strcmp(own->value, value) != 0)
		return fault_set(fault, EXIT_BAD_INPUT, "--%s and --%s %s do not go together: it is %s",
				 g->row->name, implied->name, own->value, value);
	return option_store(implied, value, o, fault);
}

static int imply_all(const struct given *g, struct options *o, struct fault *fault)
{
	for (size_t i = 0; i < sizeof(g->row->implies) / sizeof(*g->row->implies) && g->row->implies[i]; i++)
		if (imply(g, g->row->implies[i], o, fault))
			return -1;
	return 0;
}

/* Told before a run, not after it. */
static int check_writable(const char *path, struct fault *fault)
{
	const char *slash = strrchr(path, '/');
	char *folder =
		slash ? mem_printf("%.*s", slash == path ? 1 : (int)(slash - path), path) : mem_strdup(".");
	int ret = access(folder, W_OK);

	if (ret)
		fault_set(fault, EXIT_BAD_INPUT, "--update-baseline: %s cannot be written: %m", folder);
	free(folder);
	return ret;
}

/* What --kernel says of its kernel is not said again. */
static int check_kernel(const struct options *o, struct fault *fault)
{
	struct kernel_spec spec;

	kernel_spec_read(&spec, o->kernel.spec); /* it is sound: that was looked at when it was stored */
	const char *twice = spec.config && o->kernel.config     ? "config"
			    : spec.modules && o->kernel.modules ? "modules"
								: NULL;
	kernel_spec_free(&spec);
	return twice ? fault_set(fault, EXIT_BAD_INPUT, "--%s is given twice: --kernel %s says it as well",
				 twice, o->kernel.spec)
		     : 0;
}

int options_check(struct options *o, struct fault *fault)
{
	for (size_t i = 0; i < o->given_count; i++)
		if (check_task(o->given[i].row, o, fault))
			return -1;
	for (size_t i = 0; i < o->given_count; i++)
		if (check_others(o->given[i].row, o, fault))
			return -1;
	for (size_t i = 0; i < o->given_count; i++)
		if (imply_all(&o->given[i], o, fault))
			return -1;
	if (check_words(o, fault) || check_kernel(o, fault))
		return -1;
	if (o->runtime.path && !strcmp(o->runtime.name, RUNTIME_REFERENCE))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "--runtime-path does not go with --runtime " RUNTIME_REFERENCE);
	return o->update_baseline ? check_writable(o->update_baseline, fault) : 0;
}
