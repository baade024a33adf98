// SPDX-License-Identifier: GPL-2.0-only
/* Mounts inherited by a less privileged namespace are locked. mount_namespaces(7) "Restrictions on mount namespaces" */
#include "helpers/nscheck.h"

#define GROUP "mnt.locked"

/* A directory with the file "secret", and over it a tmpfs with the file "top". */
static void make_cover(const char *dir)
{
	MUST(dir_make(dir));
	MUST(file_make(path("%s/secret", dir)));
	MUST(tmpfs_make(dir));
	MUST(file_make(path("%s/top", dir)));
}

CASE(shared_mounts_become_slaves_in_a_less_privileged_namespace)
{
	MUST(tmpfs_make("/tmp/s"));
	MUST(dir_make("/tmp/s/a"));
	MUST(dir_make("/tmp/s/b"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED));
	int group = MUST(mnt_at("/tmp/s"))->shared;
	CHILD(equal, NS_MNT) { /* control */
		IS(MUST(mnt_at("/tmp/s"))->tags, path("shared:%d", group));
	}
	EXITS(equal, 0);

	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		IS(OK(mnt_at("/tmp/s"))->tags, path("master:%d", group));
		OK(mnt_propagation("/tmp/s", MS_SHARED));
		const struct mountinfo *own = OK(mnt_at("/tmp/s"));
		IS(own->tags, path("shared:%d master:%d", own->shared, group));
		IS_NOT(own->shared, group);
		OK(mount("tmpfs", "/tmp/s/a", "tmpfs", 0, NULL));
		TELL(box);
		HEAR(box);
		IS(mnt_count("/tmp/s/b"), 1);
	}
	HEAR(box);
	IS(mnt_count("/tmp/s/a"), 0);
	OK(tmpfs_make("/tmp/s/b"));
	DISMISS(box);
}

/* Claims that the covers of inherited_mounts_cannot_be_unmounted_singly cannot be taken away here. */
static void covers_are_locked(void)
{
	FAILS(EINVAL, umount2("/tmp/dir", 0));
	FAILS(EINVAL, umount2("/tmp/dir", MNT_DETACH));
	FAILS(EINVAL, umount2("/tmp/file", 0));
	FAILS(EINVAL, umount2("/", MNT_DETACH));
	FAILS(EINVAL, mount("/tmp/dir", "/tmp/to", NULL, MS_MOVE, NULL));
	FAILS(ENOENT, access("/tmp/dir/secret", F_OK));
	IS(file_read("/tmp/file"), "");
}

CASE(inherited_mounts_cannot_be_unmounted_singly)
{
	make_cover("/tmp/dir");
	MUST(file_put("/tmp/file", "hidden"));
	MUST(file_put("/tmp/empty", ""));
	MUST(bind_make("/tmp/empty", "/tmp/file"));
	MUST(dir_make("/tmp/to"));
	CHILD(equal, NS_MNT) { /* control */
		OK(mount("/tmp/dir", "/tmp/to", NULL, MS_MOVE, NULL));
		OK(umount2("/tmp/to", 0));
		OK(umount2("/tmp/file", 0));
		OK(access("/tmp/dir/secret", F_OK));
		IS(file_read("/tmp/file"), "hidden");
	}
	EXITS(equal, 0);

	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		covers_are_locked();
		MUST(tmpfs_make("/tmp/dir"));
		FAILS(ENOENT, access("/tmp/dir/top", F_OK));
		CHILD(nested, NS_USER | NS_MNT, .map = "0 0 1") {
			covers_are_locked(); /* and the first box's own mount with them */
		}
		EXITS(nested, 0);
		OK(umount2("/tmp/dir", 0));
		OK(access("/tmp/dir/top", F_OK));
		covers_are_locked();
		MUST(tmpfs_make("/tmp/other"));
		OK(umount2("/tmp/other", 0));
	}
	EXITS(box, 0);
}

