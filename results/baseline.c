// SPDX-License-Identifier: GPL-2.0-only
#include "results/baseline.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runner/base/mem.h"
#include "runner/base/file.h"

#define SHIPPED "results/baseline/known.tsv"

#define RUNTIME "runtime="
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum { BASELINE_MAX = 1 << 20 };

enum column { COL_ID, COL_KERNEL, COL_VERDICT, COL_REASON, COL_LINK, COL_ADDED, COL_EXPIRES, COLUMNS };

/* A file while it is read. */
struct reader {
	struct baseline *baseline;
	const char *today;
	struct text *problems;
	bool headed;
	int line;
};

static void problem(struct reader *r, const char *what, const char *value)
{
	text_printf(r->problems, "%s:%d: %s", r->baseline->path, r->line, what);
	if (value) {
		text_add(r->problems, ": ", 2);
		text_add_escaped(r->problems, value, strlen(value));
	}
	text_add(r->problems, "\n", 1);
}

/* Takes the numbers a string begins with; returns what follows them. */
static const char *take_version(struct version *v, const char *s)
{
	*v = (struct version){0};
	while (v->count < 4 && *s >= '0' && *s <= '9') {
		char *end;

		v->number[v->count++] = (unsigned int)strtoul(s, &end, 10);
		s = end;
		if (*s != '.' || s[1] < '0' || s[1] > '9')
			break;
		s++;
	}
	return s;
}

/* A kernel against a bound, as many numbers as the bound has. */
static int version_compare(const struct version *kernel, const struct version *bound)
{
	for (int i = 0; i < bound->count; i++)
		if (kernel->number[i] != bound->number[i])
			return kernel->number[i] < bound->number[i] ? -1 : 1;
	return 0;
}

static bool take_range(struct kernel_condition *k, const char *s)
{
	if (*s == '<') {
		k->below = true;
		return !*take_version(&k->to, s + 1) && k->to.count;
	}
	if (!strncmp(s, ">=", 2))
		return !*take_version(&k->from, s + 2) && k->from.count;
	s = take_version(&k->from, s);
	return k->from.count && !strncmp(s, "..", 2) && !*take_version(&k->to, s + 2) && k->to.count &&
	       version_compare(&k->from, &k->to) <= 0;
}

/* "runtime=NAME", alone or with a comma and a kernel behind it: the kernel is returned, NULL if it is malformed. */
static const char *take_runtime(struct kernel_condition *k, const char *s)
{
	size_t len;

	if (strncmp(s, RUNTIME, strlen(RUNTIME)) != 0)
		return s;
	s += strlen(RUNTIME);
	len = strspn(s, LETTERS "_-");
	if (!len || (s[len] && s[len] != ','))
		return NULL;
	k->runtime = mem_printf("%.*s", (int)len, s);
	return s[len] ? s + len + 1 : "-";
}

static bool take_condition(struct kernel_condition *k, const char *s)
{
	s = take_runtime(k, s);
	if (!s)
		return false;
	if (!strcmp(s, "-"))
		return true;
	if (strpbrk(s, "<>") || strstr(s, ".."))
		return take_range(k, s);
	k->glob = s;
	return *s && !s[strspn(s, LETTERS "._+~-*?[]!")];
}

/* Whether there is a kernel that no later one fits: such an entry ends with its kernels, by itself. */
static bool has_end(const struct kernel_condition *k)
{
	const char *wild = k->glob ? k->glob + strcspn(k->glob, "*?[") : NULL;

	return k->to.count ||
	       (wild && *k->glob >= '0' && *k->glob <= '9' && memchr(k->glob, '.', (size_t)(wild - k->glob)));
}

static bool is_date(const char *s)
{
	struct tm tm = {0};
	char again[32];
	const char *end = strptime(s, "%Y-%m-%d", &tm);

	if (!end || *end)
		return false;
	timegm(&tm);
	return strftime(again, sizeof(again), "%Y-%m-%d", &tm) && !strcmp(again, s);
}

