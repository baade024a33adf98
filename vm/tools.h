/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_TOOLS_H
#define VM_TOOLS_H

#include "runner/base/mem.h"
#include "vm/cpio.h"
#include "runner/base/fault.h"
#include "vm/memo.h"

/*
 * Puts the host's ip, nft and iptables-legacy into an image, with the libraries they load.
 * They are subjects and second opinions. Libraries keep the paths they have on the host, so that the host's own ld.so
 * finds them there as it does here.
 * memo is told of every file that was looked for. A fault names the tool that is missing, and Debian's package of it.
 */
int tools_add(struct cpio *image, struct memo *memo, struct fault *fault);

/* The same for busybox, the guest's shell, under all its names that are not in the image yet. */
int busybox_add(struct cpio *image, struct memo *memo, struct fault *fault);

/* The same for any program of the host, which gets `path` in the image. */
int program_add(struct cpio *image, struct memo *memo, const char *host, const char *path,
		struct fault *fault);

/* The first line of `PROGRAM --version`, a path or a name of PATH, to free; NULL when it says none. */
char *program_version(const char *program);

/*
 * What an ELF program or library asks the dynamic linker for.
 * needed: receives the DT_NEEDED names
 * interpreter: receives the path of ld.so, to free, or NULL for a library or a static program
 */
int elf_needs(const struct bytes *bytes, const char *name, struct strings *needed, char **interpreter,
	      struct fault *fault);

#endif
