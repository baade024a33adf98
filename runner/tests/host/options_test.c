// SPDX-License-Identifier: GPL-2.0-only
/* Options: all pairs of the table, each of which works or is refused; and what is taken out of a command line. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/host/options_inside.h"
#include "runner/tests/tests.h"

/* A command line while it is put together. */
struct line {
	char *words[32];
	int count;
};

static void add(struct line *l, char *word)
{
	ck_assert_int_lt(l->count, 31);
	l->words[l->count++] = word;
}

static void line_free(struct line *l)
{
	for (int i = 0; i < l->count; i++)
		free(l->words[i]);
}

/* A value that is not the one an option has by itself; the second one is another. */
static char *value_for(const struct option_row *row, bool second)
{
	switch (row->kind) {
	case OPTION_NUMBER: return mem_printf("%d", row->least + 2 + second);
	case OPTION_FACTOR: return mem_strdup(second ? "3" : "2");
	case OPTION_CHOICE: return mem_strdup(row->choices[1 + second]);
	case OPTION_PART: return mem_strdup(second ? "2/3" : "1/2");
	default: return mem_strdup(second ? "b" : "a");
	}
}

static void add_option(struct line *l, const struct option_row *row, bool second)
{
	char *value = row->argument ? value_for(row, second) : NULL;

	add(l, mem_printf("--%s%s%s", row->name, value ? "=" : "", value ? value : ""));
	free(value);
}

static bool has(const struct line *l, const char *name)
{
	size_t len = strlen(name);

	for (int i = 1; i < l->count; i++)
		if (!strncmp(l->words[i], "--", 2) && !strncmp(l->words[i] + 2, name, len) &&
		    (l->words[i][2 + len] == '=' || !l->words[i][2 + len]))
			return true;
	return false;
}

/* What an option makes no sense without, so that a pair is refused for itself only. */
static void add_needs(struct line *l, const struct option_row *row)
{
	const struct option_row *needed = row->needs ? option_find(row->needs, strlen(row->needs)) : NULL;

	if (needed && !has(l, needed->name))
		add_option(l, needed, false);
}

/* Of a pair that is no task: the one that they are for, if either is for no run. */
static bool add_task(struct line *l, const struct option_row *a, const struct option_row *b)
{
	static const struct {
		enum task task;
		const char *option;
	} tasks[] = {{TASK_LIST, "--list"}, {TASK_COMPARE, "--compare"}, {TASK_SHELL, "--shell"}};

	for (size_t i = 0; i < sizeof(tasks) / sizeof(*tasks); i++) {
		unsigned int alone = TASK_BIT(tasks[i].task);

		if (a->kind == OPTION_TASK || b->kind == OPTION_TASK ||
		    (a->tasks != alone && b->tasks != alone))
			continue;
		add(l, mem_strdup(tasks[i].option));
		return true;
	}
	return false;
}

static void add_words(struct line *l)
{
	bool words = has(l, "compare") || has(l, "merge") || has(l, "in-order");

	for (int i = 0; words && i < 2; i++)
		add(l, mem_strdup("word"));
}

/* Whether a task was added: a refusal may be about that one, and name just one of the pair. */
static bool make_pair(struct line *l, const struct option_row *a, const struct option_row *b)
{
	*l = (struct line){0};
	add(l, mem_strdup("nscheck"));
	add_option(l, a, false);
	add_option(l, b, a == b);
	add_needs(l, a);
	add_needs(l, b);
	bool added = add_task(l, a, b);
	add_words(l);
	return added;
}

static int parse(struct options *o, struct line *l, struct fault *fault)
{
	*fault = (struct fault){0};
	return options_parse(o, l->count, l->words, EXIT_BAD_INPUT, fault);
}

static size_t size_of(const struct option_row *row)
{
	switch (row->kind) {
	case OPTION_FLAG: return sizeof(bool);
	case OPTION_FACTOR: return sizeof(double);
	case OPTION_PART: return 2 * sizeof(int);
	default: return sizeof(int);
	}
}

