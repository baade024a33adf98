/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INIT_WORDS_H
#define RUNNER_INIT_WORDS_H

#include <stdbool.h>

/* What follows the prefix in the line; NULL if the line does not begin with it. */
const char *after(const char *line, const char *prefix);

/* Whether one of the words, with single spaces between them, is exactly this. */
bool has_word(const char *words, const char *word);

#endif
