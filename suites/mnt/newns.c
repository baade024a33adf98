// SPDX-License-Identifier: GPL-2.0-only
/* Mount namespaces made of one tree, of a new filesystem, or of nothing; and who is told of their mounts. */
#include <linux/magic.h>
#include <sys/fanotify.h>
#include <sys/vfs.h>

#include "helpers/nscheck.h"
#include "helpers/statmount.h"

#define GROUP "mnt.newns"

/* open_tree(2) with OPEN_TREE_NAMESPACE. -1 with errno. */
static int namespace_of(const char *dir, unsigned int flags)
{
	return open_tree(AT_FDCWD, dir, OPEN_TREE_NAMESPACE | OPEN_TREE_CLOEXEC | flags);
}

/* A tmpfs with the file "marker", and on its directory "sub" one with "top", which covers the file "secret". */
static void make_tree(void)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(file_make("/tmp/m/marker"));
	MUST(dir_make("/tmp/m/sub"));
	MUST(file_make("/tmp/m/sub/secret"));
	MUST(tmpfs_make("/tmp/m/sub"));
	MUST(file_make("/tmp/m/sub/top"));
}

CASE(open_tree_namespace_makes_a_namespace_of_one_tree)
{
	make_tree();
	int mounts = MUST(mountinfo_count("/proc/self/mountinfo", "/"));
	const int one = OK(namespace_of("/tmp/m", 0)), all = OK(namespace_of("/tmp/m", AT_RECURSIVE));

	for (int recursive = 0; recursive < 2; recursive++) {
		NOTE(recursive ? "recursive" : "not recursive");
		CHILD(joiner, 0) {
			OK(access("/proc/self", F_OK)); /* control */
			OK(setns(recursive ? all : one, CLONE_NEWNS));
			OK(access("/marker", F_OK));
			FAILS(ENOENT, access("/proc/self", F_OK));
			IS(access("/sub/top", F_OK) == 0, recursive);
			IS(access("/sub/secret", F_OK) == 0, !recursive);
		}
		EXITS(joiner, 0);
	}
	NOTE_END();
	IS(mountinfo_count("/proc/self/mountinfo", "/"), mounts);
	FAILS(EINVAL, namespace_of("/tmp/m", OPEN_TREE_CLONE));
	FAILS(ENOTDIR, namespace_of("/tmp/m/marker", 0));
	MUST(mnt_propagation("/tmp/m", MS_UNBINDABLE));
	FAILS(EINVAL, namespace_of("/tmp/m", 0));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, namespace_of("/tmp", 0));
	}
	EXITS(user, 0);
}

CASE(open_tree_namespace_by_foreign_userns_reveals_nothing)
{
	make_tree();
	OK(namespace_of("/tmp/m", 0)); /* control: whoever owns the mount namespace may */
	for (int unbindable = 0; unbindable < 2; unbindable++) {
		NOTE(unbindable ? "unbindable cover" : "private cover");
		MUST(mnt_propagation("/tmp/m/sub", unbindable ? MS_UNBINDABLE : MS_PRIVATE));
		CHILD(box, NS_USER, .map = CONTAINER_MAP) {
			FAILS(EINVAL, namespace_of("/tmp/m", 0));
			OK(setns(OK(namespace_of("/tmp/m", AT_RECURSIVE)), CLONE_NEWNS));
			OK(access("/marker", F_OK));
			OK(access("/sub/top", F_OK));
			FAILS(EINVAL, umount2("/sub", MNT_DETACH));
			FAILS(EINVAL, umount2("/", MNT_DETACH));
			FAILS(ENOENT, access("/sub/secret", F_OK));
		}
		EXITS(box, 0);
	}
}

/* fsmount(2) of a new tmpfs with FSMOUNT_NAMESPACE. -1 with errno. */
static int namespace_of_tmpfs(unsigned int attributes)
{
	int context = MUST(fsopen("tmpfs", FSOPEN_CLOEXEC));

	MUST(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	int ns = fsmount(context, FSMOUNT_CLOEXEC | FSMOUNT_NAMESPACE, attributes), saved = errno;
	MUST(close(context));
	errno = saved;
	return ns;
}

CASE(fsmount_namespace_makes_a_namespace_of_a_new_filesystem)
{
	int writable = OK(namespace_of_tmpfs(0)), readonly = OK(namespace_of_tmpfs(MOUNT_ATTR_RDONLY));

	CHILD(joiner, 0) {
		struct statfs fs;
		OK(access("/proc/self", F_OK)); /* control */
		OK(setns(writable, CLONE_NEWNS));
		OK(statfs("/", &fs));
		IS(fs.f_type, TMPFS_MAGIC);
		OK(file_make("/f"));
		FAILS(ENOENT, access("/proc/self", F_OK));
	}
	EXITS(joiner, 0);
	CHILD(reader, 0) {
		OK(setns(readonly, CLONE_NEWNS));
		FAILS(EROFS, open("/f", O_CREAT | O_WRONLY, 0600));
	}
	EXITS(reader, 0);
	int context = MUST(fsopen("tmpfs", FSOPEN_CLOEXEC));
	MUST(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, fsmount(context, FSMOUNT_NAMESPACE, 0));
	}
	EXITS(user, 0);
}

