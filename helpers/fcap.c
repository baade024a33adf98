// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/fcap.h"

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/capability.h>
#include <sys/xattr.h>

#include "helpers/file.h"

int fcap_set(const char *file, int version, uid_t root)
{
	uint32_t revision = version == 3 ? VFS_CAP_REVISION_3 : VFS_CAP_REVISION_2;
	struct vfs_ns_cap_data value = {
		.magic_etc = htole32(revision | VFS_CAP_FLAGS_EFFECTIVE),
		.data[0].permitted = htole32(1U << CAP_NET_RAW),
		.rootid = htole32(root),
	};

	return setxattr(file, FCAP_ATTRIBUTE, &value, version == 3 ? XATTR_CAPS_SZ_3 : XATTR_CAPS_SZ_2, 0);
}

const char *fcap_of(const char *file)
{
	struct vfs_ns_cap_data value = {0};
	ssize_t size = getxattr(file, FCAP_ATTRIBUTE, &value, sizeof(value));

	if (size < 0)
		return NULL;
	uint32_t magic = le32toh(value.magic_etc);
	const char *effective = magic & VFS_CAP_FLAGS_EFFECTIVE ? "" : ", not effective";
	const char *text = path("version %u of %zd bytes: %x%s", magic >> 24, size,
				le32toh(value.data[0].permitted), effective);
	return (magic & VFS_CAP_REVISION_MASK) == VFS_CAP_REVISION_3
		       ? path("%s, root %u", text, le32toh(value.rootid))
		       : text;
}
