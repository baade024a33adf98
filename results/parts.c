// SPDX-License-Identifier: GPL-2.0-only
#include "results/parts.h"

#include <string.h>

static void take_test(struct run_parts *p, const json_t *entry)
{
	long long at = json_integer_value(json_object_get(entry, "at_ms"));

	p->tests_ms += json_integer_value(json_object_get(entry, "duration_ms"));
	if (at > p->at_ms)
		p->at_ms = at;
}

/* Another part comes, or none. */
static void close_part(struct run_parts *p)
{
	if (p->ended) {
		run_end_add(&p->before, &p->end);
	} else {
		p->before.ms[SHARE_TESTS] += p->tests_ms;
		p->before.ms[SHARE_TOTAL] += p->at_ms - p->began_ms;
	}
	p->began_ms = p->at_ms;
	p->tests_ms = 0;
}

void run_parts_entry(struct run_parts *p, const char *type, const json_t *entry)
{
	if (!strcmp(type, "test")) {
		take_test(p, entry);
	} else if (!strcmp(type, "end")) {
		run_end_free(&p->end);
		run_end_read(&p->end, entry);
		p->ended = true;
	} else if (!strcmp(type, "resumed")) {
		close_part(p);
		run_end_free(&p->end);
		p->ended = false;
	}
}

struct run_end run_parts_end(struct run_parts *p)
{
	close_part(p);

	struct run_end whole = p->before;
	whole.how = p->end.how;
	whole.fault = p->end.fault;
	*p = (struct run_parts){0};
	return whole;
}
