/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_ENTRIES_H
#define RUNNER_HOST_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/fault.h"
#include "runner/base/mem.h"

/* One run of a matrix: what is its own. */
struct entry {
	char *kernel;        /* what --kernel was given */
	const char *runtime; /* the caller's; NULL: none */
	char *name; /* the kernel, in short if that is no other one's; and the runtime where there are several */
	char *folder; /* below that of the matrix */
};

struct entries {
	struct entry *items;
	size_t count;
};

/* What a matrix is made of: on each kernel a run for each runtime. */
struct entries_request {
	bool listed;                    /* the kernels of vm/kernels.list, before the others */
	const struct strings *kernels;  /* each --kernel */
	const char *otherwise;          /* the kernel where there is none of both */
	const struct strings *runtimes; /* each --runtime; NULL: none */
};

/* The runs that are asked for, each once, in order. What is asked for has to outlive them. */
int entries_make(struct entries *entries, const struct entries_request *wanted, struct fault *fault);
void entry_free(struct entry *entry);
void entries_free(struct entries *entries);

#endif
