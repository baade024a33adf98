// SPDX-License-Identifier: GPL-2.0-only
/* Annotations of GitHub Actions: workflow commands on stdout, one line each. */
#include <stdlib.h>
#include <string.h>

#include "results/report.h"
#include "runner/base/text.h"

enum { MESSAGE_MAX = 2000 };

/* What ends a message ends the command; what ends a property too, and there : and , as well. */
static void put(FILE *out, const char *text, bool property)
{
	size_t left = MESSAGE_MAX;

	for (; *text && left--; text++)
		if (*text == '%' || *text == '\r' || *text == '\n' || (property && strchr(":,", *text)))
			fprintf(out, "%%%02X", (unsigned int)*text);
		else
			fputc(*text, out);
}

static void put_outcome(FILE *out, const char *kernel, const struct outcome *o)
{
	const struct result *r = o->result;
	const char *file = r && r->file ? r->file : o->file;

	fputs("::error ", out);
	if (file) {
		fputs("file=", out);
		put(out, file, true);
		fprintf(out, ",line=%d,", r && r->file ? r->line : o->line);
	}
	fputs("title=", out);
	put(out, verdict_name(outcome_verdict(o)), true);
	put(out, ": ", true);
	put(out, o->id, true);
	put(out, " on ", true);
	put(out, kernel, true);
	fputs("::", out);
	put(out,
	    outcome_is_sabotaged(o) ? "passes although the helpers lied"
	    : r && r->message       ? r->message
				    : "no message",
	    false);
	if (o->statement) {
		put(out, "\npromise: ", false);
		put(out, o->statement, false);
	}
	fputc('\n', out);
}

void report_github(const struct run *run, FILE *out)
{
	struct grid g;
	const char *trouble = run_trouble(run);

	grid_make(&g, &run, 1);
	if (trouble) {
		fputs("::error title=", out);
		put(out, "nscheck did not finish on ", true);
		put(out, g.names[0], true);
		fputs("::", out);
		put(out, trouble, false);
		fputc('\n', out);
	}
	for (size_t i = 0; i < g.row_count; i++) {
		enum verdict v = outcome_verdict(g.rows[i].cells[0]);

		if (outcome_is_bad(g.rows[i].cells[0]) && v != VERDICT_MISS)
			put_outcome(out, g.names[0], g.rows[i].cells[0]);
	}
	grid_free(&g);
}
