/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_KERNEL_H
#define VM_KERNEL_H

#include <stdbool.h>

#include "runner/base/fault.h"
#include "runner/base/mem.h"

/* What the user asked for; all but spec may be NULL. */
struct kernel_request {
	const char *spec;    /* --kernel; what it says of these two holds (vm/spec.h) */
	const char *modules; /* --modules */
	const char *config;  /* --config */
	const char *mirror;  /* --mirror, for names */
	bool offline;        /* a name must be in the cache already */
};

/* A kernel that can be booted. */
struct kernel {
	char *name;    /* as asked for, without its modules and configuration */
	char *image;   /* file to boot */
	char *modules; /* folder of its modules (/lib/modules/RELEASE or a build tree), or NULL */
	char *builtin; /* file modules.builtin: the modules that are no files but part of the image; or NULL */
	char *config;  /* file of its configuration, or NULL */
	char *release;   /* uname -r */
	char *package;   /* that it came in, or NULL */
	char *version;   /* of that package, or NULL */
	char sha256[65]; /* of image */
};

/*
 * Turns --kernel into a kernel that has been checked.
 * request: spec is one of
 *           a name of vm/kernels.list (debian/6.12): fetched by the script of its source when it is not in the cache;
 *           a bzImage, or a vmlinux with a PVH entry;
 *           a build tree, of which arch/x86/boot/bzImage, .config and the modules are taken;
 *           a .deb: a kernel's package; when it is split (linux-binary-, linux-modules-) its siblings stand beside it
 * cache_dir: packages are unpacked to kernels/ there
 * kernel: receives it; free with kernel_free(), also after a fault
 * Checked: it is an x86-64 kernel; its modules are of its release; its configuration, where it is known, has
 * an initrd and a serial console. A fault is bad input (2), or network, disk and the like (3).
 */
int kernel_resolve(const struct kernel_request *request, const char *cache_dir, struct kernel *kernel,
		   struct fault *fault);
/* The image of a kernel that is a file or a build tree, there or not yet, to free; NULL: it is a name. */
char *kernel_file(const char *value);

void kernel_free(struct kernel *kernel);

/* Can this configuration (a text) boot in the guest? name, release: for the fault and the match. */
int config_check(const char *text, const char *name, const char *release, struct fault *fault);

/*
 * The drivers of the channels to the host that are modules in this configuration (a text).
 * name: for the fault: one of them is neither built in nor a module
 * modules: their names are added to it
 */
int config_drivers(const char *text, const char *name, struct strings *modules, struct fault *fault);

/* Whether a kernel of this configuration has modules at all. */
bool config_has_modules(const char *text);

/* Whether a kernel of this configuration refuses modules without a signature. */
bool config_wants_signatures(const char *text);

#endif
