// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/options.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/file.h"
#include "runner/base/text.h"
#include "runner/host/options_inside.h"

/* Of an option without a letter its place in the table, from here on. */
enum { KEY_FIRST = 0x100 };

const char *argp_program_version = "nscheck " NSCHECK_VERSION;

static const char usage_text[] = "[SELECTION...]\n--list [SELECTION...]\n--lint\n--report DIR\n--resume "
				 "DIR\n--compare A B\n--merge DIR...";

static const char doc_text[] =
	"Does a kernel keep the promises that Linux namespaces make? Boots it in a "
	"small QEMU machine and runs "
	"one test per promised behaviour inside."
	"\v"
	"SELECTION is an id (uts.set.length_limits), a group or suite (user.map, "
	"pid), a glob ('net.*veth*') or "
	"a tier (tier:seed); with ! before it, what to leave out. Without any: "
	"everything but the suite selftest.\n"
	"\n"
	"Exit status: 0 all as expected; 1 a test failed; 2 usage or bad input; 3 the "
	"harness could not finish, "
	"or a test could not be arranged; 130 interrupted. An option that would have no "
	"effect beside the others is bad input.\n"
	"--compare: 0 nothing got worse; 1 a test fails that did not, or is new and fails, or is gone; 2 bad "
	"input; 3 a test has no verdict any more, or one of the two ran none.\n"
	"--bisect, as git bisect run reads it: 0 good; 1 bad; 125 cannot tell; 128 not the kernel's fault, "
	"yours to mend; 130 interrupted.";

/* argp's input: where parsed values and the first fault go. */
struct parse {
	struct options *options;
	struct fault *fault;
};

static void note(struct options *o, const struct option_row *row, const char *value)
{
	o->given = mem_realloc(o->given, (o->given_count + 1) * sizeof(*o->given));
	o->given[o->given_count++] = (struct given){row, value};
}

static int take_option(struct parse *p, const struct option_row *row, const char *value)
{
	if (!value)
		value = row->without;
	const struct given *before = option_given(row, p->options);
	bool again = before && value && strcmp(before->value, value) != 0;

	if (again && row->kind != OPTION_STRINGS && !(row->flags & OPTION_IS_A_PLACE))
		return fault_set(p->fault, EXIT_BAD_INPUT, "--%s is given twice: %s and %s", row->name,
				 before->value, value);
	if (option_store(row, value, p->options, p->fault))
		return -1;
	note(p->options, row, value);
	return 0;
}

static int take_word(struct parse *p, const char *word)
{
	if (!*word)
		return fault_set(p->fault, EXIT_BAD_INPUT, "an empty word selects no test");
	strings_add(&p->options->selection, word);
	return 0;
}

static int key_of(const struct option_row *row)
{
	return row->letter ? row->letter : KEY_FIRST + (int)(row - option_table);
}

static error_t parse_one(int key, char *arg, struct argp_state *state)
{
	struct parse *p = state->input;

	if (key == ARGP_KEY_ARG)
		return take_word(p, arg) ? EINVAL : 0;
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].name && key_of(&option_table[i]) == key)
			return take_option(p, &option_table[i], arg) ? EINVAL : 0;
	return ARGP_ERR_UNKNOWN;
}

/* The table as argp wants it, to free. */
static struct argp_option *argp_table(void)
{
	struct argp_option *table = mem_zalloc((option_count + 1) * sizeof(*table));

	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_table[i];

		table[i] = (struct argp_option){.name = row->name,
						.key = row->name ? key_of(row) : 0,
						.arg = row->argument,
						.flags = row->without ? OPTION_ARG_OPTIONAL : 0,
						.doc = row->help,
						.group = row->group};
	}
	return table;
}

static char *program_folder(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0)
		return mem_strdup(".");
	path[n] = '\0';
	*strrchr(path, '/') = '\0';
	return mem_strdup(path);
}

