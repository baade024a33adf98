// SPDX-License-Identifier: GPL-2.0-only
/* Who may make mount namespaces and mounts, and how many. unshare(2) "ERRORS", mount(2) "ERRORS" */
#include <sys/syscall.h>

#include "helpers/nscheck.h"

#define GROUP     "mnt.create"
#define MOUNT_MAX "/proc/sys/fs/mount-max"

static int clone_newns(void)
{
	pid_t pid = ns_clone(NS_MNT);

	if (pid == 0)
		_exit(0);
	return pid < 0 || waitpid(pid, NULL, 0) < 0 ? -1 : 0;
}

CASE(newns_needs_cap_sys_admin)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, unshare(CLONE_NEWNS));
		FAILS(EPERM, clone_newns());
	}
	EXITS(user, 0);
	CHILD(admin, 0) {
		OK(clone_newns()); /* control */
		OK(unshare(CLONE_NEWNS));
		MUST(cap_drop(CAP_SYS_ADMIN));
		FAILS(EPERM, unshare(CLONE_NEWNS));
		FAILS(EPERM, clone_newns());
	}
	EXITS(admin, 0);
}

CASE(mount_operations_need_caps_in_the_owner_of_the_mount_namespace)
{
	MUST(tmpfs_make("/tmp/m"));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		MUST(unshare(CLONE_NEWUSER));
		MUST(idmap_write(0, "0 1000 1"));
		HOLDS(cap_effective(CAP_SYS_ADMIN)); /* control: it has what does not suffice */
		FAILS(EPERM, mount("tmpfs", "/tmp/m", "tmpfs", 0, NULL));
		FAILS(EPERM, bind_make("/tmp", "/tmp/m"));
		FAILS(EPERM, umount2("/tmp/m", 0));
		FAILS(EPERM, pivot_root("/tmp/m", "/tmp/m"));
		FAILS(EPERM, tree_clone("/tmp/m", 0));
		FAILS(EPERM, fsopen("tmpfs", 0));
		OK(unshare(CLONE_NEWNS));
		OK(mount("tmpfs", "/tmp/m", "tmpfs", 0, NULL));
	}
	EXITS(user, 0);
	OK(umount2("/tmp/m", 0)); /* control: for who may, it could be unmounted */
}

/* unshare(CLONE_NEWNS) in a process of its own; -1 with errno. */
static int try_unshare(void)
{
	CHILD(trier, 0) {
		TELL(trier, unshare(CLONE_NEWNS) < 0 ? errno : 0);
	}
	int err = (int)HEAR(trier);
	EXITS(trier, 0);
	errno = err;
	return err ? -1 : 0;
}

CASE(max_mnt_namespaces_limits_namespaces_and_detached_trees)
{
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		MUST(unshare(CLONE_NEWNS)); /* the first one is charged to who made the user namespace */
		int context = MUST(fsopen("tmpfs", FSOPEN_CLOEXEC));
		MUST(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
		MUST(tmpfs_make("/tmp/m"));
		MUST(file_write("/proc/sys/user/max_mnt_namespaces", "1")); /* the box's own */
		FAILS(ENOSPC, try_unshare());
		FAILS(ENOSPC, tree_clone("/tmp/m", 0));
		FAILS(ENOSPC, fsmount(context, FSMOUNT_CLOEXEC, 0));

		MUST(file_write("/proc/sys/user/max_mnt_namespaces", "2"));
		int tree = OK(tree_clone("/tmp/m", 0));
		FAILS(ENOSPC, try_unshare());
		OK(close(tree));
		while (try_unshare() < 0)
			GAVE(ENOSPC); /* freed by a worker; the test's time limit ends this */
	}
	EXITS(box, 0);
}

/* mount(2) of a tmpfs, or of a bind if `from` is not NULL, with fs.mount-max lowered meanwhile; -1 with errno. */
static int mount_under_limit(int limit, const char *from, const char *to)
{
	const char *normal = MUST(file_line(MOUNT_MAX));

	MUST(file_write(MOUNT_MAX, path("%d", limit)));
	int done = from ? bind_make(from, to) : mount("tmpfs", to, "tmpfs", 0, NULL), err = errno;
	MUST(file_write(MOUNT_MAX, normal));
	errno = err;
	return done;
}