CASE(nonrecursive_bind_or_clone_over_locked_child_is_refused)
{
	MUST(tmpfs_make("/tmp/tree"));
	MUST(dir_make("/tmp/tree/plain"));
	make_cover("/tmp/tree/sub");
	MUST(dir_make("/tmp/to"));
	CHILD(equal, NS_MNT) { /* control */
		OK(bind_make("/tmp/tree", "/tmp/to"));
		OK(access("/tmp/to/sub/secret", F_OK));
	}
	EXITS(equal, 0);

	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		FAILS(EINVAL, bind_make("/tmp/tree", "/tmp/to"));
		FAILS(EINVAL, tree_clone("/tmp/tree", 0));
		OK(bind_make("/tmp/tree/plain", "/tmp/to"));
		OK(umount2("/tmp/to", 0));
		OK(mount("/tmp/tree", "/tmp/to", NULL, MS_BIND | MS_REC, NULL));
		OK(access("/tmp/to/sub/top", F_OK));
		FAILS(ENOENT, access("/tmp/to/sub/secret", F_OK));
		int tree = OK(tree_clone("/tmp/tree", AT_RECURSIVE));
		OK(faccessat(tree, "sub/top", F_OK, 0));
		FAILS(ENOENT, faccessat(tree, "sub/secret", F_OK, 0));
	}
	EXITS(box, 0);
}

CASE(copies_keep_child_locks_and_lazy_umount_reveals_nothing)
{
	MUST(tmpfs_make("/tmp/tree"));
	make_cover("/tmp/tree/sub");
	MUST(dir_make("/tmp/copy"));
	MUST(dir_make("/tmp/moved"));
	CHILD(equal, NS_MNT) { /* control: without locks the detached tree falls apart */
		MUST(mount("/tmp/tree", "/tmp/copy", NULL, MS_BIND | MS_REC, NULL));
		int fd = MUST(open("/tmp/copy", O_PATH | O_CLOEXEC));
		FAILS(ENOENT, faccessat(fd, "sub/secret", F_OK, 0));
		OK(umount2("/tmp/copy", MNT_DETACH));
		OK(faccessat(fd, "sub/secret", F_OK, 0));
	}
	EXITS(equal, 0);

	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		MUST(mount("/tmp/tree", "/tmp/copy", NULL, MS_BIND | MS_REC, NULL));
		FAILS(EINVAL, umount2("/tmp/copy/sub", 0));
		OK(mount("/tmp/copy", "/tmp/moved", NULL, MS_MOVE, NULL));
		FAILS(EINVAL, umount2("/tmp/moved/sub", 0));
		int fd = MUST(open("/tmp/moved", O_PATH | O_CLOEXEC));
		OK(umount2("/tmp/moved", MNT_DETACH));
		FAILS(ENOENT, faccessat(fd, "sub/secret", F_OK, 0));

		int tree = OK(tree_clone("/tmp/tree", AT_RECURSIVE));
		int held = MUST(openat(tree, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		OK(faccessat(held, "sub/top", F_OK, 0));
		OK(close(tree));
		FAILS(ENOENT, faccessat(held, "sub/secret", F_OK, 0));
	}
	EXITS(box, 0);
}

CASE(propagated_subtree_is_one_unit)
{
	MUST(tmpfs_make("/tmp/s"));
	MUST(dir_make("/tmp/s/p"));
	MUST(dir_make("/tmp/s/single"));
	MUST(tmpfs_make("/tmp/s/early"));
	MUST(tmpfs_make("/tmp/x"));
	MUST(tmpfs_make("/tmp/x/y"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED | MS_REC));
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		FAILS(EINVAL, umount2("/tmp/s/early", 0));
		TELL(box);
		HEAR(box);
		FAILS(EINVAL, umount2("/tmp/s/p/y", 0));
		FAILS(EINVAL, umount2("/tmp/s/p/y", MNT_DETACH));
		FAILS(EBUSY, umount2("/tmp/s/p", 0));
		OK(umount2("/tmp/s/p", MNT_DETACH));
		IS(mountinfo_count("/proc/self/mountinfo", "/tmp/s/p"), 0);
		IS(mnt_count("/tmp/s/single"), 1);
		OK(umount2("/tmp/s/single", 0));
		IS(mnt_count("/tmp/s/early"), 0);
	}
	HEAR(box);
	OK(mount("/tmp/x", "/tmp/s/p", NULL, MS_BIND | MS_REC, NULL));
	OK(mount("tmpfs", "/tmp/s/single", "tmpfs", 0, NULL));
	OK(umount2("/tmp/s/early", 0));
	DISMISS(box);
	IS(mnt_count("/tmp/s/p"), 1);
	IS(mnt_count("/tmp/s/p/y"), 1);
	IS(mnt_count("/tmp/s/single"), 1);
}