/* What is wrong with a line's columns, and the value it is about; NULL: nothing. */
static const char *check_columns(char *const column[COLUMNS], struct kernel_condition *kernel,
				 const char **value)
{
	int verdict = verdict_parse(*value = column[COL_VERDICT]);

	if (verdict < 0 || !verdict_is_failure((enum verdict)verdict))
		return "the verdict is none of fail, timeout, crash, splat, leak, flaky, lost";
	*value = column[COL_ID];
	if (!**value || (*value)[strspn(*value, LETTERS "_.*?[]!-")])
		return "not a glob over test ids";
	if (!take_condition(kernel, *value = column[COL_KERNEL]))
		return "the kernel is none of -, a glob over the release, A..B, <V, >=V, nor one of these "
		       "behind "
		       "runtime=NAME and a comma";
	if (!*(*value = column[COL_REASON]) || !strcmp(*value, "-"))
		return "the reason is missing";
	if (!*(*value = column[COL_LINK]))
		return "the link is missing: - for none";
	if (!is_date(*value = column[COL_ADDED]))
		return "not a date like 2026-11-24";
	if (!strcmp(*value = column[COL_EXPIRES], BASELINE_NEVER))
		return has_end(kernel)
			       ? NULL
			       : "only an entry whose kernels have an end (5.10.*, A..B, <V) has no date";
	if (!is_date(*value))
		return "not a date like 2026-11-24";
	return strcmp(column[COL_ADDED], column[COL_EXPIRES]) > 0 ? "it expires before it was added" : NULL;
}

static char *printable(const char *s)
{
	struct text t = {0};

	text_add_escaped(&t, s, strlen(s));
	return text_take(&t);
}

static void add_entry(struct reader *r, char *const column[COLUMNS])
{
	struct baseline *b = r->baseline;
	struct known k = {.line = r->line, .condition = mem_strdup(column[COL_KERNEL])};
	const char *value, *wrong = check_columns(column, &k.kernel, &value);

	if (wrong) {
		problem(r, wrong, value);
		free(k.kernel.runtime);
		free(k.condition);
		return;
	}
	if (k.kernel.glob) /* the end of the column that the line has */
		k.kernel.glob = k.condition + (k.kernel.glob - column[COL_KERNEL]);
	k.id = mem_strdup(column[COL_ID]);
	k.verdict = (enum verdict)verdict_parse(column[COL_VERDICT]);
	k.reason = printable(column[COL_REASON]);
	k.link = printable(column[COL_LINK]);
	k.added = mem_strdup(column[COL_ADDED]);
	k.expires = mem_strdup(column[COL_EXPIRES]);
	k.expired = strcmp(k.expires, BASELINE_NEVER) != 0 && strcmp(k.expires, r->today) < 0;
	b->entries = mem_realloc(b->entries, (b->count + 1) * sizeof(*b->entries));
	b->entries[b->count++] = k;
}

static void take_columns(struct reader *r, char *line)
{
	char *column[COLUMNS];
	int count = 0;

	for (char *cell; (cell = strsep(&line, "\t")); count++)
		if (count < COLUMNS)
			column[count] = cell;
	if (count == COLUMNS)
		add_entry(r, column);
	else
		problem(r, "not seven columns between single tabs", NULL);
}

static void take_line(struct reader *r, char *line, size_t len)
{
	r->line++;
	if (strlen(line) != len)
		problem(r, "a NUL byte", NULL);
	else if (!len || *line == '#')
		return;
	else if (r->headed)
		take_columns(r, line);
	else if (strcmp(line, BASELINE_HEADING))
		problem(r,
			"the first line that is no comment has to be the heading: id, kernel, verdict, "
			"reason, link, added, expires, between tabs",
			NULL);
	r->headed = true;
}

int baseline_read(struct baseline *b, const char *path, const char *today, struct text *problems,
		  struct fault *fault)
{
	struct bytes file = {0};
	struct reader r = {.baseline = b, .today = today, .problems = problems};

	*b = (struct baseline){.path = printable(path)};
	if (file_read(path, BASELINE_MAX, &file, fault)) {
		baseline_free(b);
		return -1;
	}
	bytes_append(&file, "", 1);
	for (char *line = (char *)file.data, *end = line + file.len - 1; line < end;) {
		char *stop = memchr(line, '\n', (size_t)(end - line));

		if (!stop)
			stop = end;
		*stop = '\0';
		take_line(&r, line, (size_t)(stop - line));
		line = stop + 1;
	}
	bytes_free(&file);
	return 0;
}

