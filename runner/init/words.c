// SPDX-License-Identifier: GPL-2.0-only
#include "runner/init/words.h"

#include <string.h>

const char *after(const char *line, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(line, prefix, length) == 0 ? line + length : NULL;
}

bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (; *words; words += strcspn(words, " "), words += strspn(words, " "))
		if (strncmp(words, word, length) == 0 && strcspn(words, " ") == length)
			return true;
	return false;
}
