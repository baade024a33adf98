/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_CONSOLE_H
#define RUNNER_HOST_CONSOLE_H

#include <stdbool.h>
#include <stdio.h>

#include "runner/base/text.h"
#include "runner/base/fault.h"

enum {
	CONSOLE_LINE_MAX = 1024,
	CONSOLE_SLICE_MAX = 64 << 10, /* kernel log kept of one test */
	CONSOLE_TAIL_LINES = 25,      /* shown when a VM does not come up */
	CONSOLE_LOG_MAX = 32 << 20,   /* bytes of one VM in console.log */
};

/* Kernel complaints that are known and do not count: results/splats.allow. */
struct splat_allow {
	struct splat_allowed {
		char *pattern, *reason;
	} * entries;
	size_t count;
};

/* Reads the list: PATTERN (a shell glob for the whole line after its time stamp), tab, reason. */
int splat_allow_load(struct splat_allow *allow, const char *path, struct fault *fault);
void splat_allow_free(struct splat_allow *allow);

/* Whether a console line (without time stamp) is a complaint of the kernel. */
bool splat_match(const struct splat_allow *allow, const char *line);

/* The first symbols of a trace found in a slice, "a|b|c", or NULL; the caller frees. */
char *console_fingerprint(const char *slice);

/*
 * One VM's console: kept in the run's console.log, cut by the agent's marks into one slice per test, and
 * searched for complaints.
 */
struct console {
	FILE *log; /* the run's console.log or NULL */
	int vm;    /* number at the head of each line there */
	const struct splat_allow *allow;
	char line[CONSOLE_LINE_MAX];
	size_t len;
	size_t logged;
	struct text slice; /* of the current test */
	struct text gap;   /* since the last test's end */
	char *tail[CONSOLE_TAIL_LINES];
	size_t lines;        /* seen in all */
	char *id;            /* current test or NULL */
	bool started, ended; /* marks seen */
	char *splat;         /* first complaint of the current slice */
	char *gap_splat;     /* first complaint in the gap */
	bool gap_before;     /* which came before the start mark: it is about the test before */
};

void console_init(struct console *c, FILE *log, int vm, const struct splat_allow *allow);
void console_free(struct console *c);
void console_feed(struct console *c, const char *data, size_t len);

/* A test was ordered; NULL: none runs. The gap before it stays until the next call. */
void console_begin(struct console *c, const char *id);

/* The last lines seen, each ended by a newline; the caller frees. */
char *console_tail(const struct console *c);

#endif
