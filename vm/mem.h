/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_MEM_H
#define VM_MEM_H

#include <stddef.h>

/* Memory for the vm/ part. Running out of it ends the program: no caller could go on without. */

/* A block of bytes with its length; data is NULL when empty, and owned by whoever holds the struct. */
struct bytes {
	unsigned char *data;
	size_t len;
};

/* A growing list of strings that it owns. All zero: empty. */
struct strings {
	char **items;
	size_t count;
};

/* Returns p, or ends the program when it is NULL. */
void *mem_need(void *p);

char *mem_strdup(const char *s);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Appends len bytes to b. */
void bytes_append(struct bytes *b, const void *data, size_t len);
void bytes_printf(struct bytes *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void bytes_free(struct bytes *b);

/* Takes ownership of s. */
void strings_take(struct strings *list, char *s);
void strings_add(struct strings *list, const char *s);

/* Adds each word of s, words being separated by any character of separators. */
void strings_split(struct strings *list, const char *s, const char *separators);
void strings_sort(struct strings *list);
void strings_free(struct strings *list);

#endif
