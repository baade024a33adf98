// SPDX-License-Identifier: GPL-2.0-only
/*
 * results.html: behaviours by kernels on one page that needs no other file and no network. Each behaviour is a
 * <details>, so that it opens without script; the script filters. Whatever a guest said goes through markup_text(),
 * and a content security policy lets no script run but the page's own.
 */
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "results/grid.h"
#include "results/markup.h"
#include "results/matrix.h"
#include "runner/base/text.h"
#include "runner/base/sha256.h"

enum { MESSAGE_MAX = 100000, LOG_MAX = 64 * 1024, ATTENTION_MAX = 100, WHY_MAX = 200 };

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

static size_t cells_in(const struct row *row, size_t count, enum verdict v)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += row->cells[i] && outcome_verdict(row->cells[i]) == v;
	return n;
}

static bool is_sabotage(const struct run *run)
{
	return json_is_true(json_object_get(json_object_get(run->facts, "options"), "sabotage"));
}

static const char *kernel_fact(const struct run *run, const char *key)
{
	const char *value = json_string_value(json_object_get(json_object_get(run->facts, "kernel"), key));

	return value ? value : "";
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void put_element(FILE *out, const char *tag, const char *class, const char *text, size_t limit)
{
	fprintf(out, "<%s", tag);
	markup_attribute(out, "class", class, 0);
	fputc('>', out);
	markup_text(out, text, limit);
	fprintf(out, "</%s>", tag);
}

static void put_verdict(FILE *out, enum verdict v)
{
	fprintf(out, "<span class=\"v v-%s\">%s</span>", verdict_name(v), verdict_name(v));
}

static void put_seconds(FILE *out, long ms)
{
	if (ms < 60000)
		fprintf(out, "%.2f s", (double)ms / 1000);
	else
		fprintf(out, "%ld min %02ld s", ms / 60000, ms / 1000 % 60);
}

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
	fprintf(out, "%zu %s%s, ", g->count, grid_column(g), plural(g->count));
	put_element(out, "time", NULL, run_fact(g->runs[0], "started"), 0);
	fputs("</p>\n</header>\n", out);
	for (size_t i = 0; i < g->count; i++) {
		if (!is_sabotage(g->runs[i]))
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
	char *why;

	fputs("<tr><th scope=\"row\">", out);
	markup_text(out, name, WHY_MAX);
	fputs("</th>", out);
	for (int i = 0; i < GROUPS; i++) {
		size_t n = run_group(run, (enum group)i);

		fprintf(out, "<td class=\"n%s\">%zu</td>", !n ? " zero" : i < 2 ? " some-bad" : "", n);
	}
	fputs("<td>", out);
	put_bar(out, run);
	fputs("</td><td class=\"n\">", out);
	if (run_took(run))
		put_seconds(out, run_took(run));
	fputs("</td><td class=\"release\">", out);
	put_facts(out, (const char *[]){kernel_fact(run, "release"), kernel_fact(run, "version"),
					run_fact(run, "accel"), NULL});
	fputs("</td></tr>\n", out);
	if (!run_is_whole(run, &why)) {
		fprintf(out, "<tr><td class=\"why\" colspan=\"%d\">not finished: ", GROUPS + 4);
		markup_text(out, why, MESSAGE_MAX);
		fputs("</td></tr>\n", out);
	}
	free(why);
}

static void put_runs(FILE *out, const struct grid *g)
{
	fputs("<div class=\"wide\"><table class=\"runs\">\n<thead><tr><th scope=\"col\">kernel</th>", out);
	for (int i = 0; i < GROUPS; i++)
		fprintf(out, "<th scope=\"col\" class=\"n\">%s</th>", group_word((enum group)i));
	fputs("<td></td><th scope=\"col\" class=\"n\">time</th><th scope=\"col\">release, package, "
	      "accelerator</th></tr></thead>\n<tbody>\n",
	      out);
	for (size_t i = 0; i < g->count; i++)
		put_run(out, g->runs[i], g->names[i]);
	fputs("</tbody></table></div>\n", out);
}

static void put_pair(FILE *out, const char *term, const char *text)
{
	if (!text || !*text)
		return;
	put_element(out, "dt", NULL, term, 0);
	put_element(out, "dd", NULL, text, MESSAGE_MAX);
}

/* How a run was made, and what it told besides: folded, for it is asked for when something looks odd. */
static void put_about(FILE *out, const struct run *run, const char *name)
{
	json_t *qemu = json_object_get(run->facts, "qemu"), *host = json_object_get(run->facts, "host"),
	       *note;
	size_t i;

	char *runtime = run_runtime(run);

	fputs("<details class=\"about\"><summary>", out);
	markup_text(out, name, WHY_MAX);
	if (json_array_size(run->notes))
		fprintf(out, ": %zu note%s", json_array_size(run->notes),
			plural(json_array_size(run->notes)));
	fputs("</summary><dl>", out);
	put_pair(out, "run", run_fact(run, "id"));
	put_pair(out, "started", run_fact(run, "started"));
	put_pair(out, "command", run_fact(run, "command"));
	put_pair(out, "runtime", runtime);
	put_pair(out, "package", kernel_fact(run, "package"));
	put_pair(out, "image", kernel_fact(run, "image"));
	put_pair(out, "sha256", kernel_fact(run, "sha256"));
	put_pair(out, "emulator", json_string_value(json_object_get(qemu, "version")));
	put_pair(out, "its command", json_string_value(json_object_get(qemu, "command")));
	put_pair(out, "processor", json_string_value(json_object_get(host, "cpu")));
	json_array_foreach(run->notes, i, note)
	{
		put_pair(out, "note", json_string_value(note));
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

static void put_link(FILE *out, const char *id)
{
	fputs("<a class=\"id\" href=\"#", out);
	markup_text(out, id, 0);
	fputs("\">", out);
	markup_text(out, id, 0);
	fputs("</a>", out);
}

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

static void put_attention_row(FILE *out, const struct grid *g, const struct row *row)
{
	const struct result *told = NULL;

	fputs("<li>", out);
	put_link(out, row->id);
	for (int v = 0; v < VERDICTS; v++) {
		if (!bad_cells(row, g->count, (enum verdict)v))
			continue;
		fputc(' ', out);
		put_verdict(out, (enum verdict)v);
		put_kernels(out, g, row, (enum verdict)v);
	}
	for (size_t i = 0; i < g->count && !told; i++)
		if (outcome_is_bad(row->cells[i]))
			told = row->cells[i]->result;
	if (told && told->message)
		put_element(out, "span", "why", told->message, WHY_MAX);
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
		put_element(out, "option", NULL, suite, 0);
		free(suite);
	}
	fputs("</select></label>\n", out);
}

static void put_buttons(FILE *out, const struct grid *g)
{
	fputs("<fieldset><legend class=\"hidden\">verdicts</legend>", out);
	for (int i = 0; i < GROUPS * VERDICTS; i++) {
		enum verdict v = (enum verdict)(i % VERDICTS);
		size_t rows = 0;

		if (verdict_group(v) != (enum group)(i / VERDICTS))
			continue;

		for (size_t k = 0; k < g->row_count; k++)
			rows += cells_in(&g->rows[k], g->count, v) > 0;
		if (!rows)
			continue;
		fprintf(out, "<button type=\"button\" aria-pressed=\"false\" data-verdict=\"%s\">",
			verdict_name(v));
		put_verdict(out, v);
		fprintf(out, " <span class=\"count\">%zu</span></button>", rows);
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

			put_element(out, "small", NULL, first, WHY_MAX);
			free(first);
		}
		markup_text(out, last, WHY_MAX);
		fputs("</span>", out);
	}
	fputs("</div>\n</div>\n", out);
}

/* ---- behaviours ---- */

static void put_cells(FILE *out, const struct grid *g, const struct row *row)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct outcome *o = row->cells[i];

		fprintf(out, "<span class=\"cell%s\"><span class=\"hidden\">", o ? "" : " absent");
		markup_text(out, g->names[i], WHY_MAX);
		fputs(" </span>", out);
		if (!o)
			fputs("&#8211;", out);
		else if (outcome_lacks(o, g->runs[i]))
			fputs("<span class=\"v v-skip\" title=\"this kernel should have it\">skip!</span>",
			      out);
		else
			put_verdict(out, outcome_verdict(o));
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
		plural(lines));
	markup_text(out, text, LOG_MAX);
	fputs("</pre></details>\n", out);
}