static const struct {
	const char *name;
	unsigned long flag;
} lockable[] = {{"ro", MS_RDONLY}, {"nosuid", MS_NOSUID}, {"nodev", MS_NODEV}, {"noexec", MS_NOEXEC}};

#define REMOUNT (MS_REMOUNT | MS_BIND)

CASE(flags_of_inherited_mounts_can_be_added_not_removed)
{
	MUST(tmpfs_make("/tmp/s"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED));
	MUST(dir_make("/tmp/s/late"));
	for (int i = 0; i < 4; i++) {
		MUST(tmpfs_make(path("/tmp/%s", lockable[i].name)));
		MUST(mount(NULL, path("/tmp/%s", lockable[i].name), NULL, REMOUNT | lockable[i].flag, NULL));
	}
	CHILD(equal, NS_MNT) { /* control */
		for (int i = 0; i < 4; i++)
			OK(mount(NULL, path("/tmp/%s", lockable[i].name), NULL, REMOUNT, NULL));
	}
	EXITS(equal, 0);

	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		for (int i = 0; i < 4; i++) {
			const char *where = path("/tmp/%s", lockable[i].name);
			unsigned long flag = lockable[i].flag, extra = lockable[(i + 1) % 4].flag;
			NOTE("%s", where);
			FAILS(EPERM, mount(NULL, where, NULL, REMOUNT, NULL));
			OK(mount(NULL, where, NULL, REMOUNT | flag, NULL));
			OK(mount(NULL, where, NULL, REMOUNT | flag | extra, NULL));
			OK(mount(NULL, where, NULL, REMOUNT | flag, NULL));
			FAILS(EPERM, mount(NULL, where, NULL, REMOUNT | flag | MS_NOATIME, NULL));
			FAILS(EPERM, mount(NULL, where, NULL, MS_REMOUNT | flag, NULL));
		}
		NOTE_END();
		FAILS(EROFS, open("/tmp/ro/f", O_CREAT | O_WRONLY, 0600));
		TELL(box);
		HEAR(box);
		FAILS(EPERM, mount(NULL, "/tmp/s/late", NULL, REMOUNT, NULL));
		FAILS(EROFS, open("/tmp/s/late/f", O_CREAT | O_WRONLY, 0600));
	}
	HEAR(box);
	MUST(bind_make("/tmp/ro", "/tmp/s/late"));
	DISMISS(box);
}

CASE(flags_stay_locked_in_binds_detached_clones_and_mount_setattr)
{
	struct mount_attr writable = {.attr_clr = MOUNT_ATTR_RDONLY},
			  noexec = {.attr_set = MOUNT_ATTR_NOEXEC},
			  both = {.attr_set = MOUNT_ATTR_NOEXEC, .attr_clr = MOUNT_ATTR_NOSUID};

	MUST(tmpfs_make("/tmp/ro"));
	MUST(mount(NULL, "/tmp/ro", NULL, REMOUNT | MS_RDONLY, NULL));
	MUST(tmpfs_make("/tmp/tree"));
	MUST(tmpfs_make("/tmp/tree/child"));
	MUST(mount(NULL, "/tmp/tree/child", NULL, REMOUNT | MS_NOSUID, NULL));
	MUST(dir_make("/tmp/bound"));
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		OK(bind_make("/tmp/ro", "/tmp/bound"));
		FAILS(EPERM, mount(NULL, "/tmp/bound", NULL, REMOUNT, NULL));
		FAILS(EROFS, open("/tmp/bound/f", O_CREAT | O_WRONLY, 0600));
		int tree = OK(tree_clone("/tmp/ro", 0));
		if (mount_setattr(tree, "", AT_EMPTY_PATH, &writable, sizeof(writable)) < 0 &&
		    errno == ENOSYS)
			continue; /* no mount_setattr(2): the bind is all there is */
		FAILS(EPERM, mount_setattr(tree, "", AT_EMPTY_PATH, &writable, sizeof(writable)));
		FAILS(EPERM, mount_setattr(AT_FDCWD, "/tmp/ro", 0, &writable, sizeof(writable)));
		FAILS(EPERM, mount_setattr(AT_FDCWD, "/tmp/tree", AT_RECURSIVE, &both, sizeof(both)));
		HOLDS(!strstr(MUST(mnt_at("/tmp/tree"))->options, "noexec"));
		OK(mount_setattr(AT_FDCWD, "/tmp/tree", AT_RECURSIVE, &noexec, sizeof(noexec)));
		HOLDS(strstr(MUST(mnt_at("/tmp/tree"))->options, "noexec"));
	}
	EXITS(box, 0);
	OK(mount(NULL, "/tmp/ro", NULL, REMOUNT, NULL)); /* control */
}

