/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_MODULE_H
#define HELPERS_MODULE_H

#include <stdbool.h>

/*
 * Whether the kernel has what a module brings: it is loaded or built in. The kernel is asked first (sysfs, its file
 * systems), then its configuration, then the list of what is built in.
 */
bool module_here(const char *name);

/*
 * Loads a module with what it depends on (modprobe) unless it is here. Where there is no module and no configuration, a
 * kernel that knows its kind of links has it built in. False if it cannot be had.
 */
bool module_load(const char *name);

/* Whether the table that module_here() asks by has this module. */
bool module_known(const char *name);

#endif
