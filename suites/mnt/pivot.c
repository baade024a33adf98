// SPDX-License-Identifier: GPL-2.0-only
/* Another root for a whole mount namespace. pivot_root(2) */
#include "helpers/nscheck.h"

#define GROUP "mnt.pivot"

CASE(host_filesystem_is_gone_after_pivot_and_detach)
{
	static const char *const ways[] = {"/tmp/secret", "/../../tmp/secret", "/old/tmp/secret"};

	MUST(file_make("/tmp/secret"));
	CHILD(box, NS_MNT) {
		MUST(tmpfs_make("/tmp/new"));
		MUST(file_make("/tmp/new/marker"));
		MUST(dir_make("/tmp/new/old"));
		MUST(dir_make("/tmp/new/proc"));
		MUST(proc_mount("/tmp/new/proc"));

		OK(pivot_root("/tmp/new", "/tmp/new/old"));
		OK(chdir("/"));
		IS(file_read("/old/tmp/secret"),
		   "/tmp/secret"); /* control: the old root is where it was put */
		OK(umount2("/old", MNT_DETACH));
		for (int i = 0; i < 3; i++)
			FAILS(ENOENT, open(ways[i], O_RDONLY));
		OK(rmdir("/old"));
		IS(mountinfo_count("/proc/self/mountinfo", "/"), 2); /* the new root and its proc */
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	OK(access(proc_path(box->pid, "root/marker"), F_OK)); /* control: the look from outside works */
	FAILS(ENOENT, open(proc_path(box->pid, "root/tmp/secret"), O_RDONLY));
	IS(file_read("/tmp/secret"), "/tmp/secret");
	DISMISS(box);
}

/* The process's root and its "old" directory: a new tmpfs on /tmp/new with a marker and a proc. */
static void make_new_root(void)
{
	MUST(tmpfs_make("/tmp/new"));
	MUST(file_make("/tmp/new/marker"));
	MUST(dir_make("/tmp/new/old"));
	MUST(dir_make("/tmp/new/proc"));
	MUST(proc_mount("/tmp/new/proc"));
}

CASE(dot_dot_form_stacks_and_detaches)
{
	char cwd[64];

	MUST(file_make("/tmp/secret"));
	CHILD(stacked, NS_MNT) {
		make_new_root();
		MUST(chdir("/tmp/new"));
		OK(pivot_root(".", "."));
		IS(mnt_count("/"), 2);
		IS(getcwd(cwd, sizeof(cwd)), "/");
		OK(access("/marker", F_OK));
		FAILS(ENOENT, access("/tmp/secret", F_OK));
		OK(umount2(".", MNT_DETACH));
		IS(mnt_count("/"), 1);
		OK(access("/marker", F_OK));
	}
	EXITS(stacked, 0);
	CHILD(apart, NS_MNT) {
		make_new_root();
		OK(pivot_root("/tmp/new", "/tmp/new/old"));
		OK(access("/old/tmp/secret", F_OK)); /* control */
		FAILS(EBUSY, umount2("/old", 0));
		OK(umount2("/old", MNT_DETACH));
		FAILS(ENOENT, access("/old/tmp/secret", F_OK));
	}
	EXITS(apart, 0);
}

/* What a process sees of its root and cwd once its link is told to look. */
static void look(struct child *self, const char *marker, const char *cwd)
{
	char now[64];

	TELL(self);
	HEAR(self);
	OK(access(marker, F_OK));
	IS(file_exists("/marker"), strcmp(marker, "/marker") == 0);
	IS(getcwd(now, sizeof(now)), cwd);
}

CASE(moves_root_and_cwd_of_other_processes_at_the_old_root)
{
	MUST(file_make("/tmp/secret"));
	CHILD(box, NS_MNT) {
		char cwd[64];
		make_new_root();
		MUST(dir_make("/tmp/jail"));
		MUST(file_make("/tmp/jail/jailed"));
		MUST(chdir("/"));
		CHILD(at_root, 0) {
			look(at_root, "/marker", "/");
		}
		CHILD(deeper, 0) {
			MUST(chdir("/tmp"));
			look(deeper, "/marker", "/old/tmp");
		}
		CHILD(jailed, 0) {
			MUST(chroot("/tmp/jail"));
			MUST(chdir("/"));
			look(jailed, "/jailed", "/");
		}
		CHILD(elsewhere, NS_MNT) {
			look(elsewhere, "/tmp/secret", "/");
		}
		HEAR(at_root);
		HEAR(deeper);
		HEAR(jailed);
		HEAR(elsewhere);
		MUST(chdir("/tmp/jail"));
		OK(pivot_root("/tmp/new", "/tmp/new/old"));
		IS(getcwd(cwd, sizeof(cwd)), "/old/tmp/jail");
		OK(access("/marker", F_OK));
		DISMISS(at_root);
		DISMISS(deeper);
		DISMISS(jailed);
		DISMISS(elsewhere);
	}
	EXITS(box, 0);
}

CASE(new_root_or_put_old_on_the_current_root_mount_is_ebusy)
{
	MUST(file_make("/tmp/secret"));
	CHILD(box, NS_MNT) {
		make_new_root();
		FAILS(EBUSY, pivot_root("/", "/tmp/new/old"));
		FAILS(EBUSY, pivot_root("/proc/..", "/tmp/new/old"));
		FAILS(EBUSY, pivot_root("/tmp/new", "/"));
		OK(pivot_root("/tmp/new", "/tmp/new/old")); /* control */
		OK(access("/old/tmp/secret", F_OK));
	}
	EXITS(box, 0);
}

CASE(new_root_not_a_mount_point_is_einval)
{
	CHILD(box, NS_MNT) {
		MUST(dir_make("/tmp/plain/old"));
		FAILS(EINVAL, pivot_root("/tmp/plain", "/tmp/plain/old"));
		MUST(bind_make("/tmp/plain", "/tmp/plain"));
		OK(pivot_root("/tmp/plain", "/tmp/plain/old"));
		OK(access("/old/tmp", F_OK));
	}
	EXITS(box, 0);
}

CASE(put_old_not_under_new_root_is_einval)
{
	CHILD(box, NS_MNT) {
		make_new_root();
		MUST(tmpfs_make("/tmp/third"));
		FAILS(EINVAL, pivot_root("/tmp/new", "/tmp/third"));
		OK(pivot_root("/tmp/new", "/tmp/new"));
		OK(access("/marker", F_OK));
	}
	EXITS(box, 0);
}

CASE(current_root_not_a_mount_point_is_einval)
{
	for (int mounted = 0; mounted < 2; mounted++) {
		CHILD(box, NS_MNT) {
			if (mounted)
				MUST(tmpfs_make("/tmp/jail"));
			MUST(dir_make("/tmp/jail"));
			MUST(tmpfs_make("/tmp/jail/new"));
			MUST(dir_make("/tmp/jail/new/old"));
			MUST(file_make("/tmp/jail/new/marker"));
			MUST(chroot("/tmp/jail"));
			MUST(chdir("/"));
			IS(pivot_root("/new", "/new/old") < 0 ? errno : 0, mounted ? 0 : EINVAL);
			IS(file_exists("/marker"), mounted);
		}
		EXITS(box, 0);
	}
}

CASE(shared_parent_or_put_old_is_einval)
{
	static const struct {
		const char *what, *shared;
		int expected;
	} rows[] = {{"parent of the new root", "/tmp/jail", EINVAL},
		    {"parent of the current root", "/tmp", EINVAL},
		    {"new root, which holds put_old", "/tmp/jail/new", EINVAL},
		    {"mount on put_old", "/tmp/jail/new/old", EINVAL},
		    {"none", NULL, 0}};

	for (int i = 0; i < 5; i++) {
		NOTE("shared: %s", rows[i].what);
		CHILD(box, NS_MNT) {
			MUST(tmpfs_make("/tmp/jail"));
			MUST(tmpfs_make("/tmp/jail/new"));
			MUST(dir_make("/tmp/jail/new/old"));
			MUST(file_make("/tmp/jail/new/marker"));
			if (i != 2)
				MUST(tmpfs_make("/tmp/jail/new/old"));
			if (rows[i].shared)
				MUST(mnt_propagation(rows[i].shared, MS_SHARED));
			MUST(chroot("/tmp/jail"));
			MUST(chdir("/"));
			IS(pivot_root("/new", "/new/old") < 0 ? errno : 0, rows[i].expected);
			IS(file_exists("/marker"), rows[i].expected == 0);
		}
		EXITS(box, 0);
	}
}

CASE(non_directories_and_bad_paths)
{
	CHILD(box, NS_MNT) {
		make_new_root();
		FAILS(ENOTDIR, pivot_root("/tmp/new/marker", "/tmp/new/old"));
		FAILS(ENOTDIR, pivot_root("/tmp/new", "/tmp/new/marker"));
		FAILS(ENOENT, pivot_root("/tmp/none", "/tmp/new/old"));
		FAILS(ENOENT, pivot_root("/tmp/new", "/tmp/new/none"));
		FAILS(EFAULT, pivot_root((const char *)1, "/tmp/new/old"));
		FAILS(EFAULT, pivot_root("/tmp/new", (const char *)1));
		OK(pivot_root("/tmp/new", "/tmp/new/old")); /* control */
		OK(access("/marker", F_OK));
	}
	EXITS(box, 0);
}

CASE(needs_cap_sys_admin)
{
	CHILD(box, NS_MNT) {
		make_new_root();
		CHILD(user, 0, .uid = UNPRIVILEGED) {
			FAILS(EPERM, pivot_root("/tmp/new", "/tmp/new/old"));
		}
		EXITS(user, 0);
		CHILD(root, 0) {
			MUST(cap_drop(CAP_SYS_ADMIN));
			FAILS(EPERM, pivot_root("/tmp/new", "/tmp/new/old"));
		}
		EXITS(root, 0);
		OK(pivot_root("/tmp/new", "/tmp/new/old")); /* control */
		OK(access("/marker", F_OK));
	}
	EXITS(box, 0);
}

CASE(new_root_of_other_namespace_or_outside_root_is_einval)
{
	CHILD(other, NS_MNT) {
		make_new_root();
		TELL(other);
		HEAR(other);
		IS(mnt_count("/tmp/new"), 1);
		IS(mnt_count("/"), 1);
	}
	HEAR(other);
	const char *there = proc_path(other->pid, "root/tmp/new");
	CHILD(box, NS_MNT) {
		MUST(tmpfs_make("/tmp/outside"));
		int outside = MUST(open("/tmp/outside", O_PATH | O_CLOEXEC));
		int mounts = MUST(mountinfo_count("/proc/self/mountinfo", "/"));
		FAILS(EINVAL, pivot_root(there, path("%s/old", there)));
		IS(mountinfo_count("/proc/self/mountinfo", "/"), mounts);

		MUST(tmpfs_make("/tmp/jail"));
		MUST(tmpfs_make("/tmp/jail/new"));
		MUST(chroot("/tmp/jail"));
		MUST(fchdir(outside));
		FAILS(EINVAL, pivot_root(".", "."));
		OK(pivot_root("/new", "/new")); /* control: in this root it works with a mount below it */
	}
	EXITS(box, 0);
	DISMISS(other);
}

CASE(locked_new_root_is_refused_and_root_lock_is_handed_over)
{
	MUST(tmpfs_make("/tmp/inherited"));
	MUST(dir_make("/tmp/inherited/old"));
	MUST(tmpfs_make("/tmp/inherited/child"));
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		FAILS(EINVAL, pivot_root("/tmp/inherited", "/tmp/inherited"));
		FAILS(EINVAL, bind_make("/tmp/inherited", "/tmp/inherited"));
		CHILD(bound, NS_MNT) {
			MUST(mount("/tmp/inherited", "/tmp/inherited", NULL, MS_BIND | MS_REC, NULL));
			OK(pivot_root("/tmp/inherited", "/tmp/inherited"));
			OK(access("/child", F_OK));
		}
		EXITS(bound, 0);
		MUST(tmpfs_make("/tmp/new"));
		MUST(dir_make("/tmp/new/old"));
		OK(pivot_root("/tmp/new", "/tmp/new/old"));
		OK(chdir("/"));
		OK(access("/old/tmp/inherited", F_OK)); /* control */
		OK(umount2("/old", MNT_DETACH));
		FAILS(EINVAL, umount2("/", MNT_DETACH));
	}
	EXITS(box, 0);
}

CASE(from_initial_ramfs, .initial = NS_MNT)
{
	CHILD(box, NS_MNT) {
		struct mountinfo root;
		MUST(mountinfo_find("/proc/self/mountinfo", "/", &root));
		if (strcmp(root.type, "rootfs") != 0)
			/* the moment: whoever booted this kernel has put another root on top */
			SKIP("the root is not the initramfs but %s", root.type);
		MUST(mnt_propagation("/", MS_REC | MS_PRIVATE));
		make_new_root();
		IS(pivot_root("/tmp/new", "/tmp/new/old") < 0 ? errno : 0,
		   root.parent == root.id ? EINVAL : 0);
		IS(file_exists("/marker"), root.parent != root.id);
	}
	EXITS(box, 0);
	MUST(rmdir("/tmp/new"));
}
