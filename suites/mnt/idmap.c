// SPDX-License-Identifier: GPL-2.0-only
/* Mounts that translate ids. mount_setattr(2) "ID-mapped mounts" */
#include <limits.h>

#include "helpers/acl.h"
#include "helpers/nscheck.h"

#define GROUP    "mnt.idmap"
#define NOT_OPEN 1000000 /* a descriptor that no process has */

/* mount_setattr(2) with MOUNT_ATTR_IDMAP on the root of a tree. -1 with errno. */
static int idmap(int tree, uint64_t userns)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = userns};

	return mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr));
}

/* A user namespace with this map, by its descriptor; no process is left in it. */
static int userns_with(const char *map)
{
	CHILD(holder, NS_USER, .map = map) {
		/* With another uid than its creator's it is not dumpable, and closed to who has no power outside. */
		GIVE_FD(holder, MUST(ns_open(0, "user")));
	}
	int userns = TAKE_FD(holder);
	EXITS(holder, 0);
	return userns;
}

/* A detached copy of /tmp/m, a tmpfs, mapped by a user namespace. */
static int mapped_clone(int userns)
{
	int tree = MUST(tree_clone("/tmp/m", 0));

	OK(idmap(tree, (uint64_t)userns));
	return tree;
}

/* The uid of a file, of which the gid must be the same. */
static long long owner(const char *file)
{
	struct stat st;

	MUST(stat(file, &st));
	IS(st.st_gid, st.st_uid);
	return st.st_uid;
}

/* A tmpfs on /tmp/m, and a copy of it on /tmp/i that shows its ids from 0 on as those from 10000 on. */
static void make_mapped(void)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(chmod("/tmp/m", 01777));
	MUST(dir_make("/tmp/i"));
	OK(tree_attach(mapped_clone(userns_with("0 10000 2000")), "/tmp/i"));
}

CASE(ownership_is_translated_only_through_the_idmapped_mount)
{
	make_mapped();
	MUST(file_make_owned("/tmp/m/mine", 1000, 1000, 0600));
	MUST(file_make_owned("/tmp/m/foreign", 5000, 5000, 0644));
	HOLDS(strstr(MUST(mnt_at("/tmp/i"))->options, "idmapped"));
	IS(owner("/tmp/i/mine"), 11000);
	IS(owner("/tmp/m/mine"), 1000);
	IS(owner("/tmp/i/foreign"), 65534);
	CHILD(mapped, 0, .uid = 11000) {
		OK(open("/tmp/i/mine", O_RDWR | O_CLOEXEC));
		OK(file_make("/tmp/i/new"));
		FAILS(EACCES, open("/tmp/m/mine", O_RDWR));
	}
	EXITS(mapped, 0);
	IS(owner("/tmp/m/new"), 1000);
	CHILD(user, 0, .uid = 1000) {
		FAILS(EACCES, open("/tmp/i/mine", O_RDWR));
		OK(open("/tmp/m/mine", O_RDWR | O_CLOEXEC));
	}
	EXITS(user, 0);
	FAILS(EOVERFLOW, file_make("/tmp/i/by_root"));
	FAILS(EOVERFLOW, chown("/tmp/i/mine", 5000, -1));
	FAILS(EOVERFLOW, chown("/tmp/i/mine", -1, 5000));
	OK(file_make("/tmp/m/by_root")); /* controls */
	OK(chown("/tmp/i/mine", 10500, 10500));
	IS(owner("/tmp/m/mine"), 500);
}

/* Who owns the ids 1000 of the filesystem on which of the two mounts, and the other mount. */
struct side {
	uid_t uid;
	const char *own, *other;
};

static const struct side sides[] = {{1000, "/tmp/m", "/tmp/i"}, {11000, "/tmp/i", "/tmp/m"}};

CASE(group_permission_and_sticky_bit_follow_the_translated_ids)
{
	make_mapped();
	MUST(file_make_owned("/tmp/m/of_group", 0, 1000, 0640));
	for (const struct side *s = sides; s < sides + 2; s++) {
		MUST(file_make_owned("/tmp/m/mine", 1000, 1000, 0600));
		CHILD(user, 0, .uid = s->uid) {
			OK(open(path("%s/of_group", s->own), O_RDONLY | O_CLOEXEC));
			FAILS(EACCES, open(path("%s/of_group", s->own), O_RDWR));
			FAILS(EACCES, open(path("%s/of_group", s->other), O_RDONLY));
			FAILS(EPERM, unlink(path("%s/of_group", s->own)));
			FAILS(EPERM, unlink(path("%s/mine", s->other)));
			OK(unlink(path("%s/mine", s->own)));
		}
		EXITS(user, 0);
	}
}

CASE(access_lists_follow_the_translated_ids)
{
	make_mapped();
	MUST(file_make_owned("/tmp/m/file", 0, 0, 0600));
	OK(acl_set("/tmp/m/file", ACL_OF_USERS, 7, 1000));
	IS(OK(acl_ids("/tmp/i/file")), "users 10007 and 11000");
	for (const struct side *s = sides; s < sides + 2; s++) {
		CHILD(user, 0, .uid = s->uid) {
			OK(open(path("%s/file", s->own), O_RDONLY | O_CLOEXEC));
			FAILS(EACCES, open(path("%s/file", s->own), O_RDWR));
			FAILS(EACCES, open(path("%s/file", s->other), O_RDONLY));
		}
		EXITS(user, 0);
	}
	FAILS(EINVAL, acl_set("/tmp/i/file", ACL_OF_USERS, 7, 10008));
	OK(acl_set("/tmp/i/file", ACL_OF_USERS, 10007, 10008));
	IS(OK(acl_ids("/tmp/m/file")), "users 7 and 8");
}

