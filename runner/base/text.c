// SPDX-License-Identifier: GPL-2.0-only
#include "runner/base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"

void text_add(struct text *t, const char *data, size_t len)
{
	if (t->limit && t->len + len > t->limit) {
		size_t kept = t->limit - t->len;

		t->dropped += len - kept;
		len = kept;
	}
	if (!len)
		return;
	if (t->len + len + 1 > t->room) {
		t->room = (t->len + len + 1) * 2;
		t->data = mem_realloc(t->data, t->room);
	}
	memcpy(t->data + t->len, data, len);
	t->len += len;
	t->data[t->len] = '\0';
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = mem_vprintf(fmt, ap);
	va_end(ap);
	text_add(t, s, strlen(s));
	free(s);
}

void text_add_escaped(struct text *t, const char *data, size_t len)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c >= 0x20 && c < 0x7f)
			text_add(t, data + i, 1);
		else if (c == '\t')
			text_add(t, " ", 1);
		else
			text_add(t, (char[]){'\\', 'x', hex[c >> 4], hex[c & 15]}, 4);
	}
}

static bool is_printable(const char *word)
{
	for (; *word; word++)
		if (*word < 0x20 || *word >= 0x7f)
			return false;
	return true;
}

void text_add_quoted(struct text *t, const char *word)
{
	bool plain = is_printable(word);

	if (*word &&
	    !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+")]) {
		text_add(t, word, strlen(word));
		return;
	}
	text_printf(t, plain ? "'" : "$'");
	for (; *word; word++) {
		if (*word == '\'')
			text_printf(t, plain ? "'\\''" : "\\'");
		else if (*word == '\\' && !plain)
			text_printf(t, "\\\\");
		else if (*word == '\t')
			text_printf(t, "\\t");
		else
			text_add_escaped(t, word, 1);
	}
	text_add(t, "'", 1);
}

void text_clear(struct text *t)
{
	t->len = 0;
	t->dropped = 0;
	if (t->data)
		t->data[0] = '\0';
}

void text_free(struct text *t)
{
	free(t->data);
	t->data = NULL;
	t->len = t->room = t->dropped = 0;
}

const char *text_get(const struct text *t)
{
	return t->data ? t->data : "";
}

char *text_take(struct text *t)
{
	char *s = t->data ? t->data : mem_strdup("");

	t->data = NULL;
	t->len = t->room = t->dropped = 0;
	return s;
}
