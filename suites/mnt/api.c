// SPDX-License-Identifier: GPL-2.0-only
/* Mounts by descriptors: open_tree(2), move_mount(2), fsmount(2), mount_setattr(2) */
#include <sys/syscall.h>

#include "helpers/nscheck.h"

#define GROUP         "mnt.api"
#define ONE_NAMESPACE "rules of the mount API within one namespace; no isolation is observed"

static int set_attr(const char *where, unsigned int flags, struct mount_attr attr)
{
	return mount_setattr(AT_FDCWD, where, flags, &attr, sizeof(attr));
}

static bool has_option(const char *where, const char *option)
{
	return strstr(path(",%s,", MUST(mnt_at(where))->options), path(",%s,", option)) != NULL;
}

CASE(detached_tree_is_invisible_until_attached_and_dies_with_its_fd, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(file_make("/tmp/m/f"));
	MUST(tmpfs_make("/tmp/m/sub"));
	MUST(file_make("/tmp/m/sub/x"));
	MUST(dir_make("/tmp/to"));
	MUST(dir_make("/tmp/then"));
	int mounts = MUST(mountinfo_count("/proc/self/mountinfo", "/"));

	int tree = OK(tree_clone("/tmp/m", 0)), whole = OK(tree_clone("/tmp/m", AT_RECURSIVE));
	IS(mountinfo_count("/proc/self/mountinfo", "/"), mounts);
	OK(faccessat(tree, "f", F_OK, 0));
	FAILS(ENOENT, faccessat(tree, "sub/x", F_OK, 0));
	OK(faccessat(whole, "sub/x", F_OK, 0));
	OK(tree_attach(tree, "/tmp/to"));
	IS(mountinfo_count("/proc/self/mountinfo", "/"), mounts + 1);
	IS(mnt_count("/tmp/to"), 1);
	OK(tree_attach(tree, "/tmp/then"));
	IS(mnt_count("/tmp/to"), 0);
	OK(close(tree));
	IS(mnt_count("/tmp/then"), 1);

	int file = MUST(openat(whole, "f", O_RDONLY | O_CLOEXEC));
	int root = MUST(openat(whole, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	OK(close(whole));
	char text[16] = "";
	OK(read(file, text, sizeof(text) - 1));
	IS(text, "/tmp/m/f");
	FAILS(EINVAL, tree_attach(root, "/tmp/to"));
	struct mount_attr nodev = {.attr_set = MOUNT_ATTR_NODEV};
	if (mount_setattr(root, "", AT_EMPTY_PATH, &nodev, sizeof(nodev)) == 0 || errno != ENOSYS)
		FAILS(EINVAL, mount_setattr(root, "", AT_EMPTY_PATH, &nodev, sizeof(nodev)));
}

CASE(open_tree_and_move_mount_argument_errors, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(dir_make("/tmp/m/dir"));
	MUST(file_make("/tmp/m/file"));
	MUST(dir_make("/tmp/to"));
	MUST(file_make("/tmp/bound"));
	MUST(bind_make("/tmp/m/file", "/tmp/bound"));
	FAILS(EINVAL, open_tree(AT_FDCWD, "/tmp/m", AT_RECURSIVE));
	FAILS(EINVAL, open_tree(AT_FDCWD, "/tmp/m", 0x40000000));
	FAILS(EBADF, open_tree(-1, "m", 0));
	FAILS(ENOENT, open_tree(AT_FDCWD, "/tmp/none", 0));
	FAILS(EINVAL, move_mount(AT_FDCWD, "/tmp/m", AT_FDCWD, "/tmp/to", 0x40000000));
	FAILS(ENOENT, move_mount(MUST(tmpfs_detached()), "", AT_FDCWD, "/tmp/to", 0));
	FAILS(EBADF, tree_attach(-1, "/tmp/to"));
	FAILS(EINVAL, move_mount(AT_FDCWD, "/tmp/bound", AT_FDCWD, "/tmp/to", 0));
	FAILS(EINVAL, move_mount(AT_FDCWD, "/tmp/m/dir", AT_FDCWD, "/tmp/to", 0));
	int context = MUST(fsopen("tmpfs", FSOPEN_CLOEXEC)), tree = MUST(tmpfs_detached());
	MUST(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, tree_clone("/tmp/m", 0));
		FAILS(EPERM, tree_attach(tree, "/tmp/to"));
		FAILS(EPERM, fsopen("tmpfs", 0));
		FAILS(EPERM, fsmount(context, 0, 0));
		FAILS(EPERM, fspick(AT_FDCWD, "/tmp/m", 0));
		if (set_attr("/tmp/m", 0, (struct mount_attr){.attr_set = MOUNT_ATTR_NODEV}) == 0 ||
		    errno != ENOSYS)
			FAILS(EPERM,
			      set_attr("/tmp/m", 0, (struct mount_attr){.attr_set = MOUNT_ATTR_NODEV}));
		OK(open_tree(AT_FDCWD, "/tmp/m", OPEN_TREE_CLOEXEC));
	}
	EXITS(user, 0);
	OK(tree_attach(tree, "/tmp/to")); /* control */
}

CASE(detached_tree_can_be_passed_to_another_namespace_and_attached_there)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(file_make("/tmp/m/f"));
	MUST(dir_make("/tmp/a"));
	MUST(dir_make("/tmp/b"));
	CHILD(box, NS_MNT) {
		int new = TAKE_FD(box), clone = TAKE_FD(box), attached = TAKE_FD(box), third = TAKE_FD(box);
		FAILS(EINVAL, tree_attach(attached, "/tmp/a"));
		FAILS(EINVAL, open_tree(third, "", AT_EMPTY_PATH | OPEN_TREE_CLONE));
		OK(tree_attach(new, "/tmp/a"));
		OK(access("/tmp/a/new", F_OK));
		OK(tree_attach(clone, "/tmp/b"));
		OK(access("/tmp/b/f", F_OK));
		TELL(box);
		HEAR(box);
	}
	int new = MUST(tmpfs_detached()), clone = MUST(tree_clone("/tmp/m", 0));
	MUST(mkdirat(new, "new", 0755));
	GIVE_FD(box, new);
	GIVE_FD(box, clone);
	GIVE_FD(box, MUST(open("/tmp/m", O_PATH | O_CLOEXEC)));
	GIVE_FD(box, MUST(tree_clone("/tmp/m", 0)));
	HEAR(box);
	IS(mnt_count("/tmp/a"), 0);
	IS(mnt_count("/tmp/b"), 0);
	FAILS(ENOENT, access("/tmp/a/new", F_OK));
	DISMISS(box);
}

