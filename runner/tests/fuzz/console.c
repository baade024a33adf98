// SPDX-License-Identifier: GPL-2.0-only
/* Any bytes on the console; whatever is kept of it is printable and bounded. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runner/host/console.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_printable(const char *s, bool lines)
{
	if (!s)
		return;
	if (strlen(s) > CONSOLE_SLICE_MAX + 64)
		abort();
	for (; *s; s++)
		if ((*s < 0x20 || *s > 0x7e) && !(lines && *s == '\n'))
			abort();
}

static void fuzz_console(const char *data, size_t size, size_t step)
{
	struct console c;

	console_init(&c, NULL, 1, NULL);
	console_begin(&c, "a.one");
	for (size_t at = 0; at < size; at += step)
		console_feed(&c, data + at, size - at < step ? size - at : step);
	must_be_printable(text_get(&c.slice), true);
	must_be_printable(c.splat, false);
	free(console_fingerprint(text_get(&c.slice)));
	free(console_tail(&c));
	console_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size)
		fuzz_console((const char *)data + 1, size - 1, data[0] % 64 + 1u);
	return 0;
}
