/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_ACL_H
#define HELPERS_ACL_H

#include <sys/types.h>

/* Access control lists of acl(5), raw: as the kernel's attribute, so that no library stands between. */

/* Lets a file's owner read and write it, its group and the users `a` and `b` read it. -1 with errno of setxattr(2). */
int acl_set(const char *file, uid_t a, uid_t b);

/*
 * These two users as the caller sees them, "A and B"; a text as in file.h. It is read twice, into buffers of different
 * size. NULL with errno of getxattr(2), EBADMSG if the two differ.
 */
const char *acl_users(const char *file);

#endif
