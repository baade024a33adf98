/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_FCAP_H
#define HELPERS_FCAP_H

#include <sys/types.h>

/* Capabilities of files, raw: libcap has no way to write an attribute of a version that it does not choose itself. */

#define FCAP_ATTRIBUTE "security.capability"

/*
 * Gives a file CAP_NET_RAW, permitted and effective, by an attribute of version 2 or 3 (capabilities(7)); version 3
 * names the uid of the root it is good for. -1 with errno of setxattr(2).
 */
int fcap_set(const char *file, int version, uid_t root);

/*
 * The attribute as the caller sees it: "version 3 of 24 bytes: 2000, root 100000"; a text as in file.h, NULL with
 * errno of getxattr(2).
 */
const char *fcap_of(const char *file);

#endif