#define NULL_FS_MAGIC 0x4e554c4cUL

CASE(empty_mount_namespace_has_only_an_immutable_root)
{
	struct clone_args with_fs = {.flags = CLONE_EMPTY_MNTNS | CLONE_FS, .exit_signal = SIGCHLD};
	int mounts = MUST(mountinfo_count("/proc/self/mountinfo", "/"));

	CHILD(root, 0) {
		struct statfs fs;
		uint64_t ids[4];
		struct mnt_answer only;
		OK(unshare(UNSHARE_EMPTY_MNTNS));
		FAILS(ENOENT, access("/proc/self", F_OK));
		OK(statfs(".", &fs));
		IS(fs.f_type, NULL_FS_MAGIC);
		IS(OK(mnt_list((struct mnt_question){.id = LIST_ROOT}, ids, 4, 0)), 1);
		OK(mnt_ask((struct mnt_question){.id = ids[0], .param = ASK_MNT_BASIC}, &only, sizeof(only),
			   0));
		IS(only.parent, ids[0]);
		FAILS(ENOENT, open("/f", O_CREAT | O_WRONLY, 0600));
		FAILS(EINVAL, mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL));
		FAILS(EINVAL, fspick(AT_FDCWD, "/", 0));
		int tree = MUST(tmpfs_detached());
		OK(tree_attach(tree, "/"));
		MUST(fchdir(tree));
		MUST(chroot("."));
		OK(file_make("/f"));
	}
	EXITS(root, 0);
	IS(mountinfo_count("/proc/self/mountinfo", "/"), mounts);
	FAILS(EINVAL, ns_clone3_raw(&with_fs, sizeof(with_fs)));
	OK(ns_try_clone3(CLONE_EMPTY_MNTNS)); /* control */
	FAILS(EINVAL, ns_try_clone3(CLONE_EMPTY_MNTNS | 1ULL << 60));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, ns_try_clone3(CLONE_EMPTY_MNTNS));
	}
	EXITS(user, 0);
}

/* An fanotify group that hears of mounts made and taken away in a mount namespace. -1 with errno. */
static int listener(int ns)
{
	int group = OK(fanotify_init(FAN_REPORT_MNT | FAN_CLOEXEC | FAN_NONBLOCK, 0));

	return fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_MNTNS, FAN_MNT_ATTACH | FAN_MNT_DETACH, ns,
			     NULL) < 0
		       ? -1
		       : group;
}

/* What one event says happened; 0 if there is none. */
static unsigned long long heard(int group)
{
	char buffer[1024] __attribute__((aligned(8)));
	ssize_t got = read(group, buffer, sizeof(buffer));

	if (got < 0) {
		GAVE(EAGAIN);
		return 0;
	}
	struct fanotify_event_metadata *event = (struct fanotify_event_metadata *)buffer;
	IS((ssize_t)event->event_len, got); /* no second one */
	return event->mask;
}

CASE(fanotify_reports_mounts_of_the_marked_namespace_only)
{
	int here = MUST(ns_open(0, "mnt")), group = OK(listener(here));

	OK(tmpfs_make("/tmp/m"));
	IS(heard(group), FAN_MNT_ATTACH);
	CHILD(box, NS_MNT) {
		OK(tmpfs_make("/tmp/other"));
		OK(umount2("/tmp/other", 0));
	}
	EXITS(box, 0);
	IS(heard(group), 0);
	OK(umount2("/tmp/m", 0)); /* control: it still listens */
	IS(heard(group), FAN_MNT_DETACH);
	CHILD(root, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		FAILS(EPERM, listener(here));
		OK(listener(MUST(ns_open(0, "mnt"))));
	}
	EXITS(root, 0);
}
