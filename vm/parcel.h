/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_PARCEL_H
#define VM_PARCEL_H

#include <stdbool.h>

#include "runner/base/fault.h"
#include "runner/base/mem.h"
#include "vm/memo.h"

/* Packages that belong together and what is known about them. All zero: none. */
struct parcel {
	char *package, *version; /* of the main one */
	struct strings files;    /* paths */
	struct strings sums;     /* their SHA-256, when a script fetched them */
	struct strings absent;   /* packages that the mirror has no longer */
};

/* What is fetched: the script NAME CACHE_DIR [MIRROR] of this tree leaves it in CACHE/kind/name. */
struct parcel_request {
	const char *script, *kind, *name;
	const char *mirror; /* NULL: the system's own */
	bool offline;       /* only from the cache */
};

/* Reads the lines of a small file. */
int parcel_read_lines(const char *path, struct strings *lines, struct fault *fault);

/*
 * Packages by name, fetched if they are not in the cache yet, or no longer what was fetched: then a line on stderr says so.
 * memo: is told what the answer comes from; may be NULL
 * Free with parcel_free(), also after a fault.
 */
int parcel_get(const struct parcel_request *request, const char *cache_dir, struct memo *memo,
	       struct parcel *parcel, struct fault *fault);

/* Whether they were fetched, and what: their facts alone are read. Free with parcel_free() in any case. */
bool parcel_known(const struct parcel_request *request, const char *cache_dir, struct parcel *parcel);

void parcel_free(struct parcel *parcel);

#endif
