/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_HTML_PARTS_H
#define RESULTS_HTML_PARTS_H

#include <stddef.h>
#include <stdio.h>

#include "results/run.h"

/* Small pieces of results.html. All text goes through markup_text(), so it may be anybody's. */

/* How many bytes are shown of what was said: all that is reasonable, a log, and what has one line. */
enum { MESSAGE_MAX = 100000, LOG_MAX = 64 * 1024, WHY_MAX = 200 };

/* The ending of a word of which there are n. */
const char *html_plural(size_t n);

/* <TAG class="CLASS">TEXT</TAG>, at most limit bytes of text, 0 being all; class may be NULL. */
void html_element(FILE *out, const char *tag, const char *class, const char *text, size_t limit);

/* A verdict in its colour, a time, an id that leads to its row. */
void html_verdict(FILE *out, enum verdict v);
void html_seconds(FILE *out, long ms);
void html_link(FILE *out, const char *id);

/* " in the child ROLE, at FILE:LINE"; what is NULL is not told. */
void html_where(FILE *out, const char *role, const char *file, int line);

/* What each verdict means, and which ones are counted together. */
void html_legend(FILE *out);

/* A term and what there is to say about it, in a <dl>; nothing when text is NULL or empty. */
void html_pair(FILE *out, const char *term, const char *text);

#endif
