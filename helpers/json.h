/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_JSON_H
#define HELPERS_JSON_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Writes JSON (RFC 8259) as it comes, for the configuration of a container runtime:
 *
 *	struct json j = json_begin(file);
 *	json_open(&j, NULL, '{');
 *	json_text(&j, "hostname", "box");       in a list the key is NULL
 *	json_open(&j, "args", '[');
 *	json_text(&j, NULL, "/bin/true");
 *	json_close(&j, ']');
 *	json_close(&j, '}');
 *
 * Texts are UTF-8. Trouble with the file shows in fclose(3).
 */
struct json {
	FILE *out;
	bool first; /* nothing stands before the next value in its object or list */
};

struct json json_begin(FILE *out);
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
void json_text(struct json *j, const char *key, const char *value);
void json_number(struct json *j, const char *key, long long value);
void json_bool(struct json *j, const char *key, bool value);

/* A list of texts that NULL ends. */
void json_texts(struct json *j, const char *key, const char *const *values);

#endif
