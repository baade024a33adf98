/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_COMMIT_H
#define RUNNER_HOST_COMMIT_H

/*
 * The commit that is checked out in the tree that a kernel was built from, whole; to free. NULL when there is none, when
 * the tree is a part of another one, or when nobody knows which tree that is.
 * kernel: a build tree, also one beside its sources; or arch/x86/boot/bzImage or vmlinux in one
 */
char *commit_of(const char *kernel);

#endif
