/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_DEB_H
#define VM_DEB_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/fault.h"
#include "runner/base/mem.h"

/*
 * Reading Debian packages (deb(5)) with libarchive. They come from a user or from a mirror, and are hostile
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
 * One file of a package. read() gives its bytes piece by piece: more than 0 bytes, 0 at the end, -1 with a fault.
 */
struct deb_file {
	const char *name;
	const char *link;  /* where it leads, if it is a symbolic link */
	unsigned int mode; /* permissions */
	long (*read)(struct deb_file *file, void *buffer, size_t size, struct fault *fault);
};
typedef int (*deb_taker)(void *arg, struct deb_file *file, struct fault *fault);

/* Which files of a package are wanted, and who takes them. */
struct deb_visitor {
	/* The name under which a file is taken, to free; NULL for one that is not wanted. path has no "./" before it. */
	char *(*name)(void *arg, const char *path);
	deb_taker take;
	void *arg;
	bool links; /* symbolic links are taken as well; else one in place of a wanted file is refused */
};

/* Hands each wanted file to the visitor. Any path that leads out of the package is a fault, wanted or not. */
int deb_visit(const struct deb_source *source, const struct deb_visitor *visitor, struct fault *fault);

/* Reads the control fields. A fault says that this is no package, or a damaged one. */
int deb_control(const struct deb_source *source, struct deb *deb, struct fault *fault);
void deb_free(struct deb *deb);

/* Hands each file that a kernel needs to take(arg, ...): "vmlinuz", "config" or "modules/kernel/...". */
int deb_walk(const struct deb_source *source, deb_taker take, void *arg, struct fault *fault);

/*
 * Writes what a kernel needs below a folder: vmlinuz, config, modules/kernel/...
 * path: the package
 * dir: an existing folder of our own
 */
int deb_unpack(const char *path, const char *dir, struct fault *fault);

/*
 * The name under which a package's file is kept.
 * path: as in the package, e.g. "./boot/vmlinuz-6.12.1" or "./usr/lib/modules/7.3.4/vmlinuz"
 * out: receives "vmlinuz", "config" or "modules/kernel/...", to free; NULL for a file that is not needed
 * Returns -1 for a path that leads out of the package.
 */
int deb_member(const char *path, char **out);

#endif
