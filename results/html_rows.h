/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_HTML_ROWS_H
#define RESULTS_HTML_ROWS_H

#include <stdio.h>

#include "results/grid.h"

/* The behaviours of results.html, suite by suite: a line for each, which opens and tells all there is to know. */
void html_rows(FILE *out, const struct grid *g);

#endif
