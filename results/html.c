// SPDX-License-Identifier: GPL-2.0-only
/*
 * results.html: behaviours by kernels on one page that needs no other file and no network. Each behaviour is a
 * <details>, so that it opens without script; the script filters. Whatever a guest said goes through markup_text(),
 * and a content security policy lets no script run but the page's own.
 */
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "results/html_parts.h"
#include "results/html_rows.h"
#include "results/markup.h"
#include "results/report.h"
#include "runner/base/text.h"
#include "runner/base/sha256.h"

enum { ATTENTION_MAX = 100 };

/* The files beside this one, as they are. */
#define EMBED(name, path)                                                                                    \
	__asm__(".pushsection .rodata\n" #name ":\n.incbin \"" path "\"\n.byte 0\n.popsection\n");           \
	extern const char name[]

EMBED(page_style, "results/html.css");
EMBED(page_script, "results/html.js");

static const char *const group_classes[GROUPS] = {[GROUP_BAD] = "bad",
						  [GROUP_OPEN] = "open",
						  [GROUP_KNOWN] = "known",
						  [GROUP_GOOD] = "good",
						  [GROUP_SKIP] = "skip"};

/* ---- the head of the page ---- */

static unsigned int hex_byte(const char *hex)
{
	char pair[3] = {hex[0], hex[1], '\0'};

	return (unsigned int)strtoul(pair, NULL, 16);
}

/* A policy names a script by its SHA-256 in base 64: 32 bytes, ten groups of three and one of two. */
static void put_script_sum(FILE *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char hex[67] = "";

	sha256_of(page_script, strlen(page_script), hex);
	memcpy(hex + 64, "00", 3);
	for (int i = 0; i < 66; i += 6) {
		unsigned int three =
			hex_byte(hex + i) << 16 | hex_byte(hex + i + 2) << 8 | hex_byte(hex + i + 4);

		fprintf(out, "%c%c%c%c", digits[three >> 18], digits[three >> 12 & 63],
			digits[three >> 6 & 63], i == 60 ? '=' : digits[three & 63]);
	}
}

static size_t bad_rows(const struct grid *g)
{
	size_t bad = 0;

	for (size_t i = 0; i < g->row_count; i++)
		bad += g->rows[i].bad;
	return bad;
}

static void put_head(FILE *out, const struct grid *g)
{
	size_t bad = bad_rows(g);

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src 'sha256-",
	      out);
	put_script_sum(out);
	fputs("'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>", out);
	if (bad)
		fprintf(out, "%zu of %zu: ", bad, g->row_count);
	fputs("nscheck on ", out);
	markup_text(out, g->names[0], WHY_MAX);
	if (g->count > 1)
		fprintf(out, " and %zu more", g->count - 1);
	fprintf(out, "</title>\n<style>\n:root { --n: %zu; --column: %s; }\n%s", g->count,
		g->count > 6   ? "6.2rem"
		: g->count > 3 ? "6.8rem"
			       : "8.5rem",
		page_style);
	fputs("</style>\n</head>\n<body>\n<div class=\"page\">\n", out);
}

static void put_title(FILE *out, const struct grid *g)
{
	char *headline = grid_headline(g);

	fprintf(out, "<header class=\"title\">\n<h1>%s", headline);
	free(headline);
	fputs("</h1>\n<p><span class=\"name\">nscheck</span>: does a Linux kernel keep the promises of its "
	      "namespaces? ",
	      out);
	fprintf(out, "%zu %s%s, ", g->count, grid_column(g), html_plural(g->count));
	html_element(out, "time", NULL, fact_text(g->runs[0]->facts.started), 0);
	fputs("</p>\n</header>\n", out);
	for (size_t i = 0; i < g->count; i++) {
		if (!g->runs[i]->facts.sabotage)
			continue;
		fputs("<p class=\"banner\"><strong>Sabotage:</strong> the helpers lied about isolation. What "
		      "passes here "
		      "is a test that did not notice.</p>\n",
		      out);
		break;
	}
}

