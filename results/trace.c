// SPDX-License-Identifier: GPL-2.0-only
#include "results/trace.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "runner/base/text.h"

enum { HEAD_LINES = 4, FRAMES = 8, LAST_LINES = 6 };

/* A line without what stands in brackets before it: the time, and who says it where the kernel tells. */
static const char *said(const char *line)
{
	while (*line == '[') {
		size_t len = strcspn(line, "]\n");

		if (line[len] != ']')
			break;
		line += len + 1;
		line += strspn(line, " ");
	}
	return line;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* "RAX: ", "R10: ", "CR2: ", "FS:  ": whatever a processor holds. RIP tells where it was, and stays. */
static bool is_register(const char *text)
{
	size_t n = 0;

	while (n < 4 && (isupper((unsigned char)text[n]) || isdigit((unsigned char)text[n])))
		n++;
	if (n < 2 || text[n] != ':' || !strchr("RCDFE", *text) || begins(text, "RIP:") ||
	    begins(text, "CPU:"))
		return false;
	return isxdigit((unsigned char)text[n + 1 + strspn(text + n + 1, " ")]);
}

/* What nobody who wants to know what broke reads first. */
static bool is_noise(const char *line)
{
	static const char *const heads[] = {"Code: ",
					    "Modules linked in:",
					    "Hardware name:",
					    "---[ ",
					    "------------[",
					    "<",
					    "? ",
					    "EFLAGS:",
					    "ORIG_RAX:",
					    "PKRU:",
					    "PGD ",
					    "note: ",
					    "Kernel Offset:"};
	const char *text = said(line);

	if (*text == '\n' || !*text)
		return true;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (begins(text, heads[i]))
			return true;
	return is_register(text);
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

static void put_line(struct text *t, const char *line)
{
	text_add(t, line, strcspn(line, "\n"));
	text_add(t, "\n", 1);
}

/* "symbol+0x12/0x34" */
static bool is_frame(const char *line)
{
	const char *text = said(line);
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '_' || text[n] == '.')
		n++;
	return n && begins(text + n, "+0x");
}

static bool is_trace(const char *line)
{
	return begins(said(line), "Call Trace:") || begins(said(line), "Call trace:");
}

/* From the line that holds the message, or what it has behind its first colon; NULL: none does. */
static const char *find(const char *log, const char *message)
{
	const char *at = message && *message ? strstr(log, message) : NULL;
	const char *rest = message ? strstr(message, ": ") : NULL;

	if (!at && rest && rest[2])
		at = strstr(log, rest + 2);
	while (at && at > log && at[-1] != '\n')
		at--;
	return at;
}

/* The head of a trace and its frames, which end at the first line that is neither one nor noise. */
static void put_trace(struct text *t, const char *line)
{
	int frames = 0;

	put_line(t, line);
	for (line = next_line(line); *line && frames < FRAMES; line = next_line(line)) {
		if (is_noise(line))
			continue;
		if (!is_frame(line))
			break;
		put_line(t, line);
		frames++;
	}
}

static void put_last(struct text *t, const char *log)
{
	size_t lines = 0, skip;

	for (const char *line = log; *line; line = next_line(line))
		lines += !is_noise(line);
	skip = lines > LAST_LINES ? lines - LAST_LINES : 0;
	for (const char *line = log; *line; line = next_line(line))
		if (!is_noise(line) && !(skip && skip--))
			put_line(t, line);
}

char *trace_brief(const char *log, const char *message)
{
	const char *line = find(log, message);
	struct text t = {0};
	int head = 0;

	if (!line) {
		put_last(&t, log);
		return text_take(&t);
	}
	for (; *line && !is_trace(line); line = next_line(line))
		if (head < HEAD_LINES && !is_noise(line)) {
			put_line(&t, line);
			head++;
		}
	if (*line)
		put_trace(&t, line);
	return text_take(&t);
}
