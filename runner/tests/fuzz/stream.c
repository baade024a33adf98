// SPDX-License-Identifier: GPL-2.0-only
/* Any bytes on the results channel; whatever leaves it is printable and bounded. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runner/host/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_printable(const char *s, bool lines)
{
	if (!s)
		return;
	if (strlen(s) > STREAM_TEXT_MAX + 64)
		abort();
	for (; *s; s++)
		if ((*s < 0x20 || *s > 0x7e) && !(lines && *s == '\n'))
			abort();
}

static void sink(void *arg, struct stream_event *event)
{
	struct stream *s = arg;
	struct result *r = event->result;

	must_be_printable(event->text, event->kind == STREAM_SETUP);
	if (event->kind != STREAM_RESULT)
		return;
	enum verdict v = judge_test(&r->evidence);
	if (strcmp(r->id, "a.one") || v == VERDICT_MISS || v == VERDICT_CRASH || r->line < 0 ||
	    (v == VERDICT_LEAK && !r->left))
		abort();
	must_be_printable(r->message, false);
	must_be_printable(r->file, false);
	must_be_printable(r->role, false);
	must_be_printable(r->left, false);
	must_be_printable(r->diagnostics, true);
	result_free(r);
	stream_expect(s, "a.one");
}

static void fuzz_stream(const char *data, size_t size, size_t step)
{
	struct stream s;

	stream_init(&s, sink, &s);
	stream_expect(&s, "a.one");
	for (size_t at = 0; at < size; at += step)
		stream_feed(&s, data + at, size - at < step ? size - at : step);
	result_free(stream_abandon(&s));
	stream_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t step = size ? data[0] % 64 + 1u : 1;

	if (size)
		fuzz_stream((const char *)data + 1, size - 1, step);
	return 0;
}
