// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/console.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/contract.h"

/* At the start of a message: what the kernel writes when it complains. */
static const char *const heads[] = {
	"WARNING: ",
	"BUG: ",
	"UBSAN: ",
	"Oops: ",
	"Oops[",
	"kernel BUG at ",
	"Kernel panic - not syncing",
	"general protection fault",
	"stack segment: ",
	"invalid opcode: ",
	"refcount_t: ",
	"Internal error: ",
	"double fault: ",
	"divide error: ",
	"unregister_netdevice: waiting for ",
	"rcu: INFO: rcu_",
	"INFO: rcu_",
};

/* Anywhere in a message. */
static const char *const parts[] = {
	"KASAN: ",
	"KCSAN: ",
	"KMSAN: ",
	"possible circular locking dependency",
	"possible recursive locking",
	"suspicious RCU usage",
	"self-detected stall on CPU",
	"detected stalls on CPUs",
	"soft lockup - CPU",
	"hard LOCKUP",
	"inconsistent lock state",
	"scheduling while atomic",
};

int splat_allow_load(struct splat_allow *allow, const char *path, struct fault *fault)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	int number = 0, ret = 0;

	*allow = (struct splat_allow){0};
	if (!f)
		return errno == ENOENT ? 0 : fault_set(fault, EXIT_BAD_INPUT, "cannot read %s: %m", path);
	while (!ret && getline(&line, &room, f) > 0) {
		char *tab = strchr(line, '\t');

		number++;
		line[strcspn(line, "\n")] = '\0';
		if (*line == '#' || !*line)
			continue;
		if (!tab || tab == line || !tab[1]) {
			ret = fault_set(fault, EXIT_BAD_INPUT, "%s:%d: want PATTERN, a tab and a reason",
					path, number);
			continue;
		}
		*tab = '\0';
		allow->entries = mem_realloc(allow->entries, (allow->count + 1) * sizeof(*allow->entries));
		allow->entries[allow->count++] =
			(struct splat_allowed){.pattern = mem_strdup(line), .reason = mem_strdup(tab + 1)};
	}
	free(line);
	fclose(f);
	return ret;
}

void splat_allow_free(struct splat_allow *allow)
{
	for (size_t i = 0; i < allow->count; i++) {
		free(allow->entries[i].pattern);
		free(allow->entries[i].reason);
	}
	free(allow->entries);
	*allow = (struct splat_allow){0};
}

static bool is_hung_task(const char *line)
{
	return !strncmp(line, "INFO: task ", 11) && strstr(line, " blocked for more than ");
}

bool splat_match(const struct splat_allow *allow, const char *line)
{
	bool found = is_hung_task(line);

	for (size_t i = 0; !found && i < sizeof(heads) / sizeof(*heads); i++)
		found = !strncmp(line, heads[i], strlen(heads[i]));
	for (size_t i = 0; !found && i < sizeof(parts) / sizeof(*parts); i++)
		found = strstr(line, parts[i]);
	for (size_t i = 0; found && allow && i < allow->count; i++)
		found = fnmatch(allow->entries[i].pattern, line, 0);
	return found;
}

/* The line behind the kernel's "[  12.345678] " or "[...][ T1] " stamp. */
static const char *message_of(const char *line)
{
	while (*line == '[') {
		const char *end = strchr(line, ']');

		if (!end || end - line > 32)
			break;
		line = end + 1;
		while (*line == ' ')
			line++;
	}
	return line;
}

/* The symbol of "sym+0x12/0x34", with its length; NULL when the text does not begin so. */
static const char *symbol(const char *text, size_t *len)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '_' || text[n] == '.')
		n++;
	*len = n;
	return n && !strncmp(text + n, "+0x", 3) ? text : NULL;
}

/* The symbol that a line of a trace names for certain: lines with "? " are guesses of the unwinder. */
static const char *trace_symbol(const char *line, size_t *len)
{
	const char *text = message_of(line);

	if (!strncmp(text, "RIP: ", 5)) {
		text = strchr(text + 5, ':');
		return text ? symbol(text + 1, len) : NULL;
	}
	return symbol(text, len);
}

/* RIP is often the first symbol of the trace as well. */
static bool ends_with(const char *text, const char *name, size_t len)
{
	size_t have = strlen(text);

	return have >= len && !strncmp(text + have - len, name, len);
}

/*
 * Traces that tell how they came about and not what is wrong, up to where the processor was: of the list of tasks
 * that a hanging guest was asked for, and of an NMI on its own stack.
 */
static bool tells_of_itself(const char *line, bool before)
{
	const char *text = message_of(line);

	if (strstr(text, "<NMI>") || !strncmp(text, "sysrq: Show ", 12))
		return true;
	return before && strncmp(text, "RIP: 0010:", 10) != 0 && !splat_match(NULL, text);
}

