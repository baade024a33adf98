/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_BOOT_H
#define VM_BOOT_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/fault.h"

#define RELEASE_MAX 64 /* __NEW_UTS_LEN */

/* Is s a kernel release that may become part of a path: letters, digits and ._+~- only, not starting with a dot? */
bool release_valid(const char *s);

/*
 * What `uname -r` will say, read from a kernel's file.
 * data, len: the file: a bzImage (Documentation/arch/x86/boot.rst) or an ELF vmlinux with a PVH entry
 * name: what to call it in a fault
 * release: receives the release
 * A fault says why no monitor could boot it as an x86-64 kernel.
 */
int boot_release(const void *data, size_t len, const char *name, char release[RELEASE_MAX + 1],
		 struct fault *fault);

#endif