/* ---- runs ---- */

static void put_bar(FILE *out, const struct run *run)
{
	static const enum group order[GROUPS] = {GROUP_GOOD, GROUP_SKIP, GROUP_KNOWN, GROUP_OPEN, GROUP_BAD};

	fputs("<span class=\"bar\" aria-hidden=\"true\">", out);
	for (int i = 0; i < GROUPS; i++) {
		size_t n = run_group(run, order[i]);

		if (n)
			fprintf(out, "<i class=\"%s\" style=\"flex:%zu\"></i>", group_classes[order[i]], n);
	}
	fputs("</span>", out);
}

/* Those that are known, a dot between them. */
static void put_facts(FILE *out, const char *const *facts)
{
	const char *separator = "";

	for (; *facts; facts++) {
		if (!**facts)
			continue;
		fputs(separator, out);
		markup_text(out, *facts, 0);
		separator = " &#183; ";
	}
}

static void put_run(FILE *out, const struct run *run, const char *name)
{
	const char *trouble = run_trouble(run);

	fputs("<tr><th scope=\"row\">", out);
	markup_text(out, name, WHY_MAX);
	fputs("</th>", out);
	for (int i = 0; i < GROUPS; i++) {
		size_t n = run_group(run, (enum group)i);

		fprintf(out, "<td class=\"n%s\" data-label=\"%s\">%zu</td>",
			!n      ? " zero"
			: i < 2 ? " some-bad"
				: "",
			group_word((enum group)i), n);
	}
	fprintf(out, "<td class=\"n\" data-label=\"tests\">%zu</td><td class=\"drawn\">", run->count);
	put_bar(out, run);
	fprintf(out, "</td><td class=\"n\"%s>", run_took(run) ? " data-label=\"time\"" : "");
	if (run_took(run))
		html_seconds(out, run_took(run));
	fputs("</td><td class=\"release\">", out);
	put_facts(out,
		  (const char *[]){fact_text(run->facts.kernel.release), fact_text(run->facts.kernel.version),
				   fact_text(run->facts.accel), NULL});
	fputs("</td></tr>\n", out);
	if (trouble) {
		fprintf(out, "<tr><td class=\"why\" colspan=\"%d\">not finished: ", GROUPS + 5);
		markup_text(out, trouble, MESSAGE_MAX);
		fputs("</td></tr>\n", out);
	}
}

static void put_runs(FILE *out, const struct grid *g)
{
	fputs("<div class=\"wide\"><table class=\"runs\">\n<thead><tr><th scope=\"col\">kernel</th>", out);
	for (int i = 0; i < GROUPS; i++)
		fprintf(out, "<th scope=\"col\" class=\"n\">%s</th>", group_word((enum group)i));
	fputs("<th scope=\"col\" class=\"n\">tests</th><td></td><th scope=\"col\" class=\"n\">time</th><th "
	      "scope=\"col\">release, package, "
	      "accelerator</th></tr></thead>\n<tbody>\n",
	      out);
	for (size_t i = 0; i < g->count; i++)
		put_run(out, g->runs[i], g->names[i]);
	fputs("</tbody></table></div>\n", out);
}

/* How a run was made, and what it told besides: folded, for it is asked for when something looks odd. */
static void put_about(FILE *out, const struct run *run, const char *name)
{
	const struct facts *f = &run->facts;
	json_t *note;
	size_t i;

	char *runtime = run_runtime(run);

	fputs("<details class=\"about\"><summary>", out);
	markup_text(out, name, WHY_MAX);
	if (json_array_size(run->notes))
		fprintf(out, ": %zu note%s", json_array_size(run->notes),
			html_plural(json_array_size(run->notes)));
	fputs("</summary><dl>", out);
	html_pair(out, "run", f->id);
	html_pair(out, "started", f->started);
	html_pair(out, "command", f->command);
	html_pair(out, "runtime", runtime);
	html_pair(out, "package", f->kernel.package);
	html_pair(out, "image", f->kernel.image);
	html_pair(out, "sha256", f->kernel.sha256);
	html_pair(out, "emulator", f->qemu.version);
	html_pair(out, "its command", f->qemu.command);
	html_pair(out, "processor", f->host.cpu);
	json_array_foreach(run->notes, i, note)
	{
		html_pair(out, "note", json_string_value(note));
	}
	fputs("</dl></details>\n", out);
	free(runtime);
}

