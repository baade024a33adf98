// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/table.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/base/mem.h"
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
	char *cell[COLUMNS];

	for (int i = 0; i < COLUMNS; i++) {
		cell[i] = strsep(&line, "\t");
		if (!cell[i])
			return fault_set(fault, EXIT_UNFINISHED,
					 "line %d of the table of tests has %d columns", number, i);
	}
	*t = (struct test){
		.id = cell[COL_ID],
		.file = or_null(cell[COL_FILE]),
		.line = small_number(cell[COL_LINE]),
		.timeout = small_number(cell[COL_TIMEOUT]),
		.alone = !strcmp(cell[COL_ALONE], CELL_YES),
		.exempt = or_null(cell[COL_SABOTAGE]),
		.tier = cell[COL_TIER],
		.since = or_null(cell[COL_SINCE]),
		.until = or_null(cell[COL_UNTIL]),
		.needs = or_null(cell[COL_NEEDS]),
		.statement = cell[COL_STATEMENT],
		.expected = cell[COL_EXPECTED],
		.source = cell[COL_SOURCE],
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

static char *read_all(int fd, struct fault *fault)
{
	struct text all = {.limit = LIST_MAX};
	char buf[65536];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		text_add(&all, buf, n > 0 ? (size_t)n : 0);
	if (!n && !all.dropped)
		return text_take(&all);
	fault_set(fault, EXIT_UNFINISHED, "cannot read the guest program's --list");
	text_free(&all);
	return NULL;
}

static pid_t start_list(const char *guest, int out)
{
	posix_spawn_file_actions_t actions;
	char *argv[] = {(char *)guest, "--" GUEST_LIST, NULL};
	pid_t pid = -1;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	int err = posix_spawn(&pid, guest, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	errno = err;
	return err ? -1 : pid;
}

int table_load(struct table *table, const char *guest, struct fault *fault)
{
	int pipefd[2], status = -1;

	*table = (struct table){0};
	if (pipe2(pipefd, O_CLOEXEC))
		return fault_set(fault, EXIT_UNFINISHED, "pipe: %m");
	pid_t pid = start_list(guest, pipefd[1]);
	close(pipefd[1]);
	if (pid < 0) {
		close(pipefd[0]);
		return fault_set(fault, EXIT_BAD_INPUT,
				 "cannot run %s: %m; build it with make, or name it with --guest", guest);
	}

	char *data = read_all(pipefd[0], fault);
	close(pipefd[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status)
		fault_set(fault, EXIT_UNFINISHED, "%s --list failed", guest);
	if (status || !data) {
		free(data);
		return -1;
	}
	return table_parse(table, data, fault);
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
