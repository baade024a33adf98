// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/finish.h"

#include <stdlib.h>

#include "runner/base/mem.h"

static void explain(struct result *r, const char *splat)
{
	if (r->verdict == VERDICT_SPLAT) {
		result_set(&r->message, splat);
	} else if (r->verdict == VERDICT_LEAK) {
		free(r->message);
		r->message = mem_printf("left behind or changed: %s", r->left);
	} else if (r->verdict == VERDICT_LOST) {
		char *lacking = r->message;

		r->message = mem_printf("%s, although a kernel of this version should have it",
					lacking ? lacking : "no reason given");
		free(lacking);
	}
}

void finish_result(struct result *r, const struct console *c)
{
	bool cut = c->started; /* without its marks, all that was said since the last test */
	const char *log = cut ? text_get(&c->slice) : text_get(&c->gap);
	const char *splat = cut ? c->splat : c->gap_splat;

	r->evidence.splat = splat != NULL;
	r->verdict = judge_test(&r->evidence);
	explain(r, splat);
	if (r->verdict == VERDICT_SPLAT || r->verdict == VERDICT_CRASH)
		r->fingerprint = console_fingerprint(log);
	if (*log && r->verdict != VERDICT_PASS && r->verdict != VERDICT_SKIP)
		result_set(&r->kernel_log, log);
}
