/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INIT_HYGIENE_H
#define RUNNER_INIT_HYGIENE_H

#include <stdio.h>

/* What a test must leave as it found it in the initial namespaces. */
struct hygiene;

/* The state as of now, for hygiene_free(). The first call finds out what there is to look at. */
struct hygiene *hygiene_look(void);

/* Brings a state up to date; tells of each difference as a line of SAYS_LEFT. */
void hygiene_tell(struct hygiene *state, FILE *out);

/* NULL is allowed. */
void hygiene_free(struct hygiene *hygiene);

#endif
