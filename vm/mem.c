// SPDX-License-Identifier: GPL-2.0-only
#include "vm/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *mem_need(void *p)
{
	if (!p) {
		fputs("nscheck: out of memory\n", stderr);
		abort();
	}
	return p;
}

char *mem_strdup(const char *s)
{
	return mem_need(strdup(s));
}

char *mem_printf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return mem_need(s);
}

void bytes_append(struct bytes *b, const void *data, size_t len)
{
	if (!len)
		return;
	b->data = mem_need(realloc(b->data, b->len + len));
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

void bytes_printf(struct bytes *b, const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	int len = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (len < 0)
		s = NULL;
	bytes_append(b, mem_need(s), (size_t)len);
	free(s);
}

void bytes_free(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){0};
}

void strings_take(struct strings *list, char *s)
{
	list->items = mem_need(reallocarray(list->items, list->count + 1, sizeof(*list->items)));
	list->items[list->count++] = s;
}

void strings_add(struct strings *list, const char *s)
{
	strings_take(list, mem_strdup(s));
}

void strings_split(struct strings *list, const char *s, const char *separators)
{
	for (s += strspn(s, separators); *s; s += strspn(s, separators)) {
		size_t len = strcspn(s, separators);

		strings_take(list, mem_need(strndup(s, len)));
		s += len;
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strings_sort(struct strings *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), by_text);
}

void strings_free(struct strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct strings){0};
}