static char *default_cache(void)
{
	const char *own = getenv("NSCHECK_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (own && *own)
		return mem_strdup(own);
	if (xdg && *xdg == '/')
		return mem_printf("%s/nscheck", xdg);
	return mem_printf("%s/.cache/nscheck", home && *home ? home : "/tmp");
}

static const char *own(struct options *o, char *value)
{
	strings_take(&o->own, value);
	return value;
}

/* What the user started. One that has no folder is found by its name. */
static char *door(void)
{
	const char *name = getenv("NSCHECK_COMMAND");

	if (!name || !*name)
		name = program_invocation_name;
	return strchr(name, '/') ? file_absolute(name) : mem_strdup(name);
}

static void set_defaults(struct options *o)
{
	struct fault never = {0};

	*o = (struct options){.home = program_folder()};
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].standard)
			option_store(&option_table[i], option_table[i].standard, o, &never);
	o->kernel.spec = "debian/6.12";
	o->door = own(o, door());
	o->guest = own(o, mem_printf("%s/nscheck-guest", o->home));
	o->init = own(o, mem_printf("%s/nscheck-init", o->home));
	o->cache = own(o, default_cache());
}

/* What is told apart by several options together. */
static void conclude(struct options *o)
{
	if (o->kernels.count)
		o->kernel.spec = o->kernels.items[o->kernels.count - 1];
	if (o->runtimes.count)
		o->runtime.name = o->runtimes.items[o->runtimes.count - 1];
	o->runtime.mirror = o->kernel.mirror;
	o->runtime.offline = o->kernel.offline;
	if (o->task == TASK_RUN && (o->matrix || o->kernels.count > 1 || o->runtimes.count > 1 || o->shards))
		o->task = TASK_MATRIX;
}

static int parse(struct options *o, int argc, char **argv, unsigned int flags, struct fault *fault)
{
	struct argp argp = {.parser = parse_one, .args_doc = usage_text, .doc = doc_text};
	struct argp_option *table = argp_table();
	struct parse p = {.options = o, .fault = fault};

	set_defaults(o);
	o->argc = argc;
	o->argv = argv;
	argp.options = table;
	int err = argp_parse(&argp, argc, argv, flags, NULL, &p);
	free(table);
	if (!fault->status && err)
		fault_set(fault, EXIT_BAD_INPUT, "%s", strerror(err));
	if (fault->status)
		return -1;
	conclude(o);
	return 0;
}

/* What the task is about, where no word of the command line says so. */
static void select_more(struct options *o)
{
	if (o->task == TASK_BISECT)
		strings_add(&o->selection, o->bisect);
	else if (o->runtime.name && !o->selection.count && o->task != TASK_SHELL)
		strings_add(&o->selection, "runtime");
}

int options_parse(struct options *options, int argc, char **argv, int bad_status, struct fault *fault)
{
	argp_err_exit_status = bad_status;
	if (parse(options, argc, argv, 0, fault) || options_check(options, fault))
		return -1;
	select_more(options);
	return 0;
}

/* Its own checks were passed when it was started; what is new has to go with it. */
int options_parse_again(struct options *options, int argc, char **argv, const struct options *now,
			struct fault *fault)
{
	if (parse(options, argc, argv, ARGP_SILENT, fault))
		return -1;
	options->door = now->door; /* as it is called now, and from where */
	for (size_t i = 0; i < now->given_count; i++) {
		const struct given *g = &now->given[i];

		if (g->row->kind == OPTION_TASK)
			continue;
		if (option_store(g->row, g->value, options, fault))
			return -1;
		note(options, g->row, g->value);
	}
	conclude(options);
	if (options_check(options, fault))
		return -1;
	select_more(options);
	return 0;
}

/* A value that may be a file, so that any folder will do; a word that is the name of none stays. To free. */
static char *path_anywhere(const char *value)
{
	return strchr(value, '/') || file_exists(value) ? file_absolute(value) : mem_strdup(value);
}