/* Whether the option has in a line what it has alone: nothing else has set its field. */
static bool keeps(const struct option_row *row, const struct options *o, bool second)
{
	const void *field = option_field(row, o);
	char *value = value_for(row, second);
	bool kept = true;

	if (row->kind == OPTION_STRINGS) {
		const struct strings *list = field;

		kept = list->count && !strcmp(list->items[list->count - 1], value);
	} else if (row->kind == OPTION_STRING || (row->kind == OPTION_TASK && row->argument)) {
		kept = !strcmp(*(const char *const *)field, value);
	} else if (row->kind != OPTION_TASK) {
		struct options alone = {0};
		struct fault fault = {0};

		ck_assert_int_eq(option_store(row, row->argument ? value : NULL, &alone, &fault), 0);
		kept = !memcmp(option_field(row, &alone), field, size_of(row));
	}
	free(value);
	return kept && (row->kind != OPTION_TASK || o->task == row->task);
}

/* By its name, or by that of what it cannot be without. */
static void names(const struct fault *fault, const struct option_row *row, const struct line *l)
{
	char *name = mem_printf("--%s", row->name),
	     *needed = mem_printf("--%s", row->needs ? row->needs : row->name);

	ck_assert_msg(strstr(fault->text, name) || strstr(fault->text, needed),
		      "%s %s %s: %s does not name %s", l->words[1], l->words[2],
		      l->count > 3 ? l->words[3] : "", fault->text, name);
	free(name);
	free(needed);
}

/* Which of a line's options are no use there: every one that is taken is one that its task has a use for. */
static void is_taken(const struct options *o, const struct option_row *a, const struct option_row *b,
		     const struct line *l)
{
	bool kept = keeps(a, o, a == b) && keeps(b, o, a == b);

	ck_assert_msg(kept, "%s %s: one is replaced", l->words[1], l->words[2]);
	for (size_t i = 0; i < o->given_count; i++) {
		const struct option_row *row = o->given[i].row;

		ck_assert_msg(row->kind == OPTION_TASK ? row->task == o->task
						       : row->tasks & TASK_BIT(o->task),
			      "%s %s: --%s is ignored", l->words[1], l->words[2], row->name);
	}
}

START_TEST(each_pair_works_or_is_refused)
{
	size_t refused = 0, taken = 0;

	for (size_t i = 0; i < option_count; i++)
		for (size_t j = 0; j < option_count; j++) {
			const struct option_row *a = &option_table[i], *b = &option_table[j];
			struct line l, turned;
			struct options o, other;
			struct fault fault, its;

			if (!a->name || !b->name)
				continue;
			bool added = make_pair(&l, a, b);
			make_pair(&turned, b, a);
			int ret = parse(&o, &l, &fault), same = parse(&other, &turned, &its);
			ck_assert_msg(ret == same, "%s %s: it depends on the order", l.words[1], l.words[2]);
			if (ret) {
				ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
				ck_assert_ptr_null(strchr(fault.text, '\n'));
				if (!added) {
					names(&fault, a, &l);
					names(&fault, b, &l);
				}
				refused++;
			} else {
				is_taken(&o, a, b, &l);
				taken++;
			}
			options_free(&o);
			options_free(&other);
			line_free(&l);
			line_free(&turned);
		}
	ck_assert_uint_gt(refused, 500);
	ck_assert_uint_gt(taken, 500);
}
END_TEST