CASE(lock_belongs_to_the_mount_not_to_the_caller)
{
	make_cover("/tmp/dir");
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		HEAR(box);
	}
	VISITOR(root, box, NS_MNT) {
		FAILS(EINVAL, umount2("/tmp/dir", MNT_DETACH));
		FAILS(EPERM, mount(NULL, "/tmp/dir", NULL, REMOUNT | MS_NOATIME, NULL));
		OK(tmpfs_make("/tmp/dir"));
		OK(umount2("/tmp/dir", 0));
		OK(access("/tmp/dir/top", F_OK));
	}
	EXITS(root, 0);
	DISMISS(box);
	OK(umount2("/tmp/dir", MNT_DETACH)); /* control: here it is not locked */
}

CASE(cover_stays_locked_when_a_mount_passes_beneath_it)
{
	MUST(tmpfs_make("/tmp/P"));
	MUST(dir_make("/tmp/P/d"));
	MUST(file_make("/tmp/P/d/secret"));
	MUST(mnt_propagation("/tmp/P", MS_SHARED));
	CHILD(manager, NS_MNT) {
		MUST(mnt_propagation("/tmp/P", MS_SLAVE));
		MUST(mnt_propagation("/tmp/P", MS_SHARED));
		MUST(tmpfs_make("/tmp/P/d"));
		CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
			static const int beneath[] = {0, 1, 0};
			for (int i = 0; i < 3; i++) {
				FAILS(EINVAL, umount2("/tmp/P/d", 0));
				FAILS(ENOENT, access("/tmp/P/d/secret", F_OK));
				IS(mnt_count("/tmp/P/d"), 1 + beneath[i]);
				TELL(box);
				HEAR(box);
			}
		}
		for (int i = 0; i < 3; i++) {
			HEAR(box);
			TELL(manager);
			HEAR(manager);
			TELL(box);
		}
		EXITS(box, 0);
	}
	HEAR(manager);
	OK(access("/tmp/P/d/secret", F_OK)); /* control */
	OK(mount("tmpfs", "/tmp/P/d", "tmpfs", 0, NULL));
	TELL(manager);
	HEAR(manager);
	OK(umount2("/tmp/P/d", 0));
	TELL(manager);
	HEAR(manager);
	DISMISS(manager);
}

CASE(recursive_bind_over_locked_unbindable_mount_is_eperm)
{
	MUST(tmpfs_make("/tmp/tree"));
	make_cover("/tmp/tree/sub");
	MUST(mnt_propagation("/tmp/tree/sub", MS_UNBINDABLE));
	MUST(dir_make("/tmp/to"));
	CHILD(equal, NS_MNT) { /* control */
		OK(mount("/tmp/tree", "/tmp/to", NULL, MS_BIND | MS_REC, NULL));
		IS(mnt_count("/tmp/to/sub"), 0);
	}
	EXITS(equal, 0);
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		FAILS(EPERM, mount("/tmp/tree", "/tmp/to", NULL, MS_BIND | MS_REC, NULL));
		IS(mnt_count("/tmp/to"), 0);
	}
	EXITS(box, 0);
}

struct handle {
	struct file_handle head;
	unsigned char bytes[MAX_HANDLE_SZ];
};

static struct handle handle_of(const char *dir)
{
	struct handle handle = {.head.handle_bytes = MAX_HANDLE_SZ};
	int mount_id;

	MUST(name_to_handle_at(AT_FDCWD, dir, &handle.head, &mount_id, 0));
	return handle;
}

