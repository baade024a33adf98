// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/base/program.h"
#include "runner/base/text.h"
#include "runner/contract.h"

enum { LIST_MAX = 16 << 20 };

/* Ids end up in file names, command lines and reports. */
static bool id_is_sound(const char *id)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return *id && *id != '.' && *id != '-' && strlen(id) <= ID_MAX && !id[strspn(id, allowed)];
}

static int small_number(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);

	return *s >= '0' && *s <= '9' && !*end && n <= 1000000 ? (int)n : -1;
}

static const char *or_null(const char *cell)
{
	return strcmp(cell, CELL_NONE) ? cell : NULL;
}

static int parse_row(struct test *t, char *line, int number, struct fault *fault)
{
	char *cell[COLUMN_COUNT];

	for (int i = 0; i < COLUMN_COUNT; i++) {
		cell[i] = strsep(&line, "\t");
		if (!cell[i])
			return fault_set(fault, EXIT_UNFINISHED,
					 "line %d of the table of tests has %d columns", number, i);
	}
	*t = (struct test){
		.id = cell[COLUMN_ID],
		.file = or_null(cell[COLUMN_FILE]),
		.line = small_number(cell[COLUMN_LINE]),
		.timeout = small_number(cell[COLUMN_TIMEOUT]),
		.alone = !strcmp(cell[COLUMN_ALONE], CELL_YES),
		.exempt = or_null(cell[COLUMN_SABOTAGE]),
		.tier = cell[COLUMN_TIER],
		.since = or_null(cell[COLUMN_SINCE]),
		.until = or_null(cell[COLUMN_UNTIL]),
		.needs = or_null(cell[COLUMN_NEEDS]),
		.statement = cell[COLUMN_STATEMENT],
		.expected = cell[COLUMN_EXPECTED],
		.source = cell[COLUMN_SOURCE],
	};
	if (!id_is_sound(t->id))
		return fault_set(fault, EXIT_UNFINISHED, "line %d of the table of tests: not an id", number);
	if (t->file && (t->line < 0 || t->timeout < 1))
		return fault_set(fault, EXIT_UNFINISHED,
				 "%s: the table of tests has no sound line or timeout", t->id);
	return 0;
}

int table_parse(struct table *table, char *data, struct fault *fault)
{
	char *rest = data, *line = strsep(&rest, "\n");
	int number = 1;

	*table = (struct table){.data = data};
	if (!line || strcmp(line, TABLE_HEADING))
		return fault_set(fault, EXIT_UNFINISHED,
				 "the guest program's --list is not a table of tests");
	while ((line = strsep(&rest, "\n"))) {
		number++;
		if (!*line)
			continue;
		table->tests = mem_realloc(table->tests, (table->count + 1) * sizeof(*table->tests));
		if (parse_row(&table->tests[table->count], line, number, fault))
			return -1;
		if (table_find(table, table->tests[table->count].id))
			return fault_set(fault, EXIT_UNFINISHED, "%s is listed twice in the table of tests",
					 table->tests[table->count].id);
		table->count++;
	}
	return 0;
}

static char *read_all(FILE *f)
{
	struct text all = {.limit = LIST_MAX};
	char buf[65536];
	size_t n;

	while ((n = fread(buf, 1, sizeof(buf), f)))
		text_add(&all, buf, n);
	if (!ferror(f) && !all.dropped)
		return text_take(&all);
	text_free(&all);
	return NULL;
}

int table_load(struct table *table, const char *guest, struct fault *fault)
{
	char *argv[] = {(char *)guest, (char *)"--" GUEST_LIST, NULL};
	struct program listing;

	*table = (struct table){0};
	int error = program_start(&listing, argv, 0);
	if (error)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "cannot run %s: %s; build it with make, or name it with --guest", guest,
				 strerror(error));
	char *data = read_all(listing.says);
	if (!data)
		fault_set(fault, EXIT_UNFINISHED, "cannot read the guest program's --list");
	if (program_end(&listing)) {
		free(data);
		return fault_set(fault, EXIT_UNFINISHED, "%s --list failed", guest);
	}
	return data ? table_parse(table, data, fault) : -1;
}

void table_free(struct table *table)
{
	free(table->data);
	free(table->tests);
	*table = (struct table){0};
}

struct test *table_find(const struct table *table, const char *id)
{
	for (size_t i = 0; i < table->count; i++)
		if (!strcmp(table->tests[i].id, id))
			return &table->tests[i];
	return NULL;
}

bool test_is_selftest(const struct test *test)
{
	return !strcmp(test->tier, TIER_SELFTEST);
}
