// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/select.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/text.h"

#define SELFTEST "selftest"

static bool is_prefix(const char *id, const char *prefix)
{
	size_t len = strlen(prefix);

	return !strncmp(id, prefix, len) && (!id[len] || id[len] == '.');
}

static bool matches(const struct test *t, const char *pattern)
{
	if (!strncmp(pattern, "tier:", 5))
		return !strcmp(t->tier, pattern + 5);
	if (test_is_selftest(t) && strncmp(pattern, SELFTEST, strlen(SELFTEST)))
		return false;
	return strpbrk(pattern, "*?[") ? !fnmatch(pattern, t->id, 0) : is_prefix(t->id, pattern);
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Edit distance; both strings are bounded by the caller. */
static size_t distance(const char *a, const char *b)
{
	size_t row[256], len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			size_t above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[len];
}

/* The three names nearest to what was asked for. */
struct nearest {
	char name[3][256];
	size_t far[3];
};

static void consider(struct nearest *n, const char *wanted, const char *name)
{
	for (int i = 0; i < 3; i++)
		if (!strcmp(n->name[i], name))
			return;

	size_t far = distance(wanted, name);
	for (int i = 0; i < 3; i++) {
		if (far >= n->far[i])
			continue;
		memmove(n->name[i + 1 < 3 ? i + 1 : i], n->name[i], (size_t)(2 - i) * sizeof(n->name[0]));
		memmove(&n->far[i + 1 < 3 ? i + 1 : i], &n->far[i], (size_t)(2 - i) * sizeof(n->far[0]));
		strcpy(n->name[i], name);
		n->far[i] = far;
		return;
	}
}

/* Suites, groups, ids and tiers are all names that may have been meant. */
static void consider_row(struct nearest *n, const char *wanted, const struct test *t)
{
	char name[256];
	bool tier = !strncmp(wanted, "tier:", 5);

	if (tier) {
		snprintf(name, sizeof(name), "tier:%s", t->tier);
		consider(n, wanted, name);
		return;
	}
	snprintf(name, sizeof(name), "%s", t->id);
	consider(n, wanted, name);
	for (char *dot = strrchr(name, '.'); dot; dot = strrchr(name, '.')) {
		*dot = '\0';
		consider(n, wanted, name);
	}
}

static int no_match(const struct table *table, const char *pattern, struct fault *fault)
{
	struct nearest n = {.far = {1000, 1000, 1000}};
	char wanted[200];
	struct text shown = {0};

	snprintf(wanted, sizeof(wanted), "%s", pattern);
	for (size_t i = 0; i < table->count; i++)
		if (test_is_selftest(&table->tests[i]) == !strncmp(wanted, SELFTEST, strlen(SELFTEST)))
			consider_row(&n, wanted, &table->tests[i]);
	text_add_escaped(&shown, wanted, strlen(wanted));
	for (int i = 0; i < 3 && n.name[i][0]; i++)
		text_printf(&shown, "%s%s", i ? ", " : " matches no test; nearest: ", n.name[i]);
	fault_set(fault, EXIT_BAD_INPUT, "%s%s", text_get(&shown), n.name[0][0] ? "" : " matches no test");
	text_free(&shown);
	return -1;
}

/* Applies one argument to all rows. */
static int apply(struct table *table, const char *argument, int rank, struct fault *fault)
{
	bool leave_out = *argument == '!';
	const char *pattern = argument + leave_out;
	size_t found = 0;

	for (size_t i = 0; i < table->count; i++) {
		if (!matches(&table->tests[i], pattern))
			continue;
		if (!table->tests[i].selected)
			table->tests[i].rank = rank;
		table->tests[i].selected = !leave_out;
		found++;
	}
	return found ? 0 : no_match(table, pattern, fault);
}

int select_tests(struct table *table, char *const *arguments, size_t count, struct fault *fault)
{
	bool any = false;

	for (size_t i = 0; i < count; i++)
		any |= *arguments[i] != '!';
	for (size_t i = 0; i < table->count; i++)
		table->tests[i].selected = !any && !test_is_selftest(&table->tests[i]);
	for (size_t i = 0; i < count; i++)
		if (*arguments[i] != '!' && apply(table, arguments[i], (int)i + 1, fault))
			return -1;
	for (size_t i = 0; i < count; i++)
		if (*arguments[i] == '!' && apply(table, arguments[i], 0, fault))
			return -1;
	return 0;
}

int select_rest(struct table *table, const struct run *before, struct fault *fault)
{
	for (size_t i = 0; i < table->count; i++)
		table->tests[i].selected = false;
	for (size_t i = 0; i < before->count; i++) {
		struct test *t = table_find(table, before->tests[i].id);

		if (!t || !t->file)
			return fault_set(fault, EXIT_BAD_INPUT,
					 "cannot resume: there is no test %s any more; begin it anew",
					 before->tests[i].id);
		t->selected = !before->tests[i].result;
	}
	return 0;
}
