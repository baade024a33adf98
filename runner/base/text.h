/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_BASE_TEXT_H
#define RUNNER_BASE_TEXT_H

#include <stddef.h>

/* A growing string that never grows beyond its limit: what is over is counted, not kept. */
struct text {
	char *data; /* NULL or NUL-terminated */
	size_t len, room;
	size_t limit;   /* most bytes kept; 0: no limit */
	size_t dropped; /* bytes that were not kept */
};

/* Appends bytes as they are. */
void text_add(struct text *t, const char *data, size_t len);
void text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Appends bytes of a guest: printable ASCII stays, a tab becomes a space, all else becomes \xNN. This is the
 * one door for guest text; behind it nothing needs escaping for a terminal or a plain file.
 */
void text_add_escaped(struct text *t, const char *data, size_t len);

/* Appends a word as a shell (bash, for what is not printable) reads it back. */
void text_add_quoted(struct text *t, const char *word);

/* Makes it empty but keeps the memory. */
void text_clear(struct text *t);
void text_free(struct text *t);

/* The string, "" when nothing was added. */
const char *text_get(const struct text *t);

/* Hands the string over to the caller (never NULL) and makes the text empty. */
char *text_take(struct text *t);

#endif
