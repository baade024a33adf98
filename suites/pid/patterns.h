/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SUITES_PID_PATTERNS_H
#define SUITES_PID_PATTERNS_H

#include "helpers/nscheck.h"

/* What several groups of this suite arrange or claim in the same way. pid_namespaces(7) */

/* An init with a procfs of its namespace on a new directory, which its creator sees too; it waits to be dismissed. */
struct child *init_with_procfs(const char *dir);

/*
 * A process outside the namespace of `init` that has a child in it, PID `number` there, which blocks all
 * signals and stays. Claims, before it ends with status 0, that SIGKILL ended that child.
 */
struct child *witness_of_the_end(struct child *init, pid_t number);

/* Makes an orphan, whose parent is `adopter` then; it ends with status 42, for the adopter to reap. */
void make_orphan(pid_t adopter);

#endif
