/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_FORMAT_H
#define VM_FORMAT_H

#include "runner/base/fault.h"
#include "vm/parcel.h"

/* The kinds of packages that a kernel may come in: `const struct format format_NAME` in a file of its own. */
#define FORMATS(X) X(deb)

/* Each function returns -1 with a fault. */
struct format {
	const char *magic; /* a package begins with it */

	/* Finds what the kernel in a package is split into: adds the paths, and the name and version of the kernel's. */
	int (*gather)(const char *path, struct parcel *parcel, struct fault *fault);

	/* Writes what a kernel needs below a folder of our own: vmlinuz, config, modules/kernel/... */
	int (*unpack)(const char *path, const char *dir, struct fault *fault);
};

#define FORMAT_DECLARED_(name) extern const struct format format_##name;
FORMATS(FORMAT_DECLARED_)

#endif
