// SPDX-License-Identifier: GPL-2.0-only
#include "results/markup.h"

#include <stdbool.h>
#include <string.h>

static void put(FILE *out, unsigned char c)
{
	switch (c) {
	case '&': fputs("&amp;", out); break;
	case '<': fputs("&lt;", out); break;
	case '>': fputs("&gt;", out); break;
	case '"': fputs("&quot;", out); break;
	case '\'': fputs("&#39;", out); break;
	case '\n':
	case '\t': fputc(c, out); break;
	default:
		if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
}

static void put_all(FILE *out, const char *text, size_t limit, bool one_line)
{
	size_t len = strlen(text), kept = limit && len > limit ? limit : len;

	for (size_t i = 0; i < kept; i++)
		put(out, one_line && (text[i] == '\n' || text[i] == '\t') ? ' ' : (unsigned char)text[i]);
	if (kept < len)
		fprintf(out, " [%zu more bytes]", len - kept);
}

void markup_text(FILE *out, const char *text, size_t limit)
{
	if (text)
		put_all(out, text, limit, false);
}

void markup_attribute(FILE *out, const char *name, const char *value, size_t limit)
{
	if (!value || !*value)
		return;
	fprintf(out, " %s=\"", name);
	put_all(out, value, limit, true);
	fputc('"', out);
}