/* Not two rows for one thing, and no name that there is not. */
START_TEST(the_table_is_sound)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_table[i];

		if (!row->name)
			continue;
		ck_assert_ptr_eq(option_find(row->name, strlen(row->name)), row);
		ck_assert_msg(row->help && *row->help, "%s", row->name);
		ck_assert_msg((row->kind == OPTION_TASK) == !row->tasks, "%s", row->name);
		ck_assert_msg(row->kind == OPTION_TASK || !row->argument == (row->kind == OPTION_FLAG), "%s",
			      row->name);
		ck_assert(!row->needs || option_find(row->needs, strlen(row->needs)));
		for (size_t n = 0; n < 2 && row->implies[n]; n++)
			ck_assert_ptr_nonnull(option_find(row->implies[n], strcspn(row->implies[n], "=")));
		for (size_t n = 0; n < sizeof(row->not_with) / sizeof(*row->not_with) && row->not_with[n];
		     n++)
			ck_assert_ptr_nonnull(option_find(row->not_with[n], strlen(row->not_with[n])));
		for (size_t j = 0; j < i; j++)
			ck_assert_msg(!option_table[j].name || row->kind == OPTION_TASK ||
					      option_table[j].kind == OPTION_TASK ||
					      option_table[j].offset != row->offset,
				      "%s and %s have one field", option_table[j].name, row->name);
	}
}
END_TEST

/* Splits a line at blanks and parses it; the strings of o are those of l. */
static int parse_text(struct options *o, struct line *l, const char *text, struct fault *fault)
{
	char *copy = mem_strdup(text), *at = copy;

	*l = (struct line){0};
	add(l, mem_strdup("nscheck"));
	for (char *word; (word = strsep(&at, " "));)
		if (*word)
			add(l, mem_strdup(strcmp(word, "''") ? word : ""));
	free(copy);
	return parse(o, l, fault);
}

START_TEST(what_is_refused_says_why)
{
	static const struct {
		const char *line, *said;
	} refused[] = {
		{"--report DIR --baseline F", "--baseline does not go with --report"},
		{"--report DIR --output D", "--output does not go with --report"},
		{"--list --merge a", "--list and --merge do not go together: one thing at a time"},
		{"--json", "--json goes with --list only"},
		{"--common", "--common goes with --compare only"},
		{"--append a --append b", "--append is given twice: a and b"},
		{"--modules m --matrix", "--modules is for one --kernel, not --matrix"},
		{"-k a -k b --config c", "--config is for one --kernel, not 2"},
		{"--runtime a --runtime b --shell", "--shell is for one --runtime, not 2"},
		{"--runtime reference --runtime-path p",
		 "--runtime-path does not go with --runtime reference"},
		{"--times t", "--times wants --shard"},
		{"--share d", "--share goes with --shell only"},
		{"--bisect a", "--bisect wants --kernel"},
		{"--bisect a -k k b", "--bisect selects no tests: b has no place there"},
		{"--in-order", "--in-order wants tests that are named"},
		{"--in-order -j 2 a", "--in-order and --jobs 2 do not go together: it is 1"},
		{"--repeat 3 --reruns 1", "--repeat and --reruns 1 do not go together: it is 0"},
		{"--merge", "--merge wants the folders of all parts"},
		{"--compare a b c", "--compare wants two runs: folders, results.json files or kernels"},
		{"--lint a", "--lint selects no tests: a has no place there"},
		{"--resume DIR --cold", "--cold does not go with --resume"},
		{"--resume DIR a", "--resume selects no tests: a has no place there"},
		{"--accel x", "--accel x: want auto, kvm or tcg"},
		{"--memory 1", "--memory 1: want a whole number from 128 to 65536"},
		{"--shard 3/2", "--shard 3/2: want I/N, such as 1/4"},
		{"--output= a", "--output '': want a value"},
		{"''", "an empty word selects no test"},
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct options o;
		struct line l;
		struct fault fault;

		ck_assert_msg(parse_text(&o, &l, refused[i].line, &fault), "%s", refused[i].line);
		ck_assert_str_eq(fault.text, refused[i].said);
		options_free(&o);
		line_free(&l);
	}
}
END_TEST

