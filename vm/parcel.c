// SPDX-License-Identifier: GPL-2.0-only
#include "vm/parcel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/file.h"
#include "runner/base/program.h"
#include "runner/base/sha256.h"

#define FACTS_MAX (1U << 20)

void parcel_free(struct parcel *parcel)
{
	free(parcel->package);
	free(parcel->version);
	strings_free(&parcel->files);
	strings_free(&parcel->sums);
	strings_free(&parcel->absent);
	*parcel = (struct parcel){0};
}

int parcel_read_lines(const char *path, struct strings *lines, struct fault *fault)
{
	struct bytes text;

	if (file_read(path, FACTS_MAX, &text, fault) < 0)
		return -1;
	bytes_append(&text, "", 1);
	strings_split(lines, (const char *)text.data, "\n");
	bytes_free(&text);
	return 0;
}

static void last_line(FILE *f, char *line, size_t size)
{
	char *next = NULL;
	size_t room = 0;

	line[0] = '\0';
	while (getline(&next, &room, f) > 0) {
		next[strcspn(next, "\n")] = '\0';
		if (*next)
			snprintf(line, size, "%s", next);
	}
	free(next);
}

/* The script's last line on stderr is why it failed; its stdout is progress. */
static int fetch(const struct parcel_request *request, const char *cache_dir, struct fault *fault)
{
	char *script = data_path(request->script, fault);
	char line[900];
	struct program fetching;

	if (!script)
		return -1;
	char *argv[] = {script, (char *)request->name, (char *)cache_dir, (char *)request->mirror, NULL};
	int error = program_start(&fetching, argv, PROGRAM_ERRORS);
	if (error) {
		fault_set(fault, EXIT_UNFINISHED, "cannot run %s: %s", script, strerror(error));
		free(script);
		return -1;
	}
	last_line(fetching.says, line, sizeof(line));
	int status = program_end(&fetching);
	free(script);
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	bool user = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_BAD_INPUT;
	return fault_set(fault, user ? EXIT_BAD_INPUT : EXIT_UNFINISHED, "%s",
			 *line ? line : "the script that fetches was killed: try again");
}

/* A file of the facts must be one of the same folder. */
static bool is_plain_name(const char *s)
{
	return *s && *s != '.' && !strchr(s, '/');
}

static void read_fact(char *line, const char *dir, struct parcel *parcel)
{
	struct strings words = {0};

	strings_split(&words, line, " ");
	if (words.count == 2 && !strcmp(words.items[0], "package") && !parcel->package)
		parcel->package = mem_strdup(words.items[1]);
	else if (words.count == 2 && !strcmp(words.items[0], "version") && !parcel->version)
		parcel->version = mem_strdup(words.items[1]);
	else if (words.count == 2 && !strcmp(words.items[0], "absent"))
		strings_add(&parcel->absent, words.items[1]);
	else if (words.count == 3 && !strcmp(words.items[0], "deb") && is_plain_name(words.items[2])) {
		strings_add(&parcel->sums, words.items[1]);
		strings_take(&parcel->files, mem_printf("%s/%s", dir, words.items[2]));
	}
	strings_free(&words);
}

static int read_facts(const char *dir, struct memo *memo, struct parcel *parcel, struct fault *fault)
{
	char *facts = mem_printf("%s/facts", dir);
	struct strings lines = {0};

	memo_input(memo, facts);
	int rc = parcel_read_lines(facts, &lines, fault);

	for (size_t i = 0; rc == 0 && i < lines.count; i++)
		read_fact(lines.items[i], dir, parcel);
	if (rc == 0 && (!parcel->package || !parcel->version || !parcel->files.count))
		rc = fault_set(fault, EXIT_UNFINISHED, "%s is spoiled", facts);
	strings_free(&lines);
	free(facts);
	return rc;
}

static int check_sums(const struct parcel *parcel, struct fault *fault)
{
	for (size_t i = 0; i < parcel->sums.count; i++) {
		const char *path = parcel->files.items[i];
		struct bytes deb;
		char sum[65];

		if (file_map(path, &deb, fault) < 0)
			return -1;
		sha256_of(deb.data, deb.len, sum);
		file_unmap(&deb);
		if (strcmp(sum, parcel->sums.items[i]))
			return fault_set(fault, EXIT_UNFINISHED, "%s is spoiled", path);
	}
	return 0;
}

/* Whether they are what was fetched. The sums are made once, and again when a file has changed. */
static int check(const struct parcel *parcel, const char *dir, const char *cache_dir, struct memo *asking,
		 struct fault *fault)
{
	struct memo *memo = memo_new(cache_dir, "parcel");
	struct strings answer;
	int rc = 0;

	memo_ask(memo, dir);
	for (size_t i = 0; i < parcel->files.count; i++)
		memo_ask(memo, parcel->sums.items[i]);
	for (size_t i = 0; i < parcel->files.count; i++) {
		memo_input(memo, parcel->files.items[i]);
		memo_input(asking, parcel->files.items[i]);
	}
	if (!memo_recall(memo, &answer)) {
		rc = check_sums(parcel, fault);
		if (rc == 0)
			memo_keep(memo, &answer);
	}
	strings_free(&answer);
	memo_free(memo);
	return rc;
}

static int look(const char *dir, const char *cache_dir, struct memo *memo, struct parcel *parcel,
		struct fault *fault)
{
	*parcel = (struct parcel){0};
	if (read_facts(dir, memo, parcel, fault) < 0)
		return -1;
	return check(parcel, dir, cache_dir, memo, fault);
}

/* Without its facts a parcel counts as one that was never fetched. */
static void forget(const char *dir)
{
	char *facts = mem_printf("%s/facts", dir);

	unlink(facts);
	free(facts);
}

static bool is_cached(const char *dir)
{
	char *facts = mem_printf("%s/facts", dir);
	bool found = file_exists(facts);

	free(facts);
	return found;
}

bool parcel_known(const struct parcel_request *request, const char *cache_dir, struct parcel *parcel)
{
	char *dir = mem_printf("%s/%s/%s", cache_dir, request->kind, request->name);
	struct fault ignored = {0};

	*parcel = (struct parcel){0};
	bool known = is_cached(dir) && read_facts(dir, NULL, parcel, &ignored) == 0;
	free(dir);
	return known;
}

int parcel_get(const struct parcel_request *request, const char *cache_dir, struct memo *memo,
	       struct parcel *parcel, struct fault *fault)
{
	char *dir = mem_printf("%s/%s/%s", cache_dir, request->kind, request->name);
	struct fault spoiled = {0};
	bool cached = is_cached(dir);
	int rc;

	*parcel = (struct parcel){0};
	if (cached && look(dir, cache_dir, memo, parcel, &spoiled) == 0) {
		rc = 0;
	} else if (request->offline) {
		rc = cached ? fault_set(fault, EXIT_UNFINISHED,
					"%s: run once without --offline, and it is fetched again",
					spoiled.text)
			    : fault_set(fault, EXIT_UNFINISHED,
					"%s is not in the cache: run once without --offline", request->name);
	} else {
		if (cached) {
			fprintf(stderr, "nscheck: %s: it is fetched again\n", spoiled.text);
			forget(dir);
		}
		parcel_free(parcel);
		rc = fetch(request, cache_dir, fault);
		if (rc == 0)
			rc = look(dir, cache_dir, memo, parcel, fault);
	}
	free(dir);
	return rc;
}
