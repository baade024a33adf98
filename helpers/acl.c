// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/acl.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdint.h>
#include <string.h>
#include <sys/xattr.h>

#include "helpers/file.h"

#define ATTRIBUTE "system.posix_acl_access"

struct acl {
	uint32_t version;
	struct acl_entry {
		uint16_t tag, perm;
		uint32_t id;
	} entries[6];
};

static struct acl_entry entry(uint16_t tag, uint16_t perm, uint32_t id)
{
	return (struct acl_entry){htole16(tag), htole16(perm), htole32(id)};
}

int acl_set(const char *file, enum acl_kind kind, id_t a, id_t b)
{
	/* In the order that the kernel asks for: named users come before the owning group, named groups after it. */
	const int first = kind == ACL_OF_USERS ? 1 : 2, group = kind == ACL_OF_USERS ? 3 : 1;
	const uint16_t tag = kind == ACL_OF_USERS ? ACL_USER : ACL_GROUP;
	struct acl acl = {.version = htole32(POSIX_ACL_XATTR_VERSION)};

	acl.entries[0] = entry(ACL_USER_OBJ, ACL_READ | ACL_WRITE, ACL_UNDEFINED_ID);
	acl.entries[first] = entry(tag, ACL_READ, a);
	acl.entries[first + 1] = entry(tag, ACL_READ, b);
	acl.entries[group] = entry(ACL_GROUP_OBJ, ACL_READ, ACL_UNDEFINED_ID);
	acl.entries[4] = entry(ACL_MASK, ACL_READ, ACL_UNDEFINED_ID);
	acl.entries[5] = entry(ACL_OTHER, 0, ACL_UNDEFINED_ID);
	return setxattr(file, ATTRIBUTE, &acl, sizeof(acl), 0);
}

const char *acl_ids(const char *file)
{
	struct acl acl;
	char large[256];

	if (getxattr(file, ATTRIBUTE, &acl, sizeof(acl)) < 0)
		return NULL;
	if (getxattr(file, ATTRIBUTE, large, sizeof(large)) != sizeof(acl) ||
	    memcmp(large, &acl, sizeof(acl)) != 0) {
		errno = EBADMSG;
		return NULL;
	}
	bool users = le16toh(acl.entries[1].tag) == ACL_USER;
	const struct acl_entry *named = &acl.entries[users ? 1 : 2];
	return path("%s %u and %u", users ? "users" : "groups", le32toh(named[0].id), le32toh(named[1].id));
}