static void put_abouts(FILE *out, const struct grid *g)
{
	fputs("<details class=\"abouts\"><summary>How it was run</summary>\n", out);
	for (size_t i = 0; i < g->count; i++)
		put_about(out, g->runs[i], g->names[i]);
	fputs("</details>\n", out);
}

/* ---- what asks for attention ---- */

/* The kernels on which a row has that verdict. */
static void put_kernels(FILE *out, const struct grid *g, const struct row *row, enum verdict v)
{
	const char *separator = " ";

	if (g->count == 1)
		return;
	fputs("<small class=\"quiet\">", out);
	for (size_t i = 0; i < g->count; i++) {
		if (!row->cells[i] || outcome_verdict(row->cells[i]) != v)
			continue;
		fputs(separator, out);
		markup_text(out, g->names[i], WHY_MAX);
		separator = ", ";
	}
	fputs("</small>", out);
}

static bool bad_cells(const struct row *row, size_t count, enum verdict v)
{
	for (size_t i = 0; i < count; i++)
		if (outcome_is_bad(row->cells[i]) && outcome_verdict(row->cells[i]) == v)
			return true;
	return false;
}

/* What was wrong and where, of the first kernel on which something was. */
static void put_why(FILE *out, const struct outcome *o)
{
	const struct result *r = o->result;
	bool placed = r && r->file;

	fputs("<span class=\"why\">", out);
	if (r && r->message) {
		markup_text(out, r->message, WHY_MAX);
		fputs(r->role || placed || o->file ? "<br>" : "", out);
	}
	html_where(out, r ? r->role : NULL, placed ? r->file : o->file, placed ? r->line : o->line);
	fputs("</span>", out);
}

static void put_attention_row(FILE *out, const struct grid *g, const struct row *row)
{
	const struct outcome *told = NULL, *c = row_catalogue(g, row);

	fputs("<li>", out);
	html_link(out, row->id);
	for (int v = 0; v < VERDICTS; v++) {
		if (!bad_cells(row, g->count, (enum verdict)v))
			continue;
		fputc(' ', out);
		html_verdict(out, (enum verdict)v);
		put_kernels(out, g, row, (enum verdict)v);
	}
	for (size_t i = 0; i < g->count && !told; i++)
		if (outcome_is_bad(row->cells[i]))
			told = row->cells[i];
	if (c->statement)
		html_element(out, "span", "says", c->statement, 0);
	put_why(out, told);
	fputs("</li>\n", out);
}

static void put_attention(FILE *out, const struct grid *g)
{
	size_t bad = bad_rows(g), shown = 0;

	if (!bad)
		return;
	fprintf(out, "<details class=\"attention\"%s><summary>Asks for attention: %zu</summary>\n<ul>\n",
		bad <= ATTENTION_MAX / 4 ? " open" : "", bad);
	for (size_t i = 0; i < g->row_count; i++)
		if (g->rows[i].bad && shown++ < ATTENTION_MAX)
			put_attention_row(out, g, &g->rows[i]);
	fputs("</ul>\n", out);
	if (shown > ATTENTION_MAX)
		fprintf(out, "<p class=\"quiet\">and %zu more</p>\n", shown - ATTENTION_MAX);
	fputs("</details>\n", out);
}

/* ---- filters and column heads ---- */

