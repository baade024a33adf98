// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/claim.h"

#include <stdio.h>
#include <string.h>

const char *errno_name(int err)
{
	static char number[16];
	const char *name = err ? strerrorname_np(err) : "no error";

	if (name)
		return name;
	snprintf(number, sizeof(number), "errno %d", err);
	return number;
}

void claim_arranged(const char *file, int line, const char *call, int err)
{
	record_end(RECORD_ERROR, file, line, "cannot arrange: %s gives %s", call, errno_name(err));
}

void claim_works(const char *file, int line, const char *call, int err)
{
	record_end(RECORD_FAIL, file, line, "%s gives %s, expected to work", call, errno_name(err));
}

void claim_fails(const char *file, int line, const char *call, long result, int err, int expected)
{
	if (result == -1 && err == expected)
		return;
	char wanted[32];
	snprintf(wanted, sizeof(wanted), "%s", errno_name(expected));
	if (result == -1)
		record_end(RECORD_FAIL, file, line, "%s gives %s, expected %s", call, errno_name(err),
			   wanted);
	record_end(RECORD_FAIL, file, line, "%s works (%ld), expected %s", call, result, wanted);
}

static void value_text(char *out, size_t size, struct claim_value v)
{
	if (!v.is_text)
		snprintf(out, size, "%lld", v.number);
	else if (v.text)
		snprintf(out, size, "\"%s\"", v.text);
	else
		snprintf(out, size, "NULL");
}

static bool value_equal(struct claim_value a, struct claim_value b)
{
	if (a.is_text && b.is_text)
		return a.text && b.text ? strcmp(a.text, b.text) == 0 : a.text == b.text;
	return !a.is_text && !b.is_text && a.number == b.number;
}

/* "expected 1", but "expected getppid() (17)": a literal need not be said twice. */
static void expected_text(char *out, size_t size, const char *source, struct claim_value v)
{
	char text[400];

	value_text(text, sizeof(text), v);
	if (strcmp(source, text) == 0)
		snprintf(out, size, "%s", text);
	else
		snprintf(out, size, "%s (%s)", source, text);
}

void claim_is(const char *file, int line, const char *what, struct claim_value value, const char *other,
	      struct claim_value expected)
{
	char got[400], wanted[500];

	if (value_equal(value, expected))
		return;
	value_text(got, sizeof(got), value);
	expected_text(wanted, sizeof(wanted), other, expected);
	record_end(RECORD_FAIL, file, line, "%s is %s, expected %s", what, got, wanted);
}

void claim_is_not(const char *file, int line, const char *what, struct claim_value value, const char *other,
		  struct claim_value unexpected)
{
	char wanted[500];

	if (!value_equal(value, unexpected))
		return;
	expected_text(wanted, sizeof(wanted), other, unexpected);
	record_end(RECORD_FAIL, file, line, "%s is %s, expected anything else", what, wanted);
}

void claim_holds(const char *file, int line, const char *condition)
{
	record_end(RECORD_FAIL, file, line, "%s does not hold", condition);
}
