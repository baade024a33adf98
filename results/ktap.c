// SPDX-License-Identifier: GPL-2.0-only
/* results.ktap: KTAP 1 (Documentation/dev-tools/ktap.rst), flat, one line per test, diagnostics before it. */
#include <stdlib.h>
#include <string.h>

#include "results/report.h"

/* Each line of a text as a diagnostic; one that would open a subtest gets one more space before it. */
static void diagnostics(FILE *out, const char *label, const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n");

		fprintf(out, "# %s%s%.*s\n", strncmp(text, "Subtest", 7) ? "" : " ", label, (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static void describe(FILE *out, const struct result *r)
{
	if (r->verdict == VERDICT_PASS || r->verdict == VERDICT_SKIP)
		return;
	diagnostics(out, "", r->diagnostics);
	if (r->file)
		fprintf(out, "# at %s:%d\n", r->file, r->line);
	diagnostics(out, "", r->message);
	diagnostics(out, "kernel: ", r->kernel_log);
}

/* The end of a result line. A # in the text is escaped as in TAP, or what follows could pass for another directive. */
static void directive(FILE *out, const char *word, const char *text)
{
	fprintf(out, " # %s%s", word, *text ? " " : "");
	for (; *text; text++)
		fprintf(out, *text == '#' ? "\\#" : "%c", *text);
}

/* KTAP has no splat, leak or crash: an ERROR directive or the diagnostics say it. */
static void result_line(FILE *out, size_t number, const char *id, const struct result *r)
{
	enum verdict v = r ? r->verdict : VERDICT_MISS;
	const char *text = r && r->message ? r->message : "";

	fprintf(out, "%s %zu %s", verdict_is_good(v) ? "ok" : "not ok", number, id);
	switch (v) {
	case VERDICT_SKIP: directive(out, "SKIP", text); break;
	case VERDICT_XFAIL: directive(out, "XFAIL", r->known_reason ? r->known_reason : text); break;
	case VERDICT_XPASS: directive(out, "XPASS", ""); break;
	case VERDICT_TIMEOUT: directive(out, "TIMEOUT", text); break;
	case VERDICT_CRASH:
		directive(out, "ERROR kernel crash:", r->fingerprint ? r->fingerprint : text);
		break;
	case VERDICT_ERROR: directive(out, "ERROR", text); break;
	case VERDICT_MISS: directive(out, "ERROR", "not run"); break;
	default: break;
	}
	fputc('\n', out);
}

static int report(const struct run *run, FILE *out)
{
	fprintf(out, "KTAP version 1\n1..%zu\n", run->count);
	for (size_t i = 0; i < run->count; i++) {
		const struct outcome *o = &run->tests[i];

		if (o->result) {
			fprintf(out, "#:nscheck_verdict: %s\n", verdict_name(o->result->verdict));
			describe(out, o->result);
			char *again = outcome_again(o);
			diagnostics(out, "", again);
			free(again);
		}
		result_line(out, i + 1, o->id, o->result);
	}
	return ferror(out) ? -1 : 0;
}

const struct reporter reporter_ktap = {.file = "results.ktap", .of_run = report};