CASE(detached_tree_gets_no_propagation_until_attached, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/s"));
	MUST(dir_make("/tmp/s/x"));
	MUST(dir_make("/tmp/s/y"));
	MUST(dir_make("/tmp/d"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED));
	int tree = OK(tree_clone("/tmp/s", 0));
	OK(tmpfs_make("/tmp/s/x"));
	MUST(file_make("/tmp/s/x/f"));
	FAILS(ENOENT, faccessat(tree, "x/f", F_OK, 0));
	OK(tree_attach(tree, "/tmp/d"));
	IS(mnt_count("/tmp/d/x"), 0);
	OK(tmpfs_make("/tmp/s/y"));
	IS(mnt_count("/tmp/d/y"), 1);
}

CASE(detached_trees_can_be_nested_and_cloned, .unsabotaged = ONE_NAMESPACE)
{
	int outer = MUST(tmpfs_detached()), inner = MUST(tmpfs_detached());

	MUST(mkdirat(outer, "s", 0755));
	MUST(mkdirat(inner, "x", 0755));
	MUST(dir_make("/tmp/to"));
	OK(move_mount(inner, "", outer, "s", MOVE_MOUNT_F_EMPTY_PATH));
	OK(faccessat(outer, "s/x", F_OK, 0));
	int clone =
		OK(open_tree(outer, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
	OK(faccessat(clone, "s/x", F_OK, 0));
	OK(bind_make(path("/proc/self/fd/%d", outer), "/tmp/to"));
	FAILS(EINVAL, umount2(path("/proc/self/fd/%d", outer), MNT_DETACH));
	FAILS(EINVAL, mount("tmpfs", path("/proc/self/fd/%d", outer), "tmpfs", 0, NULL));
}

CASE(mount_setattr_is_recursive_and_atomic, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(tmpfs_make("/tmp/m/sub"));
	int file = MUST(open("/tmp/m/sub/f", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	struct mount_attr strict = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID};
	FAILS(EBUSY, set_attr("/tmp/m", AT_RECURSIVE, strict));
	HOLDS(!has_option("/tmp/m", "ro"));
	HOLDS(!has_option("/tmp/m", "nosuid"));
	MUST(close(file));
	OK(set_attr("/tmp/m", AT_RECURSIVE, strict));
	HOLDS(has_option("/tmp/m", "nosuid"));
	OK(set_attr("/tmp/m", AT_RECURSIVE,
		    (struct mount_attr){.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC}));
	for (int i = 0; i < 2; i++) {
		HOLDS(has_option(i ? "/tmp/m/sub" : "/tmp/m", "ro"));
		HOLDS(has_option(i ? "/tmp/m/sub" : "/tmp/m", "noexec"));
	}
	OK(set_attr("/tmp/m", AT_RECURSIVE, (struct mount_attr){.propagation = MS_SHARED}));
	HOLDS(MUST(mnt_at("/tmp/m"))->shared);
	HOLDS(MUST(mnt_at("/tmp/m/sub"))->shared);
}

CASE(mount_setattr_argument_errors)
{
	static const struct {
		const char *what, *where;
		unsigned int flags;
		struct mount_attr attr;
	} rows[] = {
		{"attr_set", "/tmp/m", 0, {.attr_set = 1ULL << 40}},
		{"attr_clr", "/tmp/m", 0, {.attr_clr = 1ULL << 40}},
		{"two types", "/tmp/m", 0, {.propagation = MS_SHARED | MS_PRIVATE}},
		{"no type", "/tmp/m", 0, {.propagation = MS_RDONLY}},
		{"atime without mask", "/tmp/m", 0, {.attr_set = MOUNT_ATTR_NOATIME}},
		{"partial mask", "/tmp/m", 0, {.attr_clr = MOUNT_ATTR_NOATIME}},
		{"call flag", "/tmp/m", 0x40000000, {.attr_set = MOUNT_ATTR_NODEV}},
		{"no mount point", "/tmp/m/dir", 0, {.attr_set = MOUNT_ATTR_NODEV}},
	};
	struct {
		struct mount_attr attr;
		uint64_t tail[1024];
	} large = {.attr = {.attr_set = MOUNT_ATTR_NODEV}};

	MUST(tmpfs_make("/tmp/m"));
	MUST(dir_make("/tmp/m/dir"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		NOTE("%s", rows[i].what);
		FAILS(EINVAL, set_attr(rows[i].where, rows[i].flags, rows[i].attr));
	}
	NOTE_END();
	FAILS(EINVAL, mount_setattr(AT_FDCWD, "/tmp/m", 0, &large.attr, 16));
	FAILS(E2BIG, mount_setattr(AT_FDCWD, "/tmp/m", 0, &large.attr, 8192));
	OK(mount_setattr(AT_FDCWD, "/tmp/m", 0, &large.attr, sizeof(large.attr) + 8));
	large.tail[0] = 1;
	FAILS(E2BIG, mount_setattr(AT_FDCWD, "/tmp/m", 0, &large.attr, sizeof(large.attr) + 8));
	OK(set_attr("/tmp/m", 0, (struct mount_attr){.attr_set = MOUNT_ATTR_NODEV})); /* control */
	CHILD(other, NS_MNT) {
		HEAR(other);
	}
	FAILS(EINVAL, set_attr(proc_path(other->pid, "root/tmp/m"), 0, rows[7].attr));
	DISMISS(other);
}

CASE(move_beneath_replaces_under_the_top_mount, .unsabotaged = ONE_NAMESPACE)
{
	int tree = MUST(tmpfs_detached());

	MUST(mkdirat(tree, "beneath", 0755));
	MUST(tmpfs_make("/tmp/m"));
	MUST(file_make("/tmp/m/top"));
	MUST(dir_make("/tmp/plain"));
	OK(tree_attach_beneath(tree, "/tmp/m"));
	OK(access("/tmp/m/top", F_OK));
	FAILS(ENOENT, access("/tmp/m/beneath", F_OK));
	IS(mnt_count("/tmp/m"), 2);
	OK(umount2("/tmp/m", 0));
	OK(access("/tmp/m/beneath", F_OK));

	FAILS(EINVAL, tree_attach_beneath(MUST(tmpfs_detached()), "/tmp/plain"));
	int moved = MUST(open("/tmp/m", O_PATH | O_CLOEXEC)); /* attached, below the target */
	FAILS(EINVAL, tree_attach_beneath(moved, "/tmp"));
	int detached = MUST(tmpfs_detached());
	FAILS(EINVAL, move_mount(MUST(tmpfs_detached()), "", detached, "",
				 MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH | MOVE_MOUNT_BENEATH));
	MUST(tmpfs_make("/tmp/s"));
	for (int shared = 1; shared >= 0; shared--) {
		NOTE(shared ? "shared parent" : "private parent");
		MUST(mnt_propagation("/tmp/s", shared ? MS_SHARED : MS_PRIVATE));
		MUST(dir_make("/tmp/s/d"));
		MUST(bind_make("/tmp/s/d", "/tmp/s/d"));
		IS(tree_attach_beneath(MUST(tmpfs_detached()), "/tmp/s/d") < 0 ? errno : 0,
		   shared ? EINVAL : 0);
		MUST(umount2("/tmp/s/d", MNT_DETACH));
	}
}

CASE(umount_is_busy_when_the_copy_pulled_out_beneath_is_in_use)
{
	MUST(tmpfs_make("/tmp/s"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED));
	MUST(tmpfs_make("/tmp/s/victim"));
	MUST(tmpfs_make("/tmp/s/other"));
	CHILD(slave, NS_MNT) {
		MUST(mnt_propagation("/tmp/s", MS_SLAVE | MS_REC));
		int held = MUST(tree_clone("/tmp/s", AT_RECURSIVE));
		OK(tree_attach_beneath(held, "/tmp/s/victim"));
		TELL(slave);
		HEAR(slave);
		HOLDS(mnt_count("/tmp/s/victim") >= 1);
		MUST(close(held));
		TELL(slave);
		HEAR(slave);
		IS(mnt_count("/tmp/s/other"), 0);
	}
	HEAR(slave);
	OK(umount2("/tmp/s/other", 0)); /* control: nothing is in use there */
	FAILS(EBUSY, umount2("/tmp/s/victim", 0));
	TELL(slave);
	HEAR(slave);
	OK(umount2("/tmp/s/victim", 0));
	DISMISS(slave);
}

/* A new tmpfs beneath the topmost mount that covers the one behind a descriptor. -1 with errno. */
static int attach_beneath(int covered)
{
	return move_mount(MUST(tmpfs_detached()), "", covered, "",
			  MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH | MOVE_MOUNT_BENEATH);
}

CASE(move_beneath_dead_mount_fails_cleanly, .alone = true, .unsabotaged = ONE_NAMESPACE)
{
	const long long tainted = MUST(file_number("/proc/sys/kernel/tainted"));

	MUST(tmpfs_make("/tmp/s"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED));
	MUST(dir_make("/tmp/s/d"));
	MUST(dir_make("/tmp/t"));
	MUST(bind_make("/tmp/s", "/tmp/t"));
	MUST(mnt_propagation("/tmp/t", MS_SLAVE));
	MUST(tmpfs_make("/tmp/s/d"));
	int copy = MUST(open("/tmp/t/d", O_PATH | O_CLOEXEC));
	MUST(mount("tmpfs", "/tmp/t/d", "tmpfs", 0, NULL));
	MUST(file_make("/tmp/t/d/cover"));
	OK(attach_beneath(copy)); /* control: the copy is alive, and the way to its cover */
	IS(mnt_count("/tmp/t/d"), 3);
	OK(umount2("/tmp/s/d", MNT_DETACH)); /* takes the copy away from under its cover */
	IS(mnt_count("/tmp/t/d"), 2);
	OK(access("/tmp/t/d/cover", F_OK)); /* which has slid down to where the copy was */
	FAILS(ENOENT, attach_beneath(copy));
	IS(mnt_count("/tmp/t/d"), 2);
	IS(file_number("/proc/sys/kernel/tainted"), tainted);
}
