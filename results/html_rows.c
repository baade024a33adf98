// SPDX-License-Identifier: GPL-2.0-only
#include "results/html_rows.h"

#include <stdlib.h>
#include <string.h>

#include "results/html_parts.h"
#include "results/markup.h"
#include "results/matrix.h"
#include "runner/base/mem.h"

static void put_cells(FILE *out, const struct grid *g, const struct row *row)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct outcome *o = row->cells[i];

		fprintf(out, "<span class=\"cell%s\"><span class=\"hidden\">", o ? "" : " absent");
		markup_text(out, g->names[i], WHY_MAX);
		fputs(" </span>", out);
		if (!o)
			fputs("&#8211;", out);
		else
			html_verdict(out, outcome_verdict(o));
		fputs("</span>", out);
	}
}

static size_t lines_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n' || !text[1];
	return n;
}

static void put_log(FILE *out, const char *what, const char *text, bool open)
{
	if (!text || !*text)
		return;
	size_t lines = lines_of(text);
	fprintf(out, "<details%s><summary>%s, %zu line%s</summary><pre>", open ? " open" : "", what, lines,
		html_plural(lines));
	markup_text(out, text, LOG_MAX);
	fputs("</pre></details>\n", out);
}

static void put_known(FILE *out, const struct result *r)
{
	if (!r->known_reason)
		return;
	fprintf(out, "<p>the baseline expects %s: ",
		verdict_name(r->verdict == VERDICT_XPASS ? VERDICT_FAIL : r->observed));
	markup_text(out, r->known_reason, MESSAGE_MAX);
	if (r->known_link && !strncmp(r->known_link, "https://", 8)) {
		fputs(" <a rel=\"noreferrer\"", out);
		markup_attribute(out, "href", r->known_link, 0);
		fputs(">more</a>", out);
	}
	fputs("</p>\n", out);
}

static void put_result(FILE *out, const struct outcome *o, const struct result *r)
{
	if (r->message)
		html_element(out, "p", "message", r->message, MESSAGE_MAX);
	put_known(out, r);
	if (r->role || r->file) {
		fputs("<p class=\"quiet\">", out);
		html_where(out, r->role, r->file, r->line);
		fputs("</p>\n", out);
	}
	char *again = outcome_again(o);
	put_log(out, "run again", again, true);
	free(again);
	put_log(out, "diagnostics", r->diagnostics, false);
	put_log(out, "kernel log", r->kernel_log, r->verdict != VERDICT_FAIL && r->verdict != VERDICT_XFAIL);
}

/* The kernels that have the same to tell, each with its time. */
static void put_case_head(FILE *out, const struct grid *g, const struct row *row, const struct outcome *o)
{
	const char *separator = " on ";

	fputs("<h3>", out);
	html_verdict(out, outcome_verdict(o));
	for (size_t i = 0; i < g->count; i++) {
		const struct outcome *other = row->cells[i];

		if (!other || !outcome_is_same(o, other))
			continue;
		fputs(separator, out);
		markup_text(out, g->names[i], WHY_MAX);
		separator = ", ";
		if (!other->result)
			continue;
		fputs(" <small>", out);
		html_seconds(out, other->result->duration_ms);
		fputs("</small>", out);
	}
	fputs("</h3>\n", out);
}

static void put_case(FILE *out, const struct grid *g, const struct row *row, size_t run)
{
	const struct outcome *o = row->cells[run];
	char *command = run_command(g->runs[run], o->id);

	fputs("<div class=\"case\">", out);
	put_case_head(out, g, row, o);
	if (!o->result)
		fputs("<p>It never ran.</p>\n", out);
	else if (o->result->verdict != VERDICT_PASS)
		put_result(out, o, o->result);
	if (command && outcome_is_bad(o))
		html_element(out, "code", "command", command, MESSAGE_MAX);
	fputs("</div>\n", out);
	free(command);
}

/* A row that is good everywhere has its command once. */
static void put_row_command(FILE *out, const struct grid *g, const struct row *row)
{
	for (size_t i = 0; i < g->count; i++) {
		if (!row->cells[i] || row->bad)
			continue;
		char *command = run_command(g->runs[i], row->id);
		if (command)
			html_element(out, "code", "command", command, MESSAGE_MAX);
		free(command);
		return;
	}
}

static void put_more(FILE *out, const struct grid *g, const struct row *row, const struct outcome *c)
{
	fputs("<div class=\"more\"", out);
	markup_attribute(out, "id", row->id, 0);
	fputs("><dl>", out);
	html_pair(out, "observed by", c->expected);
	html_pair(out, "source", c->source);
	if (c->file) {
		char *at = mem_printf("%s:%d", c->file, c->line);

		html_pair(out, "test", at);
		free(at);
	}
	fputs("<dt>link</dt><dd>", out);
	html_link(out, row->id);
	fputs("</dd></dl>\n", out);
	for (size_t i = 0; i < g->count; i++)
		if (row->cells[i] && !row_was_told(row, i))
			put_case(out, g, row, i);
	put_row_command(out, g, row);
	fputs("</div>", out);
}

static void put_row(FILE *out, const struct grid *g, const struct row *row)
{
	const struct outcome *c = row_catalogue(g, row);

	fputs("<details class=\"row\" data-verdicts=\"", out);
	for (int v = 0; v < VERDICTS; v++)
		if (row_has(g, row, (enum verdict)v))
			fprintf(out, "%s ", verdict_name((enum verdict)v));
	fprintf(out, "\"%s><summary><span class=\"what\"><span class=\"id%s\">",
		row->differs ? " data-differs" : "", row->differs ? " differs" : "");
	markup_text(out, row->id, 0);
	if (row->differs)
		fputs("<span class=\"hidden\"> differs</span>", out);
	fputs("</span>", out);
	if (c->statement)
		html_element(out, "span", "says", c->statement, 0);
	fputs("</span>", out);
	put_cells(out, g, row);
	fputs("</summary>\n", out);
	put_more(out, g, row, c);
	fputs("</details>\n", out);
}

/* Those that ask for attention, or those that do not. */
static void put_rows(FILE *out, const struct grid *g, size_t first, size_t end, bool bad)
{
	for (size_t i = first; i < end; i++)
		if (g->rows[i].bad == bad)
			put_row(out, g, &g->rows[i]);
}

void html_rows(FILE *out, const struct grid *g)
{
	for (size_t i = 0, end; i < g->row_count; i = end) {
		size_t len = strcspn(g->rows[i].id, ".");
		char *suite = mem_printf("%.*s", (int)len, g->rows[i].id);

		for (end = i; end < g->row_count && strcspn(g->rows[end].id, ".") == len &&
			      !strncmp(g->rows[end].id, suite, len);
		     end++)
			;
		fputs("<section class=\"suite\"", out);
		markup_attribute(out, "data-suite", suite, 0);
		fputs("><h2>", out);
		markup_text(out, suite, 0);
		fprintf(out, "<small>%zu behaviour%s</small></h2>\n", end - i, html_plural(end - i));
		put_rows(out, g, i, end, true);
		put_rows(out, g, i, end, false);
		fputs("</section>\n", out);
		free(suite);
	}
}
