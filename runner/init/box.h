/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INIT_BOX_H
#define RUNNER_INIT_BOX_H

#include <stdbool.h>
#include <stdio.h>

/* The box: the cgroup that holds every process of one test. */

/* Makes it unless it is still there. */
void box_make(void);

/* Whoever is a child of PID 1 when a test begins is none of the test's, from now on: a set-up line may leave processes. */
void box_has_others(void);

/* Tells of each process that is still in the box, or left it and is an orphan, as a line of SAYS_LEFT. */
void box_tell(FILE *out);

/* Ends whatever is in the box, waits until it is empty, reaps; removes it, or keeps it if it is as it was made. */
void box_destroy(bool keep);

#endif
