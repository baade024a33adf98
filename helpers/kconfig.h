/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_KCONFIG_H
#define HELPERS_KCONFIG_H

/* Asks the kernel's configuration: 'y', 'm', 'n', or '?' where it cannot be had. */
char kconfig(const char *option);

/* Reads it, so that processes forked from this one need not read it again. */
void kconfig_prepare(void);

#endif
