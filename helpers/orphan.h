/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_ORPHAN_H
#define HELPERS_ORPHAN_H

#include <sys/types.h>

#include "helpers/child.h"

/*
 * A process that outlives its parent, and who its parent is then:
 *
 *	CHILD(parent, 0) {
 *		CHILD(orphan, 0) {
 *			IS(orphan_parent(orphan), 1);
 *			_exit(42);
 *		}
 *		orphan_leave(orphan);
 *	}
 *	EXITS(parent, 0);
 *	IS(orphan_reaped(-1), 42);
 */

/* In the orphan, whose parent has a PID for it: waits until that is dead and gives who the parent is now. -1 with errno. */
pid_t orphan_parent(struct child *orphan);

/* In its parent: ends with status 0 once the orphan waits for that. */
void orphan_leave(struct child *orphan) __attribute__((noreturn));

/*
 * In its parent, the block of `self`: ends at once with status 0; and in the parent's creator: joins the parent
 * and gives the PID that the orphan has for it.
 */
void orphan_bequeath(struct child *self, struct child *orphan) __attribute__((noreturn));
pid_t orphan_inherited(struct child *parent);

/* In the adopter: waits for a process (-1: any) by waitpid(2) and gives its exit status; -1 with errno, EINTR if it was killed. */
int orphan_reaped(pid_t pid);

#endif