/* Whether what was given to an earlier run holds for this one too. */
static bool is_inherited(const struct option_row *row, const struct options *now)
{
	bool counts = row->fact || row->flags & OPTION_REMEMBERED;

	if (option_given(row, now) || !counts || row->flags & OPTION_IS_A_PLACE)
		return false;
	if (row->flags & OPTION_ONE_KERNEL && (now->matrix || now->kernels.count))
		return false;
	return !(row->flags & OPTION_ONE_RUNTIME && now->runtimes.count);
}

static void add_given(struct strings *line, const struct given *g, const char *folder)
{
	const char *argument = g->row->argument;
	bool file = argument &&
		    (!strcmp(argument, "DIR") || !strcmp(argument, "FILE") || !strcmp(argument, "PATH"));
	char *value = g->value && file ? options_path_from(g->value, folder) : NULL;

	strings_take(line, mem_printf("--%s%s%s", g->row->name, g->value ? "=" : "",
				      value      ? value
				      : g->value ? g->value
						 : ""));
	free(value);
}

char *options_path_from(const char *path, const char *folder)
{
	char *whole = folder && *path != '/' ? mem_printf("%s/%s", folder, path) : NULL;

	if (whole && !access(whole, F_OK))
		return whole;
	free(whole);
	return mem_strdup(path);
}

int options_inherit(struct strings *line, const struct options *now, int argc, char **argv,
		    const char *folder, struct fault *fault)
{
	struct options before = {0};
	int ret = parse(&before, argc, argv, ARGP_SILENT, fault);

	for (size_t i = 0; !ret && i < before.given_count; i++)
		if (is_inherited(before.given[i].row, now))
			add_given(line, &before.given[i], folder);
	options_free(&before);
	return ret;
}

void options_repeat(struct strings *line, const struct options *o, const char *but)
{
	for (size_t i = 0; i < o->given_count; i++)
		if (strcmp(o->given[i].row->name, but) != 0)
			add_given(line, &o->given[i], NULL);
}

char *options_remembered(const struct options *o)
{
	struct text command = {0};

	for (size_t i = 0; i < o->given_count; i++) {
		const struct given *g = &o->given[i];
		bool replaced = g->row->kind != OPTION_STRINGS && option_given(g->row, o) != g;

		if (replaced || !(g->row->flags & OPTION_REMEMBERED))
			continue;
		text_printf(&command, " --%s", g->row->name);
		if (!g->value)
			continue;
		char *value =
			g->row->flags & OPTION_IS_A_PATH ? path_anywhere(g->value) : mem_strdup(g->value);
		text_add(&command, " ", 1);
		text_add_quoted(&command, value);
		free(value);
	}
	return text_take(&command);
}

static json_t *list_of(const struct strings *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, json_string(list->items[i]));
	return array;
}

/* NULL: there is nothing to tell. */
static json_t *value_of(const struct option_row *row, const struct options *o)
{
	const void *field = option_field(row, o);
	const char *text;

	switch (row->kind) {
	case OPTION_FLAG: return json_boolean(*(const bool *)field);
	case OPTION_NUMBER: return json_integer(*(const int *)field);
	case OPTION_FACTOR: return json_real(*(const double *)field);
	case OPTION_STRINGS: return list_of(field);
	case OPTION_STRING:
		text = *(const char *const *)field;
		return text && *text ? json_string(text) : NULL;
	default: return NULL;
	}
}

json_t *options_told(const struct options *o)
{
	json_t *told = json_object();

	json_object_set_new(told, "selection", list_of(&o->selection));
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_table[i];

		if (row->fact)
			json_object_set_new(told, row->fact, value_of(row, o));
	}
	return told;
}

void options_free(struct options *o)
{
	strings_free(&o->selection);
	strings_free(&o->kernels);
	strings_free(&o->runtimes);
	strings_free(&o->setup);
	strings_free(&o->qemu_args);
	strings_free(&o->own);
	strings_free(&o->line);
	free(o->given);
	free(o->home);
}