/* open_by_handle_at(2) of a directory. -1 with errno. */
static int open_handle(int mount_fd, struct handle *handle)
{
	return open_by_handle_at(mount_fd, &handle->head, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

CASE(file_handle_below_a_locked_cover_is_not_decoded)
{
	MUST(tmpfs_make("/tmp/tree"));
	MUST(dir_make("/tmp/tree/sub/hidden"));
	MUST(dir_make("/tmp/tree/plain/dir"));
	MUST(chown("/tmp/tree/plain", CONTAINER_ID, CONTAINER_ID)); /* whose root may pass there */
	MUST(chown("/tmp/tree/plain/dir", CONTAINER_ID, CONTAINER_ID));
	struct handle hidden = handle_of("/tmp/tree/sub/hidden"), plain = handle_of("/tmp/tree/plain/dir");
	MUST(tmpfs_make("/tmp/tree/sub"));
	MUST(dir_make("/tmp/copy"));
	OK(open_handle(MUST(open("/tmp/tree", O_RDONLY | O_CLOEXEC)), &hidden)); /* control */
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		MUST(mount("/tmp/tree", "/tmp/copy", NULL, MS_BIND | MS_REC, NULL));
		int fd = MUST(open("/tmp/copy", O_RDONLY | O_CLOEXEC));
		FAILS(EPERM, open_handle(fd, &hidden));
		OK(umount2("/tmp/copy", MNT_DETACH));
		FAILS(EPERM, open_handle(fd, &hidden));
		MUST(bind_make("/tmp/tree/plain", "/tmp/copy"));
		fd = MUST(open("/tmp/copy", O_RDONLY | O_CLOEXEC));
		if (feature_here("file_handles_for_user_namespaces"))
			OK(open_handle(fd, &plain));
		else
			FAILS(EPERM, open_handle(fd, &plain));
		OK(umount2("/tmp/copy", MNT_DETACH));
		FAILS(EPERM, open_handle(fd, &plain));
	}
	EXITS(box, 0);
}

CASE(mounting_beneath_a_locked_mount_never_unlocks_the_place)
{
	make_cover("/tmp/dir");
	MUST(file_put("/tmp/file", "hidden"));
	MUST(file_put("/tmp/empty", ""));
	MUST(bind_make("/tmp/empty", "/tmp/file"));
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		MUST(tmpfs_make("/tmp/own"));
		OK(tree_attach_beneath(MUST(tmpfs_detached()), "/tmp/own")); /* control */
		if (feature_here("beneath_takes_the_lock")) {
			OK(tree_attach_beneath(MUST(tmpfs_detached()), "/tmp/dir"));
			OK(umount2("/tmp/dir", 0));
		} else {
			FAILS(EINVAL, tree_attach_beneath(MUST(tmpfs_detached()), "/tmp/dir"));
		}
		FAILS(EINVAL, umount2("/tmp/dir", 0));
		FAILS(ENOENT, access("/tmp/dir/secret", F_OK));
		CHILD(nested, NS_MNT) {
			FAILS(ENOENT, access("/tmp/dir/secret", F_OK));
			HEAR(nested);
		}
		int newer = MUST(open_tree(AT_FDCWD, proc_path(nested->pid, "ns/mnt"),
					   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
		FAILS(EINVAL, tree_attach_beneath(newer, "/tmp/file"));
		IS(file_read("/tmp/file"), "");
		DISMISS(nested);
	}
	EXITS(box, 0);
	OK(umount2("/tmp/dir", 0)); /* control */
	OK(access("/tmp/dir/secret", F_OK));
}

CASE(failed_umount_of_bind_root_keeps_locked_automount)
{
	struct stat outer, inner;

	MUST(dir_make("/tmp/debug"));
	MUST(dir_make("/tmp/copy"));
	MUST(mount("debugfs", "/tmp/debug", "debugfs", 0, "mode=755")); /* container root may look */
	if (access("/tmp/debug/tracing/.", F_OK) < 0)
		/* the moment: newer kernels can be built without this mount, and older ones have no option of that name */
		SKIP("tracefs is not mounted below debugfs");
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		MUST(mount("/tmp/debug", "/tmp/copy", NULL, MS_BIND | MS_REC, NULL));
		IS(mnt_count("/tmp/copy/tracing"), 1);
		FAILS(EINVAL, umount2("/tmp/copy/tracing", 0));
		MUST(chdir("/tmp/copy"));
		FAILS(EBUSY, umount2("/tmp/copy", 0));
		OK(fstatat(AT_FDCWD, "/tmp/copy", &outer, AT_NO_AUTOMOUNT));
		OK(fstatat(AT_FDCWD, "/tmp/copy/tracing", &inner, AT_NO_AUTOMOUNT));
		IS_NOT(inner.st_dev, outer.st_dev);
	}
	EXITS(box, 0);
	MUST(mount(NULL, "/tmp/debug", NULL, MS_REMOUNT, "mode=700"));
}