CASE(copies_of_the_mount_keep_its_mapping)
{
	make_mapped();
	MUST(file_make_owned("/tmp/m/file", 5, 5, 0600));
	IS(owner("/tmp/i/file"), 10005); /* control */
	MUST(tmpfs_make("/tmp/shared"));
	MUST(dir_make("/tmp/shared/at"));
	MUST(dir_make("/tmp/peer"));
	MUST(mnt_propagation("/tmp/shared", MS_SHARED));
	MUST(bind_make("/tmp/shared", "/tmp/peer"));
	OK(bind_make("/tmp/i", "/tmp/shared/at"));
	IS(owner("/tmp/shared/at/file"), 10005);
	IS(owner("/tmp/peer/at/file"), 10005);
	CHILD(member, NS_MNT) {
		MUST(umount2("/tmp/m", 0));
		IS(owner("/tmp/i/file"), 10005);
	}
	EXITS(member, 0);
	IS(owner("/tmp/m/file"), 5);
}

CASE(requests_are_validated)
{
	int userns = userns_with(CONTAINER_MAP);
	MUST(tmpfs_make("/tmp/m"));
	int mapped = mapped_clone(userns),
	    tree = MUST(tree_clone("/tmp/m", 0)); /* control: the request is good */
	const struct {
		const char *what;
		int tree;
		uint64_t userns;
		int expected;
	} rows[] = {
		{"initial user namespace", tree, (uint64_t)MUST(ns_open(0, "user")), EPERM},
		{"network namespace", tree, (uint64_t)MUST(ns_open(0, "net")), EINVAL},
		{"directory", tree, (uint64_t)MUST(open("/tmp", O_RDONLY | O_CLOEXEC)), EINVAL},
		{"closed descriptor", tree, NOT_OPEN, EBADF},
		{"no descriptor", tree, (uint64_t)INT_MAX + 1, EINVAL},
		{"attached mount", MUST(open("/tmp/m", O_PATH | O_CLOEXEC)), (uint64_t)userns, EINVAL},
		{"second time", mapped, (uint64_t)userns, EPERM},
		{"proc", MUST(tree_clone("/proc", AT_RECURSIVE)), (uint64_t)userns, EINVAL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		NOTE("%s", rows[i].what);
		FAILS(rows[i].expected, idmap(rows[i].tree, rows[i].userns));
	}
	NOTE_END();
	struct mount_attr clear = {.attr_clr = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns};
	FAILS(EINVAL, mount_setattr(mapped, "", AT_EMPTY_PATH, &clear, sizeof(clear)));
	int writer = MUST(openat(tree, "f", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	FAILS(EBUSY, idmap(tree, (uint64_t)userns));
	MUST(close(writer));
	OK(idmap(tree, (uint64_t)userns)); /* control */
}

CASE(userns_root_can_idmap_only_its_own_filesystems)
{
	MUST(tmpfs_make("/tmp/host"));
	MUST(dir_make("/tmp/m"));
	MUST(dir_make("/tmp/i"));
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		int own = MUST(ns_open(0, "user")), nested = userns_with("0 200 100");
		MUST(mount("tmpfs", "/tmp/m", "tmpfs", 0, NULL));
		MUST(file_make_owned("/tmp/m/file", 5, 5, 0600));
		OK(tree_attach(mapped_clone(nested), "/tmp/i"));
		IS(owner("/tmp/i/file"), 205);
		IS(owner("/tmp/m/file"), 5);
		FAILS(EPERM, idmap(MUST(tree_clone("/tmp/host", 0)), (uint64_t)nested));
		FAILS(EINVAL, idmap(MUST(tree_clone("/tmp/m", 0)), (uint64_t)own));
		OK(idmap(MUST(tree_clone("/tmp/m", 0)), (uint64_t)nested));
	}
	EXITS(box, 0);
}

/* open_tree_attr(2), which libc lacks: open_tree(2) that also changes the attributes. -1 with errno. */
static int tree_clone_attr(const char *from, struct mount_attr attr)
{
	return (int)syscall(SYS_open_tree_attr, AT_FDCWD, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC, &attr,
			    sizeof(attr));
}

CASE(open_tree_attr_can_replace_or_drop_a_mapping_in_a_new_clone)
{
	struct mount_attr drop = {.attr_clr = MOUNT_ATTR_IDMAP};

	make_mapped();
	MUST(file_make("/tmp/m/f"));
	MUST(dir_make("/tmp/to"));
	IS(owner("/tmp/i/f"), 10000); /* control */
	OK(tree_attach(OK(tree_clone_attr("/tmp/i", drop)), "/tmp/to"));
	IS(owner("/tmp/to/f"), 0);
	OK(umount2("/tmp/to", MNT_DETACH));
	struct mount_attr replace = {.attr_clr = MOUNT_ATTR_IDMAP,
				     .attr_set = MOUNT_ATTR_IDMAP,
				     .userns_fd = (uint64_t)userns_with("0 20000 2000")};
	OK(tree_attach(OK(tree_clone_attr("/tmp/i", replace)), "/tmp/to"));
	IS(owner("/tmp/to/f"), 20000);
	IS(owner("/tmp/i/f"), 10000);
	FAILS(EINVAL, syscall(SYS_open_tree_attr, AT_FDCWD, "/tmp/i", 0, &drop, sizeof(drop)));
}