static void put_suites(FILE *out, const struct grid *g)
{
	size_t len = 0;

	fputs("<label>suite <select name=\"suite\"><option value=\"\">all</option>", out);
	for (size_t i = 0; i < g->row_count; i++) {
		const char *id = g->rows[i].id;

		if (i && !strncmp(id, g->rows[i - 1].id, len) && strcspn(id, ".") == len)
			continue;
		len = strcspn(id, ".");
		char *suite = mem_printf("%.*s", (int)len, id);
		html_element(out, "option", NULL, suite, 0);
		free(suite);
	}
	fputs("</select></label>\n", out);
}

/* How many verdicts of that kind there are, of all kernels. */
static size_t count_verdicts(const struct grid *g, enum verdict v)
{
	size_t n = 0;

	for (size_t i = 0; i < g->row_count; i++)
		for (size_t k = 0; k < g->count; k++)
			n += g->rows[i].cells[k] && outcome_verdict(g->rows[i].cells[k]) == v;
	return n;
}

/* The numbers add up to that of the legend. */
static void put_buttons(FILE *out, const struct grid *g)
{
	size_t all = 0;

	for (int v = 0; v < VERDICTS; v++)
		all += count_verdicts(g, (enum verdict)v);
	fprintf(out, "<fieldset><legend>%zu verdict%s%s:</legend>", all, html_plural(all),
		g->count > 1 ? " in all" : "");
	for (int i = 0; i < GROUPS * VERDICTS; i++) {
		enum verdict v = (enum verdict)(i % VERDICTS);
		size_t n = verdict_group(v) == (enum group)(i / VERDICTS) ? count_verdicts(g, v) : 0;

		if (!n)
			continue;
		fprintf(out, "<button type=\"button\" aria-pressed=\"false\" data-verdict=\"%s\">",
			verdict_name(v));
		html_verdict(out, v);
		fprintf(out, " <span class=\"count\">%zu</span></button>", n);
	}
	fputs("</fieldset>\n", out);
}

static void put_filters(FILE *out, const struct grid *g)
{
	fputs("<div class=\"sticky\">\n<form class=\"filters\" role=\"search\">\n"
	      "<label class=\"hidden\" for=\"-words\">words</label>"
	      "<input id=\"-words\" type=\"search\" name=\"words\" placeholder=\"id, statement, message\" "
	      "autocomplete=\"off\" spellcheck=\"false\">\n",
	      out);
	put_buttons(out, g);
	put_suites(out, g);
	if (g->count > 1)
		fprintf(out,
			"<label><input type=\"checkbox\" name=\"differs\"> differs between %ss</label>\n",
			grid_column(g));
	fputs("<button type=\"button\" name=\"opener\">open or close all</button>\n"
	      "<output aria-live=\"polite\"></output>\n</form>\n",
	      out);
	fputs("<div class=\"heads\" aria-hidden=\"true\"><span class=\"first\">behaviour</span>", out);
	for (size_t i = 0; i < g->count; i++) {
		const char *slash = strrchr(g->names[i], '/'),
			   *last = slash && slash[1] ? slash + 1 : g->names[i];

		fputs("<span", out);
		markup_attribute(out, "title", g->names[i], 0);
		fputc('>', out);
		if (last != g->names[i]) {
			char *first = mem_printf("%.*s", (int)(last - g->names[i]), g->names[i]);

			html_element(out, "small", NULL, first, WHY_MAX);
			free(first);
		}
		markup_text(out, last, WHY_MAX);
		fputs("</span>", out);
	}
	fputs("</div>\n</div>\n", out);
}

static int report(const struct grid *g, FILE *out)
{
	put_head(out, g);
	put_title(out, g);
	put_runs(out, g);
	put_abouts(out, g);
	put_attention(out, g);
	put_filters(out, g);
	fputs("<main>\n", out);
	html_rows(out, g);
	fputs("</main>\n<footer>A row opens on click; its link names it.\n", out);
	html_legend(out);
	fprintf(out,
		"</footer>\n"
		"</div>\n<script>%s</script>\n</body>\n</html>\n",
		page_script);
	return ferror(out) ? -1 : 0;
}

const struct reporter reporter_html = {.file = "results.html", .of_grid = report};
