// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/acl.h"

#include <endian.h>
#include <errno.h>
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

int acl_set(const char *file, uid_t a, uid_t b)
{
	const struct acl acl = {
		htole32(POSIX_ACL_XATTR_VERSION),
		{entry(ACL_USER_OBJ, ACL_READ | ACL_WRITE, ACL_UNDEFINED_ID), entry(ACL_USER, ACL_READ, a),
		 entry(ACL_USER, ACL_READ, b), entry(ACL_GROUP_OBJ, ACL_READ, ACL_UNDEFINED_ID),
		 entry(ACL_MASK, ACL_READ, ACL_UNDEFINED_ID), entry(ACL_OTHER, 0, ACL_UNDEFINED_ID)}};

	return setxattr(file, ATTRIBUTE, &acl, sizeof(acl), 0);
}

const char *acl_users(const char *file)
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
	return path("%u and %u", le32toh(acl.entries[1].id), le32toh(acl.entries[2].id));
}