char *console_fingerprint(const char *slice)
{
	enum { SYMBOLS = 5 };
	struct text print = {0};
	bool skipped = false;
	int found = 0;

	while (*slice && found < SYMBOLS) {
		size_t len, end = strcspn(slice, "\n");
		char *line = mem_strndup(slice, end);
		const char *name = trace_symbol(line, &len);

		skipped = tells_of_itself(line, skipped);
		if (name && !skipped && !ends_with(text_get(&print), name, len)) {
			text_printf(&print, "%s%.*s", found ? "|" : "", (int)len, name);
			found++;
		}
		free(line);
		slice += end + (slice[end] == '\n');
	}
	return found ? text_take(&print) : NULL;
}

void console_init(struct console *c, FILE *log, int vm, const struct splat_allow *allow)
{
	memset(c, 0, sizeof(*c));
	c->log = log;
	c->vm = vm;
	c->allow = allow;
	c->slice.limit = c->gap.limit = CONSOLE_SLICE_MAX;
}

static void forget_test(struct console *c)
{
	free(c->id);
	free(c->splat);
	c->id = c->splat = NULL;
	c->started = c->ended = false;
	text_clear(&c->slice);
}

void console_free(struct console *c)
{
	forget_test(c);
	free(c->gap_splat);
	for (size_t i = 0; i < CONSOLE_TAIL_LINES; i++)
		free(c->tail[i]);
	text_free(&c->slice);
	text_free(&c->gap);
}

void console_begin(struct console *c, const char *id)
{
	forget_test(c);
	free(c->gap_splat);
	c->gap_splat = NULL;
	text_clear(&c->gap);
	c->id = id ? mem_strdup(id) : NULL;
}

static bool is_mark(const char *message, const char *kind, const char *id)
{
	size_t len = strlen(kind);

	return !strncmp(message, kind, len) && !strcmp(message + len, id);
}

/* 1 for a start mark of the current test, 2 for its end mark, 0 for any other line. */
static int mark_of(const struct console *c, const char *message)
{
	if (!c->id)
		return 0;
	if (is_mark(message, LOG_MARK LOG_START, c->id))
		return 1;
	return is_mark(message, LOG_MARK LOG_END, c->id) ? 2 : 0;
}

static void note_splat(struct console *c, char **splat, const char *message)
{
	if (!*splat && splat_match(c->allow, message))
		*splat = mem_strdup(message);
}

static void cut_line(struct console *c, const char *line)
{
	const char *message = message_of(line);
	int mark = mark_of(c, message);

	if (mark == 1) {
		c->started = true;
	} else if (mark == 2) {
		c->ended = true;
	} else if (!strncmp(message, LOG_MARK, strlen(LOG_MARK))) {
		return; /* a mark of the test before, ended only now */
	} else if (c->started && !c->ended) {
		text_printf(&c->slice, "%s\n", line);
		note_splat(c, &c->splat, message);
	} else {
		text_printf(&c->gap, "%s\n", line);
		if (!c->gap_splat)
			c->gap_before = !c->started;
		note_splat(c, &c->gap_splat, message);
	}
}

static void log_line(struct console *c, const char *line)
{
	if (!c->log || c->logged > CONSOLE_LOG_MAX)
		return;
	int n = fprintf(c->log, "%d: %s\n", c->vm, line);
	c->logged += n > 0 ? (size_t)n : 0;
	if (c->logged > CONSOLE_LOG_MAX)
		fprintf(c->log, "%d: (too much; the rest is left out)\n", c->vm);
}

static void end_line(struct console *c)
{
	struct text line = {0};

	while (c->len && c->line[c->len - 1] == '\r')
		c->len--;
	text_add_escaped(&line, c->line, c->len);
	c->len = 0;
	log_line(c, text_get(&line));
	cut_line(c, text_get(&line));

	char **place = &c->tail[c->lines++ % CONSOLE_TAIL_LINES];
	free(*place);
	*place = text_take(&line);
}

/* Some kernels end a line that came from /dev/kmsg only when the next one begins: the mark counts at once. */
static void watch_for_end(struct console *c)
{
	char line[CONSOLE_LINE_MAX + 1];

	if (!c->id || c->ended || c->len < strlen(c->id))
		return;
	memcpy(line, c->line, c->len);
	line[c->len] = '\0';
	c->ended = mark_of(c, message_of(line)) == 2;
}

void console_feed(struct console *c, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n')
			end_line(c);
		else if (c->len < sizeof(c->line))
			c->line[c->len++] = data[i];
	}
	watch_for_end(c);
}

char *console_tail(const struct console *c)
{
	size_t first = c->lines > CONSOLE_TAIL_LINES ? c->lines - CONSOLE_TAIL_LINES : 0;
	struct text tail = {0};

	for (size_t i = first; i < c->lines; i++)
		text_printf(&tail, "%s\n", c->tail[i % CONSOLE_TAIL_LINES]);
	if (c->len) {
		text_add_escaped(&tail, c->line, c->len);
		text_add(&tail, "\n", 1);
	}
	return text_take(&tail);
}
