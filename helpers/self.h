/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_SELF_H
#define HELPERS_SELF_H

/*
 * What this program has to do before anything else, also when it was executed anew: opens its own file, and puts signals
 * back to what tests count on.
 */
void self_prepare(void);

/* A descriptor of this program's own file, for execveat(2) from any namespace; opened by self_prepare. */
int self_exe(void);

#endif