static int unshare_under_limit(int limit)
{
	const char *normal = MUST(file_line(MOUNT_MAX));

	MUST(file_write(MOUNT_MAX, path("%d", limit)));
	int done = try_unshare(), err = errno;
	MUST(file_write(MOUNT_MAX, normal));
	errno = err;
	return done;
}

CASE(mount_max_is_enospc_here_and_in_receiving_namespaces)
{
	MUST(tmpfs_make("/tmp/s"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED));
	MUST(dir_make("/tmp/s/x"));
	CHILD(receiver, NS_MNT) {
		for (int i = 0; i < 20; i++)
			MUST(tmpfs_make(path("/tmp/own%d", i)));
		TELL(receiver);
		for (int expected = 0; expected < 2; expected++) {
			HEAR(receiver);
			IS(mnt_count("/tmp/s/x"), expected);
			TELL(receiver);
		}
	}
	HEAR(receiver);
	int here = MUST(mountinfo_count("/proc/self/mountinfo", "/"));
	IS(mountinfo_count(proc_path(receiver->pid, "mountinfo"), "/"), here + 20);
	FAILS(ENOSPC, mount_under_limit(here + 10, NULL, "/tmp/s/x"));
	IS(mnt_count("/tmp/s/x"), 0);
	TELL(receiver);
	HEAR(receiver);
	OK(mount("tmpfs", "/tmp/s/x", "tmpfs", 0, NULL));
	IS(mnt_count("/tmp/s/x"), 1);
	TELL(receiver);
	HEAR(receiver);
	EXITS(receiver, 0);

	MUST(dir_make("/tmp/y"));
	FAILS(ENOSPC, mount_under_limit(here + 1, NULL, "/tmp/y"));
	FAILS(ENOSPC, mount_under_limit(here + 1, "/tmp", "/tmp/y"));
	IS(mnt_count("/tmp/y"), 0);
	OK(unshare_under_limit(here + 1));
	OK(mount_under_limit(here + 10, "/tmp",
			     "/tmp/y")); /* control; some mounts are beyond the root, unlisted */
}

CASE(unmounted_mounts_do_not_count_against_mount_max, .unsabotaged = "a limit of one namespace's mounts")
{
	const int room = 10;
	int limit = MUST(mountinfo_count("/proc/self/mountinfo", "/")) + room, made = 0;

	MUST(dir_make("/tmp/y"));
	for (int i = 0; i < 2 * room; i++) {
		OK(mount_under_limit(limit, NULL, "/tmp/y"));
		OK(umount2("/tmp/y", i % 2 ? MNT_DETACH : 0));
	}
	while (made <= room && mount_under_limit(limit, NULL, "/tmp/y") == 0)
		made++;
	GAVE(ENOSPC); /* control: mounts that stay do count */
	HOLDS(made <= room);
}

CASE(same_filesystem_twice_on_one_mount_point_is_ebusy)
{
	MUST(dir_make("/tmp/s"));
	OK(mount("sysfs", "/tmp/s", "sysfs", 0, NULL));
	FAILS(EBUSY, mount("sysfs", "/tmp/s", "sysfs", 0, NULL));
	long long home = ns_id(0, "mnt");
	CHILD(box, 0) {
		OK(unshare(CLONE_NEWNS));
		OTHER_NS(0, home, NS_MNT);
		FAILS(EBUSY, mount("sysfs", "/tmp/s", "sysfs", 0, NULL));
		OK(bind_make("/tmp/s", "/tmp/s")); /* controls: what is on top decides, and a bind may */
	}
	EXITS(box, 0);
	OK(mount("proc", "/tmp/s", "proc", 0, NULL));
	OK(mount("sysfs", "/tmp/s", "sysfs", 0, NULL));
	OK(tmpfs_make("/tmp/t"));
	OK(tmpfs_make("/tmp/t")); /* control: a new instance, so not the same */
	IS(mnt_count("/tmp/t"), 2);
}
