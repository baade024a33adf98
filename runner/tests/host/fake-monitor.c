// SPDX-License-Identifier: GPL-2.0-only
/*
 * build/fake-machine behind the seam of vm/monitor.h: the second monitor, in build/nscheck-fake. The program gets words
 * NAME=VALUE, and speaks in lines: "save", "go", "dump" ("dumped MEMORY" or "not-dumped WHY"; with dumped=1 it stays when its guest has ended), and where a restore is asked for "restored?". It answers with what it
 * is to be restored from, "saved STATE", or "not-saved WHY"; with "restored" or "wait"; and says "ending WHY", or "ended-by-host
 * WHY", before it ends.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "vm/monitor.h"

enum { WAIT_MS = 3 };

static bool is_mine(const char *version)
{
	return !strncmp(version, "fake", 4);
}

static char **argv_of(const struct monitor_request *r, struct fault *fault)
{
	static const char *const names[] = {
		[MONITOR_TALK] = "talk",     [MONITOR_CONSOLE] = "console", [MONITOR_RESULTS] = "results",
		[MONITOR_ORDERS] = "orders", [MONITOR_SERIAL2] = "serial2", [MONITOR_SAVED] = "saved",
	};
	char *line = monitor_command_line(r, "", fault);
	struct strings argv = {0};

	if (!line)
		return NULL;
	strings_add(&argv, r->program);
	strings_take(&argv, mem_printf("accel=%s", r->accel == ACCEL_KVM ? "kvm" : "tcg"));
	strings_take(&argv, mem_printf("kernel=%s", r->kernel));
	strings_take(&argv, mem_printf("append=%s", line));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (r->fds[i] >= 0)
			strings_take(&argv, mem_printf("%s=%d", names[i], r->fds[i]));
	if (r->dumped)
		strings_add(&argv, "dumped=1");
	for (size_t i = 0; i < r->more_count; i++)
		strings_add(&argv, r->more[i]);
	strings_take(&argv, NULL);
	free(line);
	return argv.items;
}

struct talk {
	struct monitor_talk base;
	int fd;
	struct text line; /* as far as it came */
	int file;         /* that is being saved to */
};

static struct monitor_talk *begin(int fd)
{
	struct talk *t = mem_zalloc(sizeof(*t));

	t->fd = fd;
	t->line.limit = 1000;
	return &t->base;
}

static void end(struct monitor_talk *talk)
{
	struct talk *t = (struct talk *)talk;

	text_free(&t->line);
	free(t);
}

static const char *after(const char *line, const char *word)
{
	size_t len = strlen(word);

	return strncmp(line, word, len) ? NULL : line + len;
}

static void tell(struct talk *t, enum monitor_event_kind kind, const char *text)
{
	const struct monitor_event event = {.kind = kind, .text = text};

	t->base.sink(t->base.arg, &event);
}

static void take_line(struct talk *t, const char *line)
{
	const char *rest;

	if ((rest = after(line, "saved ")))
		tell(t, MONITOR_SAVE_ENDED,
		     write(t->file, rest, strlen(rest)) < 0 ? "it cannot be written" : NULL);
	else if ((rest = after(line, "not-saved ")))
		tell(t, MONITOR_SAVE_ENDED, rest);
	else if ((rest = after(line, "dumped ")))
		tell(t, MONITOR_DUMP_ENDED,
		     write(t->file, rest, strlen(rest)) < 0 ? "it cannot be written" : NULL);
	else if ((rest = after(line, "not-dumped ")))
		tell(t, MONITOR_DUMP_ENDED, rest);
	else if (!strcmp(line, "wait"))
		t->base.wake_ms = WAIT_MS;
	else if (!strcmp(line, "restored"))
		tell(t, MONITOR_RESTORE_ENDED, NULL);
	else if ((rest = after(line, "ending ")))
		tell(t, MONITOR_ENDING, rest);
	else if ((rest = after(line, "ended-by-host ")))
		tell(t, MONITOR_ENDED_BY_HOST, rest);
}

static void take(struct monitor_talk *talk, const char *data, size_t len)
{
	struct talk *t = (struct talk *)talk;

	for (size_t i = 0; i < len; i++) {
		if (data[i] != '\n') {
			text_add(&t->line, &data[i], 1);
			continue;
		}
		take_line(t, text_get(&t->line));
		text_clear(&t->line);
	}
}

static void say(struct monitor_talk *talk, const char *line)
{
	send(((struct talk *)talk)->fd, line, strlen(line), MSG_NOSIGNAL);
}

static void wake(struct monitor_talk *talk)
{
	talk->wake_ms = -1;
	say(talk, "restored?\n");
}

static void save(struct monitor_talk *talk, int fd)
{
	((struct talk *)talk)->file = fd;
	say(talk, "save\n");
}

static void dump(struct monitor_talk *talk, int fd)
{
	((struct talk *)talk)->file = fd;
	say(talk, "dump\n");
}

static void go_on(struct monitor_talk *talk)
{
	say(talk, "go\n");
}

static void send_break(struct monitor_talk *talk)
{
	say(talk, "break\n");
}

static void interrupt(struct monitor_talk *talk)
{
	say(talk, "interrupt\n");
}

static const struct monitor fake = {
	.title = "the fake",
	.is_mine = is_mine,
	.argv = argv_of,
	.begin = begin,
	.end = end,
	.take = take,
	.wake = wake,
	.save = save,
	.go_on = go_on,
	.dump = dump,
	.send_break = send_break,
	.interrupt = interrupt,
};
MONITOR(fake);
