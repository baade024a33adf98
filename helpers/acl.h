/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_ACL_H
#define HELPERS_ACL_H

#include <sys/types.h>

/* Access control lists of acl(5), raw: as the kernel's attribute, so that no library stands between. */

/* Whom a list names. */
enum acl_kind { ACL_OF_USERS, ACL_OF_GROUPS };

/*
 * Lets a file's owner read and write it, its group and the users, or groups, `a` and `b` read it. -1 with errno of
 * setxattr(2).
 */
int acl_set(const char *file, enum acl_kind kind, id_t a, id_t b);

/*
 * These two as the caller sees them, "users A and B" or "groups A and B"; a text as in file.h. It is read twice, into
 * buffers of different size. NULL with errno of getxattr(2), EBADMSG if the two differ.
 */
const char *acl_ids(const char *file);

#endif
