/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_DEB_H
#define VM_DEB_H

#include <stddef.h>

#include "vm/fault.h"
#include "vm/mem.h"

/*
 * Reading Debian packages of kernels (deb(5)) with libarchive. They come from a user or from a mirror, and are hostile
 * until proven otherwise: a path that leads out of the package, a link where a file is needed and absurd sizes are
 * refused, and nothing is written but regular files under names that are ours.
 */

/* The fields of the control file that matter; each may be NULL but package, version and architecture. */
struct deb {
	char *package, *version, *architecture, *depends;
};

/* Where the bytes come from: a file, or memory when path is NULL. name is what a fault calls it. */
struct deb_source {
	const char *name, *path;
	const void *data;
	size_t len;
};

/*
 * Takes one file that a kernel needs: "vmlinuz", "config" or "modules/kernel/...". read() gives its bytes piece by
 * piece: more than 0 bytes, 0 at the end, -1 with a fault.
 */
struct deb_file {
	const char *name;
	long (*read)(struct deb_file *file, void *buffer, size_t size, struct fault *fault);
};
typedef int (*deb_taker)(void *arg, struct deb_file *file, struct fault *fault);

/* Reads the control fields. A fault says that this is no package, or a damaged one. */
int deb_control(const struct deb_source *source, struct deb *deb, struct fault *fault);
void deb_free(struct deb *deb);

/* Hands each file that a kernel needs to take(arg, ...). */
int deb_walk(const struct deb_source *source, deb_taker take, void *arg, struct fault *fault);

/*
 * deb_unpack - writes what a kernel needs below a folder: vmlinuz, config, modules/kernel/...
 * @path: the package
 * @dir: an existing folder of our own
 */
int deb_unpack(const char *path, const char *dir, struct fault *fault);

/*
 * deb_member - the name under which a package's file is kept.
 * @path: as in the package, e.g. "./boot/vmlinuz-6.12.1" or "./usr/lib/modules/7.3.4/vmlinuz"
 * @out: receives "vmlinuz", "config" or "modules/kernel/...", to free; NULL for a file that is not needed
 * Returns -1 for a path that leads out of the package.
 */
int deb_member(const char *path, char **out);

#endif
