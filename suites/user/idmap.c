// SPDX-License-Identifier: GPL-2.0-only
/* User namespaces as the maps of mounts. mount_setattr(2) */
#include "helpers/nscheck.h"

#define GROUP "user.idmap"

/* Maps a new detached copy of /tmp by a user namespace; gives its descriptor. -1 with errno. */
static int mapped_copy(int userns)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns};
	int tree = open_tree(AT_FDCWD, "/tmp", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (tree < 0)
		return -1;
	return mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0 ? -1 : tree;
}

CASE(namespace_without_maps_is_refused)
{
	struct stat st;

	MUST(file_make("/tmp/file"));
	CHILD(member, NS_USER, .map = CONTAINER_MAP) {
		HEAR(member);
	}
	int mapped = MUST(ns_open(member->pid, "user"));
	DISMISS(member); /* a namespace without any member can be used */
	int tree = OK(mapped_copy(mapped));
	OK(fstatat(tree, "file", &st, 0));
	IS(st.st_uid, CONTAINER_ID);
	IS(st.st_gid, CONTAINER_ID);

	CHILD(unmapped, NS_USER) {
		HEAR(unmapped);
	}
	FAILS(EINVAL, mapped_copy(MUST(ns_open(unmapped->pid, "user"))));
	OK(stat("/tmp/file", &st));
	IS(st.st_uid, 0);
	DISMISS(unmapped);
}
