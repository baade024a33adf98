// SPDX-License-Identifier: GPL-2.0-only
#include "vm/sums.h"

#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/file.h"
#include "runner/base/sha256.h"
#include "runner/base/text.h"

#define SUMS     "sums"
#define SUMS_MAX (16U << 20)

static int sum_of(const char *path, char sum[65], struct fault *fault)
{
	struct bytes file;

	if (file_map(path, &file, fault) < 0)
		return -1;
	sha256_of(file.data, file.len, sum);
	file_unmap(&file);
	return 0;
}

int sums_write(const char *dir, struct fault *fault)
{
	char *roots[] = {(char *)dir, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	struct text text = {0};
	char sum[65];
	int rc = 0;

	if (!fts)
		return fault_set(fault, EXIT_UNFINISHED, "cannot read %s: %m", dir);
	for (FTSENT *e; rc == 0 && (e = fts_read(fts));) {
		if (e->fts_info != FTS_F)
			continue;
		rc = sum_of(e->fts_path, sum, fault);
		text_printf(&text, "%s %s\n", sum, e->fts_path + strlen(dir) + 1);
	}
	fts_close(fts);
	char *path = mem_printf("%s/" SUMS, dir);
	if (rc == 0)
		rc = file_store(path, text_get(&text), text.len, fault);
	free(path);
	text_free(&text);
	return rc;
}

bool sums_known(const char *dir)
{
	char *path = mem_printf("%s/" SUMS, dir);
	bool known = file_exists(path);

	free(path);
	return known;
}

static bool holds(const char *dir, const char *line, struct memo *memo)
{
	struct fault ignored = {0};
	const char *space = strchr(line, ' ');
	char sum[65];

	if (!space)
		return false;
	char *path = mem_printf("%s/%s", dir, space + 1);
	memo_input(memo, path);
	bool same = file_exists(path) && sum_of(path, sum, &ignored) == 0 &&
		    strlen(sum) == (size_t)(space - line) && !strncmp(sum, line, strlen(sum));
	free(path);
	return same;
}

bool sums_hold(const char *dir, struct memo *memo)
{
	struct fault ignored = {0};
	struct strings lines = {0};
	struct bytes text;
	char *path = mem_printf("%s/" SUMS, dir);
	bool all = false;

	memo_input(memo, path);
	if (file_exists(path) && file_read(path, SUMS_MAX, &text, &ignored) == 0) {
		bytes_append(&text, "", 1);
		strings_split(&lines, (const char *)text.data, "\n");
		bytes_free(&text);
		all = lines.count > 0;
	}
	for (size_t i = 0; all && i < lines.count; i++)
		all = holds(dir, lines.items[i], memo);
	strings_free(&lines);
	free(path);
	return all;
}
