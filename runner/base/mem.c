// SPDX-License-Identifier: GPL-2.0-only
#include "runner/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/fault.h"

void *mem_need(void *p)
{
	if (!p) {
		fputs("nscheck: out of memory\n", stderr);
		exit(EXIT_UNFINISHED);
	}
	return p;
}

void *mem_zalloc(size_t size)
{
	return mem_need(calloc(1, size ? size : 1));
}

void *mem_realloc(void *p, size_t size)
{
	return mem_need(realloc(p, size ? size : 1));
}

char *mem_strndup(const char *s, size_t len)
{
	return mem_need(strndup(s, len));
}

char *mem_strdup(const char *s)
{
	return mem_need(strdup(s));
}

char *mem_vprintf(const char *fmt, va_list ap)
{
	char *s;

	return mem_need(vasprintf(&s, fmt, ap) < 0 ? NULL : s);
}

char *mem_printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = mem_vprintf(fmt, ap);
	va_end(ap);
	return s;
}

void bytes_append(struct bytes *b, const void *data, size_t len)
{
	if (!len)
		return;
	b->data = mem_realloc(b->data, b->len + len);
	memcpy(b->data + b->len, data, len);
	b->len += len;
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

		strings_take(list, mem_strndup(s, len));
		s += len;
	}
}

char *strings_join(const struct strings *list, const char *separator)
{
	char *joined = NULL;
	size_t len = 0;
	FILE *out = mem_need(open_memstream(&joined, &len));

	for (size_t i = 0; i < list->count; i++)
		fprintf(out, "%s%s", i ? separator : "", list->items[i]);
	fclose(out);
	return mem_need(joined);
}

void strings_free(struct strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct strings){0};
}
