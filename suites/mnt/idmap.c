// SPDX-License-Identifier: GPL-2.0-only
/* Mounts that translate ids. mount_setattr(2) "ID-mapped mounts" */
#include <limits.h>

#include "helpers/nscheck.h"

#define GROUP    "mnt.idmap"
#define NOT_OPEN 1000000 /* a descriptor that no process has */

/* mount_setattr(2) with MOUNT_ATTR_IDMAP on the root of a tree. -1 with errno. */
static int idmap(int tree, uint64_t userns)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = userns};

	return mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr));
}

/* A detached copy of /tmp/m, a tmpfs, mapped by a user namespace; ends the test where tmpfs cannot be. */
static int mapped_clone(int userns)
{
	int tree = MUST(tree_clone("/tmp/m", 0)), done = idmap(tree, (uint64_t)userns);

	if (done < 0 && (errno == ENOSYS || errno == EINVAL))
		SKIP("tmpfs cannot be idmapped: %s", errno_name(errno));
	OK(done);
	return tree;
}

static long long owner(const char *file)
{
	struct stat st;

	return stat(file, &st) < 0 ? -1 : (long long)st.st_uid;
}

CASE(ownership_is_translated_only_through_the_idmapped_mount)
{
	CHILD(holder, NS_USER, .map = "0 10000 2000") {
		HEAR(holder);
	}
	MUST(tmpfs_make("/tmp/m"));
	MUST(chmod("/tmp/m", 0777));
	MUST(dir_make("/tmp/i"));
	MUST(file_make("/tmp/m/mine"));
	MUST(chmod("/tmp/m/mine", 0600));
	MUST(chown("/tmp/m/mine", 1000, 1000));
	MUST(file_make("/tmp/m/foreign"));
	MUST(chown("/tmp/m/foreign", 5000, 5000));
	OK(tree_attach(mapped_clone(MUST(ns_open(holder->pid, "user"))), "/tmp/i"));

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
	OK(file_make("/tmp/m/by_root")); /* controls */
	OK(chown("/tmp/i/mine", 10500, -1));
	IS(owner("/tmp/m/mine"), 500);
	DISMISS(holder);
}

CASE(group_permission_and_sticky_bit_follow_the_translated_ids)
{
	CHILD(holder, NS_USER, .map = "0 10000 2000") {
		HEAR(holder);
	}
	MUST(tmpfs_make("/tmp/m"));
	MUST(chmod("/tmp/m", 01777));
	MUST(dir_make("/tmp/i"));
	MUST(file_make("/tmp/m/group_reads"));
	MUST(chmod("/tmp/m/group_reads", 0640));
	MUST(chown("/tmp/m/group_reads", 0, 1000));
	OK(tree_attach(mapped_clone(MUST(ns_open(holder->pid, "user"))), "/tmp/i"));
	for (int mapped = 0; mapped < 2; mapped++) {
		const char *own = mapped ? "/tmp/i" : "/tmp/m", *other = mapped ? "/tmp/m" : "/tmp/i";

		MUST(file_make("/tmp/m/mine"));
		MUST(chown("/tmp/m/mine", 1000, 1000));
		CHILD(user, 0, .uid = mapped ? 11000 : 1000) {
			OK(open(path("%s/group_reads", own), O_RDONLY | O_CLOEXEC));
			FAILS(EACCES, open(path("%s/group_reads", own), O_RDWR));
			FAILS(EACCES, open(path("%s/group_reads", other), O_RDONLY));
			FAILS(EPERM, unlink(path("%s/group_reads", own)));
			FAILS(EPERM, unlink(path("%s/mine", other)));
			OK(unlink(path("%s/mine", own)));
		}
		EXITS(user, 0);
	}
	DISMISS(holder);
}

CASE(requests_are_validated)
{
	CHILD(holder, NS_USER, .map = CONTAINER_MAP) {
		HEAR(holder);
	}
	int userns = MUST(ns_open(holder->pid, "user"));
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
	DISMISS(holder);
}

CASE(userns_root_can_idmap_only_its_own_filesystems)
{
	MUST(tmpfs_make("/tmp/host"));
	MUST(dir_make("/tmp/m"));
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		CHILD(holder, NS_USER, .map = "0 0 1") {
			HEAR(holder);
		}
		uint64_t own = (uint64_t)MUST(ns_open(0, "user"));
		uint64_t nested = (uint64_t)MUST(ns_open(holder->pid, "user"));
		MUST(mount("tmpfs", "/tmp/m", "tmpfs", 0, NULL));
		mapped_clone((int)nested);
		FAILS(EPERM, idmap(MUST(tree_clone("/tmp/host", 0)), nested));
		FAILS(EINVAL, idmap(MUST(tree_clone("/tmp/m", 0)), own));
		OK(idmap(MUST(tree_clone("/tmp/m", 0)), nested));
		DISMISS(holder);
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

	CHILD(holder, NS_USER, .map = "0 10000 2000") {
		HEAR(holder);
	}
	CHILD(other, NS_USER, .map = "0 20000 2000") {
		HEAR(other);
	}
	MUST(tmpfs_make("/tmp/m"));
	MUST(file_make("/tmp/m/f"));
	MUST(dir_make("/tmp/i"));
	MUST(dir_make("/tmp/to"));
	OK(tree_attach(mapped_clone(MUST(ns_open(holder->pid, "user"))), "/tmp/i"));
	IS(owner("/tmp/i/f"), 10000); /* control */
	int plain = tree_clone_attr("/tmp/i", drop);
	if (plain < 0 && errno == ENOSYS)
		SKIP("no open_tree_attr(2)");
	OK(plain);
	OK(tree_attach(plain, "/tmp/to"));
	IS(owner("/tmp/to/f"), 0);
	OK(umount2("/tmp/to", MNT_DETACH));
	struct mount_attr replace = {.attr_clr = MOUNT_ATTR_IDMAP,
				     .attr_set = MOUNT_ATTR_IDMAP,
				     .userns_fd = (uint64_t)MUST(ns_open(other->pid, "user"))};
	OK(tree_attach(OK(tree_clone_attr("/tmp/i", replace)), "/tmp/to"));
	IS(owner("/tmp/to/f"), 20000);
	IS(owner("/tmp/i/f"), 10000);
	FAILS(EINVAL, syscall(SYS_open_tree_attr, AT_FDCWD, "/tmp/i", 0, &drop, sizeof(drop)));
	DISMISS(holder);
	DISMISS(other);
}
