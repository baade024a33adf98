// SPDX-License-Identifier: GPL-2.0-only
/* The end of mounts: umount2(2), and removal of a mount point from another namespace, mount_namespaces(7) */
#include "helpers/nscheck.h"

#define GROUP         "mnt.umount"
#define ONE_NAMESPACE "rules of umount2(2) within one namespace; no isolation is observed"

CASE(errors_and_stacked_mounts, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(dir_make("/tmp/m/dir"));
	MUST(symlink("/tmp/m", "/tmp/link"));
	int fd = MUST(open("/tmp/m/dir", O_RDONLY | O_CLOEXEC));
	FAILS(EBUSY, umount2("/tmp/m", 0));
	MUST(close(fd));
	MUST(tmpfs_make("/tmp/m/child"));
	FAILS(EBUSY, umount2("/tmp/m", 0));
	MUST(umount2("/tmp/m/child", 0));
	FAILS(EINVAL, umount2("/tmp/m/dir", 0));
	MUST(dir_make("/tmp/plain"));
	FAILS(EINVAL, umount2("/tmp/plain", 0));
	FAILS(EINVAL, umount2("/tmp/m", 0x40));
	FAILS(ENOENT, umount2("", 0));
	FAILS(ENOENT, umount2("/tmp/none", 0));
	FAILS(EFAULT, umount2((const char *)1, 0));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, umount2("/tmp/m", 0));
	}
	EXITS(user, 0);
	FAILS(EINVAL, umount2("/tmp/link", UMOUNT_NOFOLLOW));
	IS(mnt_count("/tmp/m"), 1);
	OK(umount2("/tmp/link", 0));
	IS(mnt_count("/tmp/m"), 0);

	for (int i = 0; i < 2; i++) {
		MUST(tmpfs_make("/tmp/m"));
		MUST(file_make(path("/tmp/m/layer%d", i)));
	}
	OK(umount2("/tmp/m", 0));
	IS(mnt_count("/tmp/m"), 1);
	OK(access("/tmp/m/layer0", F_OK));
	OK(umount2("/tmp/m", 0));
	IS(dir_count("/tmp/m"), 0);
}

CASE(expire_needs_two_idle_calls, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(file_make("/tmp/m/f"));
	FAILS(EINVAL, umount2("/tmp/m", MNT_EXPIRE | MNT_DETACH));
	FAILS(EINVAL, umount2("/tmp/m", MNT_EXPIRE | MNT_FORCE));
	int fd = MUST(open("/tmp/m/f", O_RDONLY | O_CLOEXEC));
	FAILS(EBUSY, umount2("/tmp/m", MNT_EXPIRE));
	MUST(close(fd));
	FAILS(EAGAIN, umount2("/tmp/m", MNT_EXPIRE));
	OK(access("/tmp/m/f", F_OK));
	FAILS(EAGAIN, umount2("/tmp/m", MNT_EXPIRE));
	OK(umount2("/tmp/m", MNT_EXPIRE));
	IS(mnt_count("/tmp/m"), 0);
}

