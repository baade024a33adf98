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

void claim_source(struct claim_value *value, const char *source)
{
	value->err = errno;
	value->source = source;
}

static void value_text(char *out, size_t size, const struct claim_value *v)
{
	if (v->is_text && v->text)
		snprintf(out, size, "\"%s\"", v->text);
	else if ((v->is_text || v->is_pointer) && !v->number)
		snprintf(out, size, "NULL");
	else if (v->huge)
		snprintf(out, size, "%llu", (unsigned long long)v->number);
	else
		snprintf(out, size, "%lld", v->number);
}

static bool value_equal(const struct claim_value *a, const struct claim_value *b)
{
	if (a->is_text && b->is_text)
		return strcmp(a->text, b->text) == 0;
	return !a->is_text && !b->is_text && a->number == b->number && a->huge == b->huge;
}

/* "expected 1", but "expected getppid() (17)": a literal need not be said twice. */
static void expected_text(char *out, size_t size, const struct claim_value *v)
{
	char text[400];

	value_text(text, sizeof(text), v);
	if (strcmp(v->source, text) == 0)
		snprintf(out, size, "%s", text);
	else
		snprintf(out, size, "%s (%s)", v->source, text);
}

void claim_looked(const char *file, int line, const struct claim_value *v)
{
	char got[32];

	if (!v->failed)
		return;
	value_text(got, sizeof(got), v);
	if (v->err)
		record_end(RECORD_FAIL, file, line, "cannot look: %s gives %s", v->source,
			   errno_name(v->err));
	record_end(RECORD_FAIL, file, line, "cannot look: %s is %s", v->source, got);
}

void claim_is(const char *file, int line, const struct claim_value *value, const struct claim_value *expected)
{
	char got[400], wanted[500];

	claim_looked(file, line, value);
	claim_looked(file, line, expected);
	if (value_equal(value, expected))
		return;
	value_text(got, sizeof(got), value);
	expected_text(wanted, sizeof(wanted), expected);
	record_end(RECORD_FAIL, file, line, "%s is %s, expected %s", value->source, got, wanted);
}

void claim_is_not(const char *file, int line, const struct claim_value *value,
		  const struct claim_value *other)
{
	char wanted[500];

	claim_looked(file, line, value);
	claim_looked(file, line, other);
	if (!value_equal(value, other))
		return;
	expected_text(wanted, sizeof(wanted), other);
	record_end(RECORD_FAIL, file, line, "%s is %s, expected anything else", value->source, wanted);
}

void claim_is_minus_one(const char *file, int line, const struct claim_value *value)
{
	char got[400];

	if (value->number == -1 && !value->is_text)
		return;
	value_text(got, sizeof(got), value);
	record_end(RECORD_FAIL, file, line, "%s is %s, expected -1", value->source, got);
}

void claim_fails(const char *file, int line, const struct claim_value *result, int expected)
{
	char wanted[32], got[400];

	if (result->failed && result->err == expected)
		return;
	snprintf(wanted, sizeof(wanted), "%s", errno_name(expected));
	if (result->failed)
		record_end(RECORD_FAIL, file, line, "%s gives %s, expected %s", result->source,
			   errno_name(result->err), wanted);
	value_text(got, sizeof(got), result);
	record_end(RECORD_FAIL, file, line, "%s works (%s), expected %s", result->source, got, wanted);
}

void claim_gave(const char *file, int line, int err, int expected)
{
	char wanted[32];

	if (err == expected)
		return;
	snprintf(wanted, sizeof(wanted), "%s", errno_name(expected));
	record_end(RECORD_FAIL, file, line, "errno is %s, expected %s", errno_name(err), wanted);
}

void claim_holds(const char *file, int line, const char *condition)
{
	record_end(RECORD_FAIL, file, line, "%s does not hold", condition);
}
