/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_RUNTIME_H
#define VM_RUNTIME_H

#include <stdbool.h>

#include "vm/cpio.h"
#include "runner/base/fault.h"
#include "runner/base/mem.h"
#include "vm/memo.h"
#include "vm/parcel.h"

struct runtime_request {
	const char *name;   /* of vm/runtimes.list, or RUNTIME_REFERENCE */
	const char *path;   /* a program of the user's own in place of the packaged one, or NULL */
	const char *mirror; /* what its packages are fetched from; NULL: the system's own */
	bool offline;       /* only from the cache */
};

/* A container runtime, and what goes into the image of it. All zero: none. */
struct runtime {
	char *name, *path;
	char *package, *version; /* NULL where they are not known */
	int slowness;            /* a test may take so many times longer with it */
	bool packaged;           /* it comes from packages; else every image has it */
	struct strings files;    /* patterns of paths in the packages; the first is the program */
	struct parcel parcel;
};

/* The names that --runtime takes, "reference" first. */
int runtime_names(struct strings *names, struct fault *fault);

/* Whether it is one of them; a fault names them. */
int runtime_check(const char *name, struct fault *fault);

/*
 * A container runtime by name; its packages are fetched if they are not in the cache yet.
 * A fault names the runtimes that are known, or says why the packages cannot be had.
 */
int runtime_resolve(const struct runtime_request *request, const char *cache_dir, struct runtime *runtime,
		    struct fault *fault);
void runtime_free(struct runtime *runtime);

/* Adds what the answer of runtime_add() depends on to the question of a memo. runtime may be NULL. */
void runtime_ask(const struct runtime *runtime, struct memo *memo);

/* Puts the user's own program into an image, if there is one, with its libraries of this system. */
int runtime_add_own(const struct runtime *runtime, struct cpio *image, struct memo *memo,
		    struct fault *fault);

/* Puts the files of the packages into an image, with the libraries that they need of them. What is there stays. */
int runtime_add_packages(const struct runtime *runtime, struct cpio *image, struct memo *memo,
			 struct fault *fault);

#endif
