// SPDX-License-Identifier: GPL-2.0-only
#include "results/html_parts.h"

#include "results/grid.h"
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

void html_where(FILE *out, const char *role, const char *file, int line)
{
	if (role) {
		fputs(" in the child ", out);
		html_element(out, "code", NULL, role, 0);
	}
	if (file) {
		fputs(role ? ", at <code>" : " at <code>", out);
		markup_text(out, file, 0);
		fprintf(out, ":%d</code>", line);
	}
}

/* As the verdict table of README.md has it. */
static const char *const meanings[VERDICTS] = {
	[VERDICT_PASS] = "the behaviour was observed",
	[VERDICT_SKIP] = "the kernel lacks what the behaviour needs",
	[VERDICT_FAIL] = "the behaviour was not observed",
	[VERDICT_TIMEOUT] = "the test did not end in its time",
	[VERDICT_CRASH] = "the kernel died or hung while the test ran",
	[VERDICT_SPLAT] = "the kernel complained while the test ran",
	[VERDICT_LEAK] = "the test left something behind",
	[VERDICT_ERROR] = "the test could not be arranged: no verdict on the kernel",
	[VERDICT_MISS] = "the test never ran",
	[VERDICT_XFAIL] = "it failed as the baseline expects",
	[VERDICT_XPASS] = "it passed though the baseline expects a failure",
	[VERDICT_LOST] =
		"the kernel lacks the feature, and nothing else, although by its version it should have it",
	[VERDICT_FLAKY] = "it failed, but not each time that it was run again",
};

void html_legend(FILE *out)
{
	fputs("<details class=\"legend\"><summary>Verdicts</summary><dl>", out);
	for (int group = 0; group < GROUPS; group++)
		for (int v = 0; v < VERDICTS; v++) {
			if (verdict_group((enum verdict)v) != (enum group)group)
				continue;
			fputs("<dt>", out);
			html_verdict(out, (enum verdict)v);
			fprintf(out, "</dt><dd>%s; counted as %s</dd>", meanings[v],
				group_word((enum group)group));
		}
	fputs("</dl></details>\n", out);
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
