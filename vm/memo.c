// SPDX-License-Identifier: GPL-2.0-only
#include "vm/memo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "runner/base/mem.h"
#include "runner/base/file.h"
#include "runner/base/sha256.h"
#include "runner/base/text.h"

#define FIRST_LINE "nscheck-memo 1"
#define LAST_LINE  "end"
#define MEMO_MAX   (16U << 20)
#define MEMOS_KEPT 64
#define CLOCK_STEP 20000000LL /* ns: the kernel stamps files by its tick, of 10 ms at most */

struct memo {
	char *dir;
	struct bytes question;
	struct strings inputs; /* "STATE PATH" */
	bool unsafe;           /* changed just now, or a path that no line can hold */
};

struct memo *memo_new(const char *cache_dir, const char *kind)
{
	struct memo *memo = mem_zalloc(sizeof(*memo));

	memo->dir = mem_printf("%s/memos", cache_dir);
	memo_ask(memo, kind);
	memo_input(memo, "/proc/self/exe"); /* another program may give another answer */
	return memo;
}

void memo_free(struct memo *memo)
{
	free(memo->dir);
	bytes_free(&memo->question);
	strings_free(&memo->inputs);
	free(memo);
}

void memo_ask(struct memo *memo, const char *word)
{
	bytes_append(&memo->question, word ? "+" : "-", 1);
	if (word)
		bytes_append(&memo->question, word, strlen(word) + 1);
}

static char *memo_path(const struct memo *memo)
{
	char sum[65];

	sha256_of(memo->question.data, memo->question.len, sum);
	return mem_printf("%s/%s.memo", memo->dir, sum);
}

static long long nanoseconds(const struct timespec *t)
{
	return t->tv_sec * 1000000000LL + t->tv_nsec;
}

/* One word for how a file is now; *changed: when its content last did. */
static void state_of(const char *path, char state[160], long long *changed)
{
	struct stat st;

	*changed = 0;
	if (stat(path, &st) < 0) {
		snprintf(state, 160, "absent-%d", errno);
		return;
	}
	*changed = nanoseconds(&st.st_ctim);
	snprintf(state, 160, "%llx-%llu-%lld-%lld-%lld", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino, (long long)st.st_size, nanoseconds(&st.st_mtim), *changed);
}

void memo_input(struct memo *memo, const char *path)
{
	struct timespec now;
	char state[160];
	long long changed;

	if (!memo)
		return;
	state_of(path, state, &changed);
	clock_gettime(CLOCK_REALTIME, &now);
	memo->unsafe |= nanoseconds(&now) - changed < CLOCK_STEP || strchr(path, '\n');
	strings_take(&memo->inputs, mem_printf("%s %s", state, path));
}

static bool still_holds(const char *input)
{
	const char *space = strchr(input, ' ');
	char state[160];
	long long changed;

	if (!space)
		return false;
	state_of(space + 1, state, &changed);
	return strlen(state) == (size_t)(space - input) && !strncmp(state, input, strlen(state));
}

/* Takes the lines apart; false when one does not hold any more, or the memo is not whole. */
static bool read_memo(char *text, struct strings *answer)
{
	char *line = strsep(&text, "\n");

	if (strcmp(line, FIRST_LINE))
		return false;
	while ((line = strsep(&text, "\n"))) {
		if (!strcmp(line, LAST_LINE))
			return true;
		if (*line == '<' && !still_holds(line + 1))
			return false;
		if (*line == '>')
			strings_add(answer, line + 1);
	}
	return false;
}

bool memo_recall(const struct memo *memo, struct strings *answer)
{
	char *path = memo_path(memo);
	struct fault ignored = {0};
	struct bytes text = {0};
	bool good = false;

	*answer = (struct strings){0};
	if (file_exists(path) && file_read(path, MEMO_MAX, &text, &ignored) == 0) {
		bytes_append(&text, "", 1);
		good = read_memo((char *)text.data, answer);
		bytes_free(&text);
	}
	if (good)
		file_used(path);
	else
		strings_free(answer);
	free(path);
	return good;
}

void memo_keep(const struct memo *memo, const struct strings *answer)
{
	struct fault ignored = {0};
	struct text text = {0};

	if (memo->unsafe || dir_make(memo->dir, &ignored) < 0)
		return;
	text_printf(&text, FIRST_LINE "\n");
	for (size_t i = 0; i < memo->inputs.count; i++)
		text_printf(&text, "<%s\n", memo->inputs.items[i]);
	for (size_t i = 0; i < answer->count; i++)
		text_printf(&text, ">%s\n", answer->items[i]);
	text_printf(&text, LAST_LINE "\n");
	char *path = memo_path(memo);
	if (file_store(path, text_get(&text), text.len, &ignored) == 0)
		dir_prune(memo->dir, ".memo", MEMOS_KEPT);
	free(path);
	text_free(&text);
}
