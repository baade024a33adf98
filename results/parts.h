/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_PARTS_H
#define RESULTS_PARTS_H

#include "results/facts.h"

/*
 * How a run ended, while its journal is read. One that was resumed has several parts: it ended as the last of them, and
 * took the time of all. A part that was killed has no end: it took what its results tell. All zero: nothing was read.
 */
struct run_parts {
	struct run_end before; /* times of the parts before this one */
	struct run_end end;    /* of this part */
	bool ended;            /* it has an end */
	long long at_ms;       /* when the last result was, by the clock of the whole run */
	long long began_ms;    /* the same at the beginning of this part */
	long long tests_ms;    /* what the tests of this part took */
};

/* Takes an entry of the journal, of whatever type. */
void run_parts_entry(struct run_parts *p, const char *type, const json_t *entry);

/* The end of the run as a whole; p is empty afterwards. Free it with run_end_free(). */
struct run_end run_parts_end(struct run_parts *p);

#endif
