// SPDX-License-Identifier: GPL-2.0-only
/* What root of a user namespace may mount, and what such mounts grant. user_namespaces(7), mount_namespaces(7) */
#include <sys/sysmacros.h>

#include "helpers/nscheck.h"

#define GROUP     "mnt.userns"
#define CONTAINER (NS_USER | NS_MNT | NS_PID | NS_IPC | NS_NET | NS_CGROUP)

/* What a fresh proc or sysfs says in new user and mount namespaces and those of `flags`: 0 or an errno. */
static int mount_inside(unsigned long long flags, const char *type)
{
	MUST(dir_make("/tmp/at"));
	CHILD(box, NS_USER | NS_MNT | flags, .map = CONTAINER_MAP) {
		TELL(box, mount("none", "/tmp/at", type, 0, NULL) < 0 ? errno : 0);
	}
	int err = (int)HEAR(box);
	EXITS(box, 0);
	return err;
}

/* Claims what mounts of filesystem types say in new user and mount namespaces and those of `flags`: 0 or an errno. */
static void types_say(unsigned long long flags, const char *const *types, size_t count, int expected)
{
	CHILD(box, NS_USER | NS_MNT | flags, .map = CONTAINER_MAP) {
		for (size_t i = 0; i < count; i++) {
			NOTE("%s", types[i]);
			int err = mount("none", "/tmp/at", types[i], 0, NULL) < 0 ? errno : 0;
			if (err != ENODEV) /* not built in, and here no module is loaded */
				IS(err, expected);
		}
	}
	EXITS(box, 0);
}

CASE(only_userns_safe_filesystem_types_can_be_mounted)
{
	static const char *const safe[] = {"proc", "sysfs", "mqueue", "cgroup2", "tmpfs", "ramfs", "devpts"};
	static const char *const unsafe[] = {"ext4",     "debugfs",   "tracefs", "bpf",
					     "devtmpfs", "hugetlbfs", "fusectl", "pstore"};

	MUST(dir_make("/tmp/at"));
	types_say(CONTAINER, safe, ARRAY_SIZE(safe), 0);
	types_say(0, safe, 4, EPERM); /* those of a namespace that the box does not own */
	types_say(CONTAINER, unsafe, ARRAY_SIZE(unsafe), EPERM);
}

CASE(fresh_proc_needs_a_fully_visible_proc)
{
	IS(mount_inside(NS_PID, "proc"), 0);
	MUST(tmpfs_make("/proc/sys/fs/binfmt_misc"));
	NOTE("cover on an always empty directory");
	IS(mount_inside(NS_PID, "proc"), 0);
	MUST(umount2("/proc/sys/fs/binfmt_misc", 0));

	static const char *const covers[] = {"/proc/kcore", "/proc/sys", "/proc"};
	for (int i = 0; i < 3; i++) {
		NOTE("cover of %s", covers[i]);
		CHILD(covered, NS_MNT) {
			if (i == 0)
				MUST(bind_make("/dev/null", covers[i]));
			else
				MUST(mount("tmpfs", covers[i], "tmpfs", 0, NULL));
			MUST(dir_make("/tmp/at"));
			CHILD(box, NS_USER | NS_MNT | NS_PID) {
				FAILS(EPERM, mount("proc", "/tmp/at", "proc", 0, NULL));
				int restricted = mount("proc", "/tmp/at", "proc", 0, "subset=pid");
				if (restricted < 0) /* 0 where proc has a restricted variant */
					IS(errno, EPERM);
			}
			EXITS(box, 0);
			CHILD(equal, NS_PID) { /* control */
				OK(mount("proc", "/tmp/at", "proc", 0, NULL));
			}
			EXITS(equal, 0);
		}
		EXITS(covered, 0);
	}
}

CASE(fresh_proc_must_keep_the_readonly_lock)
{
	MUST(mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	MUST(dir_make("/tmp/at"));
	CHILD(box, NS_USER | NS_MNT | NS_PID) {
		FAILS(EPERM, mount("proc", "/tmp/at", "proc", 0, NULL));
		OK(mount("proc", "/tmp/at", "proc", MS_RDONLY, NULL));
		FAILS(EPERM, mount(NULL, "/tmp/at", NULL, MS_REMOUNT | MS_BIND, NULL));
	}
	EXITS(box, 0);
	CHILD(equal, NS_PID) { /* control */
		OK(mount("proc", "/tmp/at", "proc", 0, NULL));
	}
	EXITS(equal, 0);
}

CASE(fresh_sysfs_needs_own_netns_and_uncovered_sysfs)
{
	OK(access("/sys/kernel", F_OK));
	IS(mount_inside(NS_NET, "sysfs"), 0);
	IS(mount_inside(0, "sysfs"), EPERM);
	if (file_exists("/sys/kernel/debug"))
		MUST(mount("tmpfs", "/sys/kernel/debug", "tmpfs", 0, NULL));
	if (file_exists("/sys/fs/cgroup"))
		MUST(mount("tmpfs", "/sys/fs/cgroup", "tmpfs", 0, NULL));
	IS(mount_inside(NS_NET, "sysfs"), 0);
	MUST(mount("tmpfs", "/sys/kernel", "tmpfs", 0, NULL));
	IS(mount_inside(NS_NET, "sysfs"), EPERM);
}

CASE(device_nodes_on_userns_filesystems_do_not_open)
{
	MUST(dir_make("/tmp/at"));
	CHILD(box, NS_USER | NS_MNT, .map = "0 0 65536") { /* so that the host's root can own files there */
		MUST(mount("tmpfs", "/tmp/at", "tmpfs", 0, NULL));
		FAILS(EPERM, mknod("/tmp/at/own", S_IFCHR | 0666, makedev(1, 3)));
		OK(mkfifo("/tmp/at/fifo", 0666));
		int tree = tree_clone("/tmp/at", 0);
		TELL(box);
		HEAR(box);
		FAILS(EACCES, open("/tmp/at/null", O_RDWR));
		MUST(file_make("/tmp/at/bound"));
		MUST(bind_make("/dev/null", "/tmp/at/bound"));
		OK(open("/tmp/at/bound", O_RDWR | O_CLOEXEC)); /* control */
		GIVE_FD(box, MUST(tree));
		HEAR(box);
	}
	HEAR(box);
	const char *null = proc_path(box->pid, "root/tmp/at/null");
	OK(mknod(null, S_IFCHR | 0666, makedev(1, 3)));
	FAILS(EACCES, open(null, O_RDWR));
	OK(close(OK(open("/dev/null", O_RDWR | O_CLOEXEC)))); /* control */
	TELL(box);
	OK(tree_attach(TAKE_FD(box), "/tmp/at"));
	OK(access("/tmp/at/null", F_OK));
	FAILS(EACCES, open("/tmp/at/null", O_RDWR));
	DISMISS(box);
}
