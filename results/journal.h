/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_JOURNAL_H
#define RESULTS_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>

#include "runner/base/fault.h"

/*
 * The journal of a run: one JSON object a line, appended and on the disk before the next test starts.
 * Every report is made from it. Each object has a "type":
 *   run     the run's facts and its plan; first
 *   facts   what changed of the facts
 *   test    one result (results/result.h)
 *   vm      a VM that became ready: how, and how long it took
 *   verdict what a test is after it was run again
 *   company which tests before it a crash takes
 *   resumed the run goes on, after it was interrupted or killed; an "end" before it does not count
 *   note    something the user should know
 *   end     how the run ended, and where the time went; last, absent when the program was killed
 */
struct journal {
	int fd;
	char *dir;
	bool made_again; /* its folder was removed meanwhile */
};

/* Opens DIR/journal.ndjson, which must not exist yet. */
int journal_create(struct journal *j, const char *dir, struct fault *fault);

/*
 * Opens one that is there, to go on with it: a last line that was cut short goes. One that another program writes is
 * a fault; so it is for journal_create().
 */
int journal_open(struct journal *j, const char *dir, struct fault *fault);

/*
 * Appends an object of that type and lets go of it. It is on the disk when this returns 0. A folder that was removed
 * is made again with all that the journal had.
 */
int journal_add(struct journal *j, const char *type, json_t *object, struct fault *fault);

void journal_close(struct journal *j);

/*
 * Reads DIR/journal.ndjson: calls back for each whole line that is a JSON object with a type. A last line cut
 * short by a crash is left out silently; other lines that do not parse are counted in *damaged. One of another schema is
 * a fault, and SCHEMA_OTHER is returned.
 */
int journal_read(const char *dir, void (*entry)(void *arg, const char *type, json_t *object), void *arg,
		 unsigned int *damaged, struct fault *fault);

#endif
