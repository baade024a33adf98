/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_PACKAGE_H
#define VM_PACKAGE_H

#include <stdbool.h>

#include "runner/base/fault.h"
#include "runner/base/mem.h"
#include "vm/memo.h"

/* A kernel that came in packages, unpacked in the cache. */
struct package_tree {
	char *dir; /* holds vmlinuz and, where the packages have them, config and modules/ */
	char *package, *version;
	bool no_modules; /* the archive had them no longer when the kernel was fetched */
};

/*
 * What the answers below come from is told to memo, which may be NULL.
 *
 * Is it one of the names of vm/kernels.list? Their names, for a fault, are added to known when that is not NULL.
 */
bool package_is_name(const char *name, struct strings *known, struct memo *memo, struct fault *fault);

/*
 * A kernel of vm/kernels.list, fetched if it is not in the cache yet.
 * mirror: what its script shall fetch from, or NULL for the system's own
 * offline: only from the cache
 */
int package_named(const char *name, const char *mirror, bool offline, const char *cache_dir,
		  struct memo *memo, struct package_tree *tree, struct fault *fault);

/* Whether a kernel of vm/kernels.list is in the cache, and which it is. Free tree with package_free() in any case. */
bool package_cached(const char *name, const char *cache_dir, struct package_tree *tree);

/* Whether a file is a package of a kind that is known (format.h). */
bool package_is(const char *path);

/* A kernel from such a file; the packages that it is split into stand beside it. */
int package_file(const char *path, const char *cache_dir, struct memo *memo, struct package_tree *tree,
		 struct fault *fault);
void package_free(struct package_tree *tree);

#endif
