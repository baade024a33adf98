/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_MEMO_H
#define VM_MEMO_H

#include <stdbool.h>

#include "runner/base/mem.h"

/*
 * What was found out about files once and stays true as long as they do not change: a note in CACHE/memos/, named by the
 * question, holds the answer and for each file that the answer comes from its device, inode, size and times of change.
 * A file that was looked for in vain is noted as absent, a folder that was searched as a file.
 *
 *	struct memo *memo = memo_new(cache, "kernel");
 *	memo_ask(memo, spec);
 *	if (!memo_recall(memo, &answer)) {
 *		... with memo_input() for each file, before it is read ...
 *		memo_keep(memo, &answer);
 *	}
 *	memo_free(memo);
 *
 * A memo that cannot be read or written is only the loss of it: no fault.
 */
struct memo;

struct memo *memo_new(const char *cache_dir, const char *kind);
void memo_free(struct memo *memo);

/* Adds a word to the question; NULL is another word than "". */
void memo_ask(struct memo *memo, const char *word);

/* The answer kept earlier, when all it comes from is as it was then. */
bool memo_recall(const struct memo *memo, struct strings *answer);

/* Notes how a file, or its absence, is now. memo may be NULL: nobody wants to know. */
void memo_input(struct memo *memo, const char *path);

/*
 * Keeps the answer. Not, however, when a file changed so short a time before it was noted that another change would
 * not show in its times.
 */
void memo_keep(const struct memo *memo, const struct strings *answer);

#endif
