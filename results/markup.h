/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_MARKUP_H
#define RESULTS_MARKUP_H

#include <stdio.h>

/*
 * Writes text into HTML or XML, as content or inside an attribute's double quotes: what is markup there becomes a
 * reference, and bytes that XML may not hold or that are no ASCII become \xNN. At most `limit` bytes of the text are
 * written, 0: all; what is left out is told. NULL is nothing.
 */
void markup_text(FILE *out, const char *text, size_t limit);

/* Writes ` NAME="VALUE"`, nothing when the value is NULL or empty. Line ends become spaces. */
void markup_attribute(FILE *out, const char *name, const char *value, size_t limit);

#endif
