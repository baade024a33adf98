/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_TIMES_H
#define RESULTS_TIMES_H

#include <jansson.h>

#include "runner/base/fault.h"

/* How long tests took in an earlier run, in milliseconds of the host's clock. */
struct times {
	json_t *of_kernels; /* name as --kernel was given it -> id -> ms */
	json_t *of_any;     /* id -> ms, of the last kernel that has it */
};

/* Reads the folder of a run or of a matrix, or a results.json. Free with times_free(), also after a fault. */
int times_load(struct times *times, const char *path, struct fault *fault);
void times_free(struct times *times);

/* How long a test took on a kernel, else on another one; -1: it never ran. */
long times_of(const struct times *times, const char *kernel, const char *id);

#endif
