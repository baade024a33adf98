/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_IMAGE_H
#define VM_IMAGE_H

#include <stdbool.h>

#include "runner/base/fault.h"
#include "vm/kernel.h"
#include "vm/runtime.h"

struct image_request {
	const struct kernel *kernel;
	const char *init;              /* path of nscheck-init */
	const char *guest;             /* path of nscheck-guest, added as PATH_GUEST for --shell; or NULL */
	const struct runtime *runtime; /* a container runtime that goes in as well, or NULL */
	bool signatures; /* modules keep theirs, which are dear to check, even if the configuration insists not */
};

/*
 * The initramfs for a kernel: /init, tools, the modules of vm/modules.list and what they need.
 * request: what goes in
 * cache_dir: the image lands in images/ there, named by the SHA-256 of its content, which depends on
 *             nothing but the inputs
 * path: receives its name, to free
 * A fault names a missing tool or a damaged module (bad input), or a full disk.
 */
int image_build(const struct image_request *request, const char *cache_dir, char **path, struct fault *fault);

#endif
