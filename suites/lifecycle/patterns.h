/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SUITES_LIFECYCLE_PATTERNS_H
#define SUITES_LIFECYCLE_PATTERNS_H

#include "helpers/nscheck.h"

/* What holds for the namespaces of all eight types in the same way. namespaces(7) "Namespace lifetime" */

/* The whole test: a namespace counts while its only process lives, and is freed after that. */
void freed_with_its_last_process(int flag);

/* The whole test: a bind mount of its file counts as long as it is mounted, and leads back into the namespace. */
void kept_by_a_bind_mount(int flag);

/*
 * The whole test: a descriptor keeps a namespace and what `make` makes in it. `claim` is what a visitor finds,
 * before it joins and then inside.
 */
void kept_with_its_state(int flag, void (*make)(void), void (*claim)(bool inside));

/*
 * In an ORDERED box: `member`, which has just told, is the only process of a namespace of type `flag`; opens
 * the namespace by its file ("uts", "time_for_children") and dismisses the member. Gives the descriptor, all
 * that is left of the namespace now.
 */
int descriptor_left_by(struct child *member, const char *name, int flag);

/* In a COUNTED box: closes the descriptor and claims that the namespace is freed then. */
void freed_by_close(int ns, int flag);

#endif
