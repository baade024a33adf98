/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_BASE_MEM_H
#define RUNNER_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Memory of the host program. Running out of it ends the program with one line and EXIT_UNFINISHED: no caller could
 * go on without, and what was received is in the journal by then.
 */

/* Returns p, or ends the program when it is NULL. */
void *mem_need(void *p);

/* All bytes 0; never NULL, also for a size of 0. */
void *mem_zalloc(size_t size);
void *mem_realloc(void *p, size_t size);
char *mem_strdup(const char *s);

/* At most len bytes of s. */
char *mem_strndup(const char *s, size_t len);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *mem_vprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/*
 * A block of bytes of any value, such as a file, with its length; data is NULL when empty, and owned by whoever holds
 * the struct. What is read as text by a person grows in a struct text (text.h).
 */
struct bytes {
	unsigned char *data;
	size_t len;
};

/* Appends len bytes to b. */
void bytes_append(struct bytes *b, const void *data, size_t len);
void bytes_free(struct bytes *b);

/* A growing list of strings that it owns. All zero: empty. */
struct strings {
	char **items;
	size_t count;
};

/* Takes ownership of s. */
void strings_take(struct strings *list, char *s);
void strings_add(struct strings *list, const char *s);

/* Adds each word of s, words being separated by any character of separators. */
void strings_split(struct strings *list, const char *s, const char *separators);

/* All of them with the separator between each two, to free; "" for an empty list. */
char *strings_join(const struct strings *list, const char *separator);
void strings_free(struct strings *list);

#endif