START_TEST(what_an_option_implies_may_be_said_as_well)
{
	struct options o;
	struct line l;
	struct fault fault;

	ck_assert_int_eq(parse_text(&o, &l, "--in-order -j 1 a --repeat 1", &fault), 0);
	ck_assert_int_eq(o.jobs, 1);
	ck_assert_int_eq(o.reruns, 2); /* once is no repetition */
	options_free(&o);
	line_free(&l);
	ck_assert_int_eq(parse_text(&o, &l, "--repeat 3 --reruns 0", &fault), 0);
	options_free(&o);
	line_free(&l);
	ck_assert_int_eq(parse_text(&o, &l, "--sabotage", &fault), 0);
	ck_assert_int_eq(o.reruns, 0);
	options_free(&o);
	line_free(&l);
}
END_TEST

START_TEST(the_task_follows)
{
	static const struct {
		const char *line;
		enum task task;
	} lines[] = {
		{"a", TASK_RUN},
		{"-k a", TASK_RUN},
		{"-k a -k b", TASK_MATRIX},
		{"--matrix", TASK_MATRIX},
		{"--runtime a --runtime b", TASK_MATRIX},
		{"--shard 1/2", TASK_MATRIX},
		{"--fetch-only --matrix", TASK_FETCH},
		{"-l", TASK_LIST},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct options o;
		struct line l;
		struct fault fault;

		ck_assert_int_eq(parse_text(&o, &l, lines[i].line, &fault), 0);
		ck_assert_int_eq(o.task, lines[i].task);
		options_free(&o);
		line_free(&l);
	}
}
END_TEST

START_TEST(what_repeats_a_test_is_remembered)
{
	struct options o;
	struct line l;
	struct fault fault;

	ck_assert_int_eq(
		parse_text(&o, &l,
			   "--timeout-factor 3 --setup x --qemu q --setup y --qemu r --jobs 2 --append ''",
			   &fault),
		0);
	char *command = options_remembered(&o);
	ck_assert_str_eq(command, " --timeout-factor 3 --setup x --setup y --qemu r --append ''");
	free(command);
	options_free(&o);
	line_free(&l);
}
END_TEST

START_TEST(a_resumed_run_has_its_options_and_those_of_now)
{
	struct options now, o;
	struct line l, old;
	struct fault fault;

	ck_assert_int_eq(parse_text(&now, &l, "--resume DIR --jobs 3 --cache c --timings", &fault), 0);
	ck_assert_int_eq(parse_text(&o, &old, "--memory 256 --jobs 1 --cache b a", &fault), 0);
	options_free(&o);
	ck_assert_int_eq(options_parse_again(&o, old.count, old.words, &now, &fault), 0);
	ck_assert_int_eq(o.task, TASK_RUN);
	ck_assert_int_eq(o.memory, 256);
	ck_assert_int_eq(o.jobs, 3);
	ck_assert_str_eq(o.cache, "c");
	ck_assert(o.timings);
	options_free(&o);
	line_free(&old);
	/* What is new has to fit what was asked for then. */
	ck_assert_int_eq(parse_text(&o, &old, "--in-order a", &fault), 0);
	options_free(&o);
	ck_assert_int_eq(options_parse_again(&o, old.count, old.words, &now, &fault), -1);
	ck_assert_str_eq(fault.text, "--in-order and --jobs 3 do not go together: it is 1");
	options_free(&o);
	line_free(&old);
	options_free(&now);
	line_free(&l);
}
END_TEST

static Suite *options_suite(void)
{
	Suite *suite = suite_create("host/options");
	TCase *tc = tcase_create("options");

	tcase_add_test(tc, each_pair_works_or_is_refused);
	tcase_add_test(tc, the_table_is_sound);
	tcase_add_test(tc, what_is_refused_says_why);
	tcase_add_test(tc, what_an_option_implies_may_be_said_as_well);
	tcase_add_test(tc, the_task_follows);
	tcase_add_test(tc, what_repeats_a_test_is_remembered);
	tcase_add_test(tc, a_resumed_run_has_its_options_and_those_of_now);
	suite_add_tcase(suite, tc);
	return suite;
}
HOST_SUITE(options_suite)
