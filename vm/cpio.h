/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_CPIO_H
#define VM_CPIO_H

#include <stddef.h>
#include <sys/types.h>

#include "runner/base/mem.h"

/*
 * Writer of the "newc" archives that the kernel unpacks as initramfs
 * (Documentation/driver-api/early-userspace/buffer-format.rst). The same entries always give the same bytes:
 * sorted by path, parents added, mtime 0, uid and gid 0, inode numbers counted.
 *
 * Paths are relative to the root of the image, without leading slash. When a path is added twice, the first stays:
 * a real tool wins against the busybox applet of its name.
 */
struct cpio;

/* spool: an empty file, where contents wait to be sorted: an image is too large for memory. */
struct cpio *cpio_new(int spool);
void cpio_free(struct cpio *c);

void cpio_dir(struct cpio *c, const char *path, mode_t permissions);

/* Copies the content to the spool. */
void cpio_file(struct cpio *c, const char *path, mode_t permissions, const void *data, size_t len);
void cpio_symlink(struct cpio *c, const char *path, const char *target);
void cpio_chardev(struct cpio *c, const char *path, mode_t permissions, unsigned int major,
		  unsigned int minor);

/*
 * The whole archive, with its trailer, padded to 512 bytes so that another one may follow.
 * sum: receives the SHA-256 of what was written
 * Returns -1 with errno when it, or the spool earlier, could not be written.
 */
int cpio_write(struct cpio *c, int fd, char sum[65]);

#endif