static void put_known(FILE *out, const struct result *r)
{
	if (!r->known_reason)
		return;
	fprintf(out,
		"<p>known as %s: ", verdict_name(r->verdict == VERDICT_XPASS ? VERDICT_FAIL : r->observed));
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
		put_element(out, "p", "message", r->message, MESSAGE_MAX);
	put_known(out, r);
	if (r->role || r->file) {
		fputs("<p class=\"quiet\">", out);
		if (r->role) {
			fputs("in the child ", out);
			put_element(out, "code", NULL, r->role, 0);
		}
		if (r->file) {
			fputs(r->role ? ", at <code>" : "at <code>", out);
			markup_text(out, r->file, 0);
			fprintf(out, ":%d</code>", r->line);
		}
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
	put_verdict(out, outcome_verdict(o));
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
		put_seconds(out, other->result->duration_ms);
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
	if (outcome_lacks(o, g->runs[run]))
		fputs("<p>By its version this kernel should have what the test needs.</p>\n", out);
	if (command && outcome_is_bad(o))
		put_element(out, "code", "command", command, MESSAGE_MAX);
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
			put_element(out, "code", "command", command, MESSAGE_MAX);
		free(command);
		return;
	}
}

static void put_more(FILE *out, const struct grid *g, const struct row *row, const struct outcome *c)
{
	fputs("<div class=\"more\"", out);
	markup_attribute(out, "id", row->id, 0);
	fputs("><dl>", out);
	put_pair(out, "observed by", c->expected);
	put_pair(out, "source", c->source);
	if (c->file) {
		char *at = mem_printf("%s:%d", c->file, c->line);

		put_pair(out, "test", at);
		free(at);
	}
	fputs("<dt>link</dt><dd>", out);
	put_link(out, row->id);
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
		if (cells_in(row, g->count, (enum verdict)v))
			fprintf(out, "%s ", verdict_name((enum verdict)v));
	fprintf(out, "\"%s><summary><span class=\"what\"><span class=\"id%s\">",
		row->differs ? " data-differs" : "", row->differs ? " differs" : "");
	markup_text(out, row->id, 0);
	if (row->differs)
		fputs("<span class=\"hidden\"> differs</span>", out);
	fputs("</span>", out);
	if (c->statement)
		put_element(out, "span", "says", c->statement, 0);
	fputs("</span>", out);
	put_cells(out, g, row);
	fputs("</summary>\n", out);
	put_more(out, g, row, c);
	fputs("</details>\n", out);
}

static void put_rows(FILE *out, const struct grid *g)
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
		fprintf(out, "<small>%zu behaviour%s</small></h2>\n", end - i, plural(end - i));
		for (size_t j = i; j < end; j++)
			put_row(out, g, &g->rows[j]);
		fputs("</section>\n", out);
		free(suite);
	}
}

int report_html(const struct grid *g, FILE *out)
{
	put_head(out, g);
	put_title(out, g);
	put_runs(out, g);
	put_abouts(out, g);
	put_attention(out, g);
	put_filters(out, g);
	fputs("<main>\n", out);
	put_rows(out, g);
	fprintf(out,
		"</main>\n<footer>A row opens on click; its link names it. Verdicts: README.md of "
		"nscheck.</footer>\n"
		"</div>\n<script>%s</script>\n</body>\n</html>\n",
		page_script);
	return ferror(out) ? -1 : 0;
}
