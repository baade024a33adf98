/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_MODULES_H
#define VM_MODULES_H

#include <stddef.h>

#include "vm/boot.h"
#include "runner/base/fault.h"
#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "vm/memo.h"

/*
 * Kernel modules on the host: found by name below a folder, unpacked, and followed through the dependencies that
 * they record in .modinfo (Documentation/kbuild/modules.rst): packages ship no modules.dep.
 */

/* The lines of .modinfo that matter. */
struct modinfo {
	char *release;           /* first word of vermagic=; NULL when there is none */
	struct strings depends;  /* depends=, names as in modinfo_name() */
	struct strings softdeps; /* softdep=, both before and after, likewise */
	struct strings aliases;  /* alias=, as they are */
};

/*
 * Reads .modinfo of an unpacked module.
 * bytes: the module; libelf wants it writable but leaves it as it is
 * name: what to call it in a fault
 * A fault says that it is no x86-64 kernel module, or a damaged one.
 */
int modinfo_parse(const struct bytes *bytes, const char *name, struct modinfo *info, struct fault *fault);
void modinfo_free(struct modinfo *info);

/* The kernel's name of a module for a path or a name: without folder and endings, '-' as '_'. Free it. */
char *modinfo_name(const char *path);

struct module {
	char *name;       /* as the kernel calls it */
	struct bytes elf; /* unpacked */
	struct modinfo info;
	struct strings needs; /* all that must be loaded before, the first to load first */
};

struct module_set {
	struct module *items; /* sorted by name */
	size_t count;
};

/*
 * The modules of a list, with all that they depend on.
 * dir: a /lib/modules/RELEASE or a build tree (then modules.order tells which files are current)
 * release: what the modules must be built for
 * memo: is told what files and folders were looked at; may be NULL
 * names: wanted modules; one that is not there is built in or not configured, and left out
 * A fault names a damaged or foreign module, or a dependency that is missing.
 */
int modules_collect(const char *dir, const char *release, const struct strings *names, struct memo *memo,
		    struct module_set *set, struct fault *fault);
void modules_free(struct module_set *set);

/* Reads a list of module names: one or more on a line, '#' starts a comment. */
int modules_list(const char *path, struct strings *names, struct fault *fault);

/*
 * The release that the modules below a folder are built for.
 * memo: is told what files and folders were looked at; may be NULL
 * release: receives it, or the empty string when there is no module
 */
int modules_release(const char *dir, struct memo *memo, char release[RELEASE_MAX + 1], struct fault *fault);

/* The texts of modules.dep and modules.alias (modprobe(8)) for modules that all lie in one folder. */
struct text modules_dep(const struct module_set *set);
struct text modules_alias(const struct module_set *set);

#endif
