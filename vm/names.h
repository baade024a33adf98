/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_NAMES_H
#define VM_NAMES_H

#include <stddef.h>

#include "runner/base/fault.h"
#include "vm/memo.h"

/* A row of vm/kernels.list: a kernel that --kernel knows by name, and where the script vm/fetch-FROM.sh looks for it. */
struct kernel_name {
	char *name;    /* debian/6.12 */
	char *from;    /* whose packages: debian */
	char *suites;  /* separated by commas */
	char *version; /* the package's version begins with it, or "-" */
	char *pattern; /* shell pattern of package names */
};

struct kernel_names {
	struct kernel_name *items;
	size_t count;
};

/*
 * Reads vm/kernels.list, which users edit: a malformed line is a fault that names it. The file is told to memo, which
 * may be NULL. Free with kernel_names_free(), also after a fault.
 */
int kernel_names_read(struct kernel_names *names, struct memo *memo, struct fault *fault);
void kernel_names_free(struct kernel_names *names);

#endif
