// SPDX-License-Identifier: GPL-2.0-only
#include "results/html_parts.h"

#include "results/markup.h"

const char *html_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void html_element(FILE *out, const char *tag, const char *class, const char *text, size_t limit)
{
	fprintf(out, "<%s", tag);
	markup_attribute(out, "class", class, 0);
	fputc('>', out);
	markup_text(out, text, limit);
	fprintf(out, "</%s>", tag);
}

void html_verdict(FILE *out, enum verdict v)
{
	fprintf(out, "<span class=\"v v-%s\">%s</span>", verdict_name(v), verdict_name(v));
}

void html_seconds(FILE *out, long ms)
{
	if (ms < 60000)
		fprintf(out, "%.2f s", (double)ms / 1000);
	else
		fprintf(out, "%ld min %02ld s", ms / 60000, ms / 1000 % 60);
}

void html_pair(FILE *out, const char *term, const char *text)
{
	if (!text || !*text)
		return;
	html_element(out, "dt", NULL, term, 0);
	html_element(out, "dd", NULL, text, MESSAGE_MAX);
}

void html_link(FILE *out, const char *id)
{
	fputs("<a class=\"id\" href=\"#", out);
	markup_text(out, id, 0);
	fputs("\">", out);
	markup_text(out, id, 0);
	fputs("</a>", out);
}
