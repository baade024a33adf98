// SPDX-License-Identifier: GPL-2.0-only
/* results.ktap: KTAP 1 (Documentation/dev-tools/ktap.rst), flat, one line per test, diagnostics before it. */
#include <stdlib.h>
#include <string.h>

#include "results/run.h"

/* Each line of a text as a diagnostic. */
static void diagnostics(FILE *out, const char *label, const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n");

		fprintf(out, "# %s%.*s\n", label, (int)len, text);
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

/* KTAP has no splat, leak or crash: an ERROR directive or the diagnostics say it. */
static void result_line(FILE *out, size_t number, const char *id, const struct result *r)
{
	const char *text = r && r->message ? r->message : "";

	switch (r ? r->verdict : VERDICT_MISS) {
	case VERDICT_PASS: fprintf(out, "ok %zu %s\n", number, id); break;
	case VERDICT_SKIP: fprintf(out, "ok %zu %s # SKIP %s\n", number, id, text); break;
	case VERDICT_XFAIL:
		fprintf(out, "ok %zu %s # XFAIL %s\n", number, id, r->known_reason ? r->known_reason : text);
		break;
	case VERDICT_XPASS: fprintf(out, "not ok %zu %s # XPASS\n", number, id); break;
	case VERDICT_TIMEOUT: fprintf(out, "not ok %zu %s # TIMEOUT %s\n", number, id, text); break;
	case VERDICT_CRASH:
		fprintf(out, "not ok %zu %s # ERROR kernel crash: %s\n", number, id,
			r->fingerprint ? r->fingerprint : text);
		break;
	case VERDICT_ERROR: fprintf(out, "not ok %zu %s # ERROR %s\n", number, id, text); break;
	case VERDICT_MISS: fprintf(out, "not ok %zu %s # ERROR not run\n", number, id); break;
	default: fprintf(out, "not ok %zu %s\n", number, id);
	}
}

int report_ktap(const struct run *run, FILE *out)
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
