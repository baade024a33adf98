// SPDX-License-Identifier: GPL-2.0-only
/* What leads out of a root or into another mount namespace, and what does not. chroot(2) "NOTES", proc_pid_root(5) */
#include <sys/syscall.h>

#include "helpers/nscheck.h"

#define GROUP "mnt.escape"

/* The working directory as the kernel says it, "(unreachable)" and all, which libc's getcwd() refuses. */
static const char *raw_cwd(void)
{
	static char cwd[256];

	return syscall(SYS_getcwd, cwd, sizeof(cwd)) < 0 ? NULL : cwd;
}

/* mkdir, chroot, many times "..", chroot: leaves a chroot that is no root of a namespace. chroot(2) */
static void classic_trick(void)
{
	MUST(dir_make("/deeper"));
	MUST(chroot("/deeper")); /* and the working directory stays outside */
	for (int i = 0; i < 8; i++)
		MUST(chdir(".."));
	MUST(chroot("."));
}

CASE(chroot_is_left_with_a_directory_fd_or_the_classic_trick)
{
	MUST(file_make("/tmp/secret"));
	MUST(dir_make("/tmp/jail"));
	CHILD(with_fd, 0) {
		int outside = MUST(open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		MUST(chroot("/tmp/jail"));
		MUST(chdir("/"));
		FAILS(ENOENT, access("/tmp/secret", F_OK)); /* control: the jail hides it */
		OK(fchdir(outside));
		HOLDS(strncmp(OK(raw_cwd()), "(unreachable)", 13) == 0);
		OK(access("secret", F_OK));
		OK(chdir(".."));
		OK(chroot("."));
		OK(access("/tmp/secret", F_OK));
	}
	EXITS(with_fd, 0);
	CHILD(trickster, 0) {
		MUST(chroot("/tmp/jail"));
		MUST(chdir("/"));
		FAILS(ENOENT, access("/tmp/secret", F_OK));
		classic_trick();
		OK(access("/tmp/secret", F_OK));
	}
	EXITS(trickster, 0);
	CHILD(pivoted, NS_MNT) {
		MUST(tmpfs_make("/tmp/new"));
		MUST(file_make("/tmp/new/marker"));
		MUST(mnt_become_root("/tmp/new"));
		classic_trick();
		FAILS(ENOENT, access("/tmp/secret", F_OK));
		OK(access("/marker", F_OK));
	}
	EXITS(pivoted, 0);
}

CASE(directory_fd_opened_before_pivot_still_reaches_the_host)
{
	MUST(dir_make("/tmp/etc"));
	MUST(file_make("/tmp/etc/shadow"));
	CHILD(box, NS_MNT) {
		int root = MUST(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		int etc = MUST(open("/tmp/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		MUST(tmpfs_make("/tmp/new"));
		MUST(mnt_become_root("/tmp/new"));
		FAILS(ENOENT, access("/tmp/etc/shadow", F_OK)); /* control: no path leads there */
		OK(close(OK(openat(etc, "shadow", O_RDONLY | O_CLOEXEC))));
		OK(faccessat(etc, "../etc/shadow", F_OK, 0));
		OK(faccessat(root, ".", F_OK, 0));
		OK(fchdir(etc));
		HOLDS(strncmp(OK(raw_cwd()), "(unreachable)", 13) == 0);
		OK(access("shadow", F_OK));

		OK(chdir("/"));
		OK(close(etc));
		OK(close(root));
		FAILS(EBADF, faccessat(etc, "shadow", F_OK, 0));
		FAILS(ENOENT, access("/tmp/etc/shadow", F_OK));
		FAILS(ENOENT, access("/../tmp/etc/shadow", F_OK));
		FAILS(ENOENT, access("tmp/etc/shadow", F_OK));
	}
	EXITS(box, 0);
	OK(access("/tmp/etc/shadow", F_OK));
}

CASE(proc_pid_root_crosses_the_namespace_only_with_ptrace_access)
{
	CHILD_WITH_TMPFS(target, "/tmp/own");
	const char *root = proc_path(target->pid, "root/tmp/own/marker"),
		   *cwd = proc_path(target->pid, "cwd/.");
	FAILS(ENOENT, access("/tmp/own/marker", F_OK));
	IS(file_read(root), "/tmp/own/marker");
	OK(access(cwd, F_OK));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EACCES, open(root, O_RDONLY));
		FAILS(EACCES, open(cwd, O_RDONLY));
		OK(open(proc_path(0, "root/."), O_RDONLY)); /* control */
	}
	EXITS(user, 0);
	CHILD(incapable, 0) {
		MUST(cap_drop(CAP_SYS_PTRACE));
		FAILS(EACCES, open(root, O_RDONLY));
		FAILS(EACCES, open(cwd, O_RDONLY));
	}
	EXITS(incapable, 0);
	CHILD(rootless, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EACCES, open(root, O_RDONLY));
		FAILS(EACCES, open(cwd, O_RDONLY));
	}
	EXITS(rootless, 0);
	DISMISS(target);
}

/* Each operation on the mount `there` of another namespace; all work on "/tmp/own" of the caller's. */
static void all_refused(const char *there)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_NODEV};

	NOTE("through %s", there);
	FAILS(EINVAL, mount("tmpfs", there, "tmpfs", 0, NULL));
	FAILS(EINVAL, umount2(there, MNT_DETACH));
	FAILS(EINVAL, bind_make(there, "/tmp/own"));
	FAILS(EINVAL, mount(there, "/tmp/own", NULL, MS_BIND | MS_REC, NULL));
	FAILS(EINVAL, bind_make("/tmp/own", there));
	FAILS(EINVAL, mount(there, "/tmp/own", NULL, MS_MOVE, NULL));
	FAILS(EINVAL, mount("/tmp/own", there, NULL, MS_MOVE, NULL));
	FAILS(EINVAL, mount(NULL, there, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	FAILS(EINVAL, tree_clone(there, 0));
	FAILS(EINVAL, move_mount(AT_FDCWD, there, AT_FDCWD, "/tmp/own", MOVE_MOUNT_F_SYMLINKS));
	FAILS(EINVAL, move_mount(AT_FDCWD, "/tmp/own", AT_FDCWD, there, MOVE_MOUNT_T_SYMLINKS));
	if (mount_setattr(AT_FDCWD, "/tmp/own", 0, &attr, sizeof(attr)) == 0 || errno != ENOSYS)
		FAILS(EINVAL, mount_setattr(AT_FDCWD, there, 0, &attr, sizeof(attr)));
	OK(close(OK(open_tree(AT_FDCWD, there, OPEN_TREE_CLOEXEC)))); /* no more than open(2) with O_PATH */
	NOTE_END();
}

CASE(mount_calls_on_paths_of_another_namespace_are_refused)
{
	CHILD(other, NS_MNT) {
		MUST(tmpfs_make("/tmp/m"));
		MUST(file_make("/tmp/m/foreign"));
		TELL(other);
		HEAR(other);
		IS(mnt_count("/tmp/m"), 1);
		IS(MUST(mnt_at("/tmp/m"))->options, "rw,relatime");
	}
	HEAR(other);
	const char *root = proc_path(other->pid, "root"), *there = proc_path(other->pid, "root/tmp/m");
	MUST(tmpfs_make("/tmp/own"));
	MUST(dir_make("/tmp/to"));
	all_refused(there);
	int fd = MUST(open(there, O_PATH | O_CLOEXEC));
	all_refused(path("/proc/self/fd/%d", fd));

	OK(bind_make("/tmp/own", "/tmp/to")); /* controls: the same on paths of this namespace */
	OK(mount(NULL, "/tmp/to", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	OK(umount2("/tmp/to", MNT_DETACH));
	OK(mount("/tmp/own", "/tmp/to", NULL, MS_MOVE, NULL));
	CHILD(visitor, 0) {
		OK(chroot(root));
		OK(access("/tmp/m/foreign", F_OK));
		FAILS(EINVAL, mount("tmpfs", "/tmp/m", "tmpfs", 0, NULL));
	}
	EXITS(visitor, 0);
	DISMISS(other);
}