CASE(lazy_detach_keeps_open_descriptors_working, .unsabotaged = ONE_NAMESPACE)
{
	struct stat top, above;

	MUST(dir_make("/tmp/m"));
	MUST(file_make("/tmp/m/under"));
	MUST(tmpfs_make("/tmp/m"));
	MUST(file_make("/tmp/m/f"));
	MUST(dir_make("/tmp/m/dir"));
	int fd = MUST(open("/tmp/m", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	OK(umount2("/tmp/m", MNT_DETACH));
	IS(mnt_count("/tmp/m"), 0);
	OK(access("/tmp/m/under", F_OK));
	OK(faccessat(fd, "f", F_OK, 0));
	OK(openat(fd, "new", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
	OK(fstatat(fd, "..", &above, 0));
	OK(fstat(fd, &top));
	IS(above.st_dev, top.st_dev);
	IS(above.st_ino, top.st_ino);
	FAILS(EINVAL, umount2(path("/proc/self/fd/%d", fd), MNT_DETACH));
	IS_MINUS_ONE(mount("tmpfs", path("/proc/self/fd/%d/dir", fd), "tmpfs", 0, NULL));
	HOLDS(errno == EINVAL || errno == ENOENT);
}

/* What becomes a mount point in one namespace and goes away in another: two directories, four files. */
static const char *const places[] = {"/tmp/p/dir",  "/tmp/p/moved",  "/tmp/p/source",
				     "/tmp/p/file", "/tmp/p/target", "/tmp/p/locked"};

static void make_places(void)
{
	MUST(tmpfs_make("/tmp/p"));
	for (int i = 0; i < 6; i++)
		MUST(i < 2 ? dir_make(places[i]) : file_make(places[i]));
	MUST(file_make("/tmp/cover"));
}

/* Mounts on all of them but "source". */
static void cover_places(void)
{
	for (int i = 0; i < 2; i++)
		MUST(tmpfs_make(places[i]));
	for (int i = 3; i < 6; i++)
		MUST(bind_make("/tmp/cover", places[i]));
	MUST(file_make("/tmp/p/dir/inside"));
}

CASE(mountpoint_removed_in_another_namespace_detaches_the_mount)
{
	make_places();
	CHILD(box, NS_MNT) {
		cover_places();
		int held = MUST(open("/tmp/p/dir", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		FAILS(EBUSY, rmdir("/tmp/p/dir"));
		FAILS(EBUSY, unlink("/tmp/p/file"));
		FAILS(EBUSY, rename("/tmp/p/file", "/tmp/p/free"));
		FAILS(EBUSY, rename("/tmp/p/source", "/tmp/p/target"));
		CHILD(rootless, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
			FAILS(EINVAL, umount2("/tmp/p/locked", MNT_DETACH)); /* control: it is locked */
			TELL(rootless);
			HEAR(rootless);
			IS(mnt_count("/tmp/p/locked"), 0);
			FAILS(ENOENT, access("/tmp/p/locked", F_OK));
		}
		HEAR(rootless);
		TELL(box);
		HEAR(box);
		for (int i = 0; i < 6; i++)
			IS(mnt_count(places[i]), 0);
		IS(mnt_count("/tmp/p/free"), 1);
		OK(faccessat(held, "inside", F_OK, 0));
		DISMISS(rootless);
	}
	HEAR(box);
	OK(rmdir("/tmp/p/dir"));
	OK(unlink("/tmp/p/file"));
	OK(rename("/tmp/p/source", "/tmp/p/target"));
	OK(rename("/tmp/p/moved", "/tmp/p/free"));
	OK(unlink("/tmp/p/locked"));
	DISMISS(box);
}

CASE(removal_from_outside_never_reveals_what_submounts_covered)
{
	MUST(dir_make("/tmp/place"));
	CHILD(box, NS_MNT) {
		MUST(tmpfs_make("/tmp/place"));
		MUST(dir_make("/tmp/place/cov"));
		MUST(file_make("/tmp/place/cov/under"));
		MUST(file_put("/tmp/place/pf", "hidden"));
		OK(access("/tmp/place/cov/under", F_OK)); /* control: it is there to be revealed */
		MUST(tmpfs_make("/tmp/place/cov"));
		MUST(file_put("/tmp/cover", "cover"));
		MUST(bind_make("/tmp/cover", "/tmp/place/pf"));
		int held = MUST(open("/tmp/place", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		FAILS(ENOENT, faccessat(held, "cov/under", F_OK, 0));
		TELL(box);
		HEAR(box);
		IS(mountinfo_count("/proc/self/mountinfo", "/tmp/place"), 0);
		OK(faccessat(held, "pf", F_OK, 0)); /* control: the detached tree is there */
		FAILS(ENOENT, faccessat(held, "cov/under", F_OK, 0));
		IS_NOT(file_read(path("/proc/self/fd/%d/pf", held)), "hidden");
	}
	HEAR(box);
	OK(rmdir("/tmp/place"));
	DISMISS(box);
}