/* As baseline_load, but problems are the caller's to judge. */
static int read_asked(struct baseline *b, const char *asked, struct text *problems, struct fault *fault)
{
	time_t now = time(NULL);
	char today[32];

	*b = (struct baseline){0};
	if (asked && !strcmp(asked, "none"))
		return 0;
	char *path = asked ? mem_strdup(asked) : data_path(SHIPPED, fault);
	if (!path)
		return -1;
	strftime(today, sizeof(today), "%Y-%m-%d", gmtime(&now));
	int ret = baseline_read(b, path, today, problems, fault);
	free(path);
	return ret;
}

int baseline_load(struct baseline *b, const char *asked, struct fault *fault)
{
	struct text problems = {0};
	int ret = read_asked(b, asked, &problems, fault);

	if (!ret && problems.len) {
		ret = fault_set(fault, EXIT_BAD_INPUT, "%.*s", (int)strcspn(text_get(&problems), "\n"),
				text_get(&problems));
		baseline_free(b);
	}
	text_free(&problems);
	return ret;
}

void baseline_free(struct baseline *b)
{
	for (size_t i = 0; i < b->count; i++) {
		struct known *k = &b->entries[i];

		free(k->id);
		free(k->kernel.runtime);
		free(k->condition);
		free(k->reason);
		free(k->link);
		free(k->added);
		free(k->expires);
	}
	free(b->entries);
	free(b->path);
	*b = (struct baseline){0};
}

static bool condition_holds(const struct kernel_condition *k, const struct subject *s)
{
	struct version v;

	if (k->runtime && (!s->runtime || strcmp(k->runtime, s->runtime) != 0))
		return false;
	if (k->glob)
		return !fnmatch(k->glob, s->release, 0);
	take_version(&v, s->version ? s->version : s->release);
	if (k->from.count && version_compare(&v, &k->from) < 0)
		return false;
	return !k->to.count || version_compare(&v, &k->to) < !k->below;
}

bool known_fits(const struct known *k, const struct subject *s)
{
	return !fnmatch(k->id, s->id, 0) && condition_holds(&k->kernel, s);
}

const struct known *baseline_find(const struct baseline *b, const struct subject *s)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct known *k = &b->entries[i];

		if (!k->expired && known_fits(k, s))
			return k;
	}
	return NULL;
}

void baseline_apply(const struct baseline *b, const struct subject *on, struct result *r)
{
	struct subject s = *on;

	s.id = r->id;
	const struct known *k = baseline_find(b, &s);

	enum verdict known = k ? judge_known(r->verdict, k->verdict) : r->verdict;
	if (known == r->verdict)
		return;
	r->observed = r->verdict;
	r->verdict = known;
	result_set(&r->known_reason, k->reason);
	result_set(&r->known_link, strcmp(k->link, "-") ? k->link : NULL);
	if (r->verdict == VERDICT_XFAIL)
		return;
	free(r->message);
	r->message = mem_printf("passes, but %s:%d expects %s: %s", b->path, k->line,
				verdict_name(k->verdict), k->reason);
}

static bool matches_any(const char *glob, const char *const *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!fnmatch(glob, ids[i], 0))
			return true;
	return false;
}

int baseline_lint(const char *asked, const char *const *ids, size_t count, struct text *problems,
		  struct fault *fault)
{
	struct baseline b;

	if (read_asked(&b, asked, problems, fault))
		return -1;
	for (size_t i = 0; i < b.count; i++) {
		const struct known *k = &b.entries[i];

		if (k->expired)
			text_printf(problems, "%s:%d: expired on %s: %s\n", b.path, k->line, k->expires,
				    k->id);
		if (*k->reason == *BASELINE_OPEN)
			text_printf(problems, "%s:%d: its reason is still to be written: %s\n", b.path,
				    k->line, k->id);
		if (!matches_any(k->id, ids, count))
			text_printf(problems, "%s:%d: matches no test: %s\n", b.path, k->line, k->id);
	}
	baseline_free(&b);
	return 0;
}
