// SPDX-License-Identifier: GPL-2.0-only
/*
 * results.junit.xml: a testsuite for each kernel and suite, as GitLab and Jenkins read it, with nothing in it that the
 * schema of Jenkins' xUnit plugin refuses. A verdict on the kernel is a failure, trouble of the harness an error; a known
 * failure is skipped, for it asks for no attention.
 */
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "results/markup.h"
#include "results/report.h"
#include "runner/base/text.h"

enum { ATTRIBUTE_MAX = 1000, LOG_MAX = 100000 };

struct counts {
	size_t tests, failures, errors, skipped;
	long ms;
};

static const char *element_of(const struct outcome *o)
{
	enum verdict v = outcome_verdict(o);

	if (v == VERDICT_SKIP || v == VERDICT_XFAIL)
		return "skipped";
	if (!outcome_is_bad(o))
		return NULL;
	return v == VERDICT_ERROR || v == VERDICT_MISS ? "error" : "failure";
}

static void count(struct counts *c, const struct outcome *o)
{
	const char *element = element_of(o);

	c->tests++;
	c->ms += o->result ? o->result->duration_ms : 0;
	if (!element)
		return;
	if (*element == 's')
		c->skipped++;
	else if (*element == 'e')
		c->errors++;
	else
		c->failures++;
}

/* All suites together have no number of those that were skipped. */
static void put_counts(FILE *out, const struct counts *c, bool of_suite)
{
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", c->tests, c->failures, c->errors);
	if (of_suite)
		fprintf(out, " skipped=\"%zu\"", c->skipped);
	fprintf(out, " time=\"%ld.%03ld\"", c->ms / 1000, c->ms % 1000);
}

static void put_line(FILE *out, const char *before, const char *text)
{
	if (!text || !*text)
		return;
	fputs(before, out);
	markup_text(out, text, LOG_MAX);
	if (text[strlen(text) - 1] != '\n')
		fputc('\n', out);
}

/* <skipped>, <failure> or <error>: the one line that CI shows, and below it what somebody needs to look into it. */
static void put_verdict(FILE *out, const struct run *run, const struct outcome *o)
{
	const struct result *r = o->result;
	enum verdict v = outcome_verdict(o);
	const char *element = element_of(o), *text = r ? r->message : "never ran";

	if (!element)
		return;
	if (v == VERDICT_XFAIL)
		text = r->known_reason;
	if (v == VERDICT_PASS)
		text = "passes although the helpers lied";
	fprintf(out, "   <%s", element);
	markup_attribute(out, "message", text, ATTRIBUTE_MAX);
	if (*element == 's') {
		fputs("/>\n", out);
		return;
	}
	fprintf(out, " type=\"%s\">", verdict_name(v));
	put_line(out, "", text);
	if (r)
		put_line(out, "in the child: ", r->role);
	if ((r && r->file) || o->file)
		fprintf(out, "at %s:%d\n", r && r->file ? r->file : o->file,
			r && r->file ? r->line : o->line);
	put_line(out, "promise: ", o->statement);
	char *again = outcome_again(o);
	put_line(out, "", again);
	free(again);
	char *command = run_command(run, o->id);
	put_line(out, "again: ", command);
	free(command);
	fprintf(out, "</%s>\n", element);
}

static void put_output(FILE *out, const struct result *r)
{
	bool said = r && r->diagnostics && *r->diagnostics, log = r && r->kernel_log && *r->kernel_log;

	if (!said && !log)
		return;
	fputs("   <system-out>", out);
	put_line(out, "", said ? r->diagnostics : NULL);
	put_line(out, "kernel log:\n", log ? r->kernel_log : NULL);
	fputs("</system-out>\n", out);
}

static void put_case(FILE *out, const struct run *run, const char *suite, const struct outcome *o)
{
	const struct result *r = o->result;
	const char *rest = strchr(o->id, '.');
	long ms = r ? r->duration_ms : 0;

	fputs("  <testcase", out);
	markup_attribute(out, "classname", suite, 0);
	markup_attribute(out, "name", rest ? rest + 1 : o->id, 0);
	fprintf(out, " time=\"%ld.%03ld\">\n", ms / 1000, ms % 1000);
	put_verdict(out, run, o);
	put_output(out, r);
	fputs("  </testcase>\n", out);
}

static size_t suite_length(const struct row *row)
{
	return strcspn(row->id, ".");
}

/* Rows from `first` on that are of the same suite. */
static size_t end_of_suite(const struct grid *g, size_t first)
{
	size_t len = suite_length(&g->rows[first]), end = first;

	while (end < g->row_count && suite_length(&g->rows[end]) == len &&
	       !strncmp(g->rows[end].id, g->rows[first].id, len))
		end++;
	return end;
}

static void put_suite_head(FILE *out, const struct run *run, const char *name, const struct counts *c)
{
	fputs(" <testsuite", out);
	markup_attribute(out, "name", name, 0);
	put_counts(out, c, true);
	markup_attribute(out, "timestamp", fact_text(run->facts.started), 0);
	fputs(">\n", out);
}

static void put_suite(FILE *out, const struct grid *g, size_t run, size_t first, size_t end)
{
	struct counts c = {0};
	size_t len = suite_length(&g->rows[first]);

	for (size_t i = first; i < end; i++)
		if (g->rows[i].cells[run])
			count(&c, g->rows[i].cells[run]);
	if (!c.tests)
		return;
	char *name = mem_printf("%s/%.*s", g->names[run], (int)len, g->rows[first].id);
	put_suite_head(out, g->runs[run], name, &c);
	for (size_t i = first; i < end; i++)
		if (g->rows[i].cells[run])
			put_case(out, g->runs[run], name, g->rows[i].cells[run]);
	fputs(" </testsuite>\n", out);
	free(name);
}

/* A run that was not finished shows even if none of its tests ran. */
static void put_broken(FILE *out, const struct run *run, const char *name, const char *why)
{
	char *suite = mem_printf("%s/nscheck", name);

	put_suite_head(out, run, suite, &(struct counts){.tests = 1, .errors = 1});
	fputs("  <testcase", out);
	markup_attribute(out, "classname", suite, 0);
	fputs(" name=\"run\" time=\"0.000\">\n   <error", out);
	markup_attribute(out, "message", why, ATTRIBUTE_MAX);
	fputs(" type=\"unfinished\">", out);
	markup_text(out, why, LOG_MAX);
	fputs("</error>\n  </testcase>\n </testsuite>\n", out);
	free(suite);
}

static struct counts count_all(const struct grid *g)
{
	struct counts c = {0};

	for (size_t i = 0; i < g->count; i++) {
		for (size_t j = 0; j < g->row_count; j++)
			if (g->rows[j].cells[i])
				count(&c, g->rows[j].cells[i]);
		bool broken = run_trouble(g->runs[i]) != NULL;
		c.tests += broken;
		c.errors += broken;
	}
	return c;
}

static int report(const struct grid *g, FILE *out)
{
	struct counts all = count_all(g);

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"nscheck\"", out);
	put_counts(out, &all, false);
	fputs(">\n", out);
	for (size_t run = 0; run < g->count; run++) {
		const char *trouble = run_trouble(g->runs[run]);

		if (trouble)
			put_broken(out, g->runs[run], g->names[run], trouble);
		for (size_t i = 0; i < g->row_count; i = end_of_suite(g, i))
			put_suite(out, g, run, i, end_of_suite(g, i));
	}
	fputs("</testsuites>\n", out);
	return ferror(out) ? -1 : 0;
}

const struct reporter reporter_junit = {.file = "results.junit.xml", .of_grid = report};
