// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/json.h"

struct json json_begin(FILE *out)
{
	return (struct json){.out = out, .first = true};
}

static void put_text(const struct json *j, const char *text)
{
	fputc('"', j->out);
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c < ' ' || *c == '"' || *c == '\\')
			fprintf(j->out, "\\u%04x", *c);
		else
			fputc(*c, j->out);
	}
	fputc('"', j->out);
}

static void put_key(struct json *j, const char *key)
{
	if (!j->first)
		fputs(",\n", j->out);
	j->first = false;
	if (key) {
		put_text(j, key);
		fputs(": ", j->out);
	}
}

void json_open(struct json *j, const char *key, char bracket)
{
	put_key(j, key);
	fputc(bracket, j->out);
	j->first = true;
}

void json_close(struct json *j, char bracket)
{
	fputc(bracket, j->out);
	j->first = false;
}

void json_text(struct json *j, const char *key, const char *value)
{
	put_key(j, key);
	put_text(j, value);
}

void json_number(struct json *j, const char *key, long long value)
{
	put_key(j, key);
	fprintf(j->out, "%lld", value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	put_key(j, key);
	fputs(value ? "true" : "false", j->out);
}

void json_texts(struct json *j, const char *key, const char *const *values)
{
	json_open(j, key, '[');
	for (; *values; values++)
		json_text(j, NULL, *values);
	json_close(j, ']');
}
