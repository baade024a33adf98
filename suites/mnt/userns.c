// SPDX-License-Identifier: GPL-2.0-only
/* What root of a user namespace may mount, and what such mounts grant. user_namespaces(7), mount_namespaces(7) */
#include <sys/sysmacros.h>

#include "helpers/nscheck.h"

#define GROUP     "mnt.userns"
#define CONTAINER (NS_USER | NS_MNT | NS_PID | NS_IPC | NS_NET | NS_CGROUP)

/* A file system made and mounted nowhere, by fsopen(2) and fsmount(2): 0 or an errno. */
static int mount_detached(const char *type)
{
	int context = fsopen(type, FSOPEN_CLOEXEC);

	if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0 ||
	    fsmount(context, FSMOUNT_CLOEXEC, 0) < 0)
		return errno;
	return 0;
}

/*
 * What a fresh proc or sysfs says in new user and mount namespaces and those of `flags`, to mount(2) and to fsmount(2)
 * alike: 0 or an errno.
 */
static int mount_inside(unsigned long long flags, const char *type)
{
	MUST(dir_make("/tmp/at"));
	CHILD(box, NS_USER | NS_MNT | flags, .map = CONTAINER_MAP) {
		int said = mount("none", "/tmp/at", type, 0, NULL) < 0 ? errno : 0;
		IS(mount_detached(type), said);
		TELL(box, said);
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

CASE(fresh_proc_may_have_covers_on_empty_directories)
{
	MUST(tmpfs_make("/proc/sys/fs/binfmt_misc"));
	IS(mount_inside(NS_PID, "proc"), 0);
	MUST(bind_make("/dev/null", "/proc/version")); /* control: such a cover counts */
	IS(mount_inside(NS_PID, "proc"), EPERM);
}

CASE(fresh_proc_needs_a_fully_visible_proc)
{
	const bool harmless = feature_here("proc_of_pids_is_harmless");

	IS(mount_inside(NS_PID, "proc"), 0);
	static const char *const covers[] = {"/proc/version", "/proc/sys", "/proc"};
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
				if (harmless)
					OK(mount("proc", "/tmp/at", "proc", 0, "subset=pid"));
				else
					FAILS(EPERM, mount("proc", "/tmp/at", "proc", 0, "subset=pid"));
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

PAYLOAD(tell_euid)
{
	TELL(outer, geteuid());
}

CASE(setuid_is_ignored_across_mount_and_user_namespaces)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(program_make("/tmp/m/program", 0, 0, 04755));
	MUST(dir_make("/tmp/u"));
	for (int own = 0; own < 2; own++) {
		CHILD(user, 0) {
			int old = MUST(open("/tmp/m", O_PATH | O_CLOEXEC));
			OK(unshare(CLONE_NEWNS));
			MUST(become_unprivileged(UNPRIVILEGED));
			EXEC_FILE(user, tell_euid,
				  own ? "/tmp/m/program" : path("/proc/self/fd/%d/program", old));
		}
		IS(HEAR(user), own ? 0 : UNPRIVILEGED);
		EXITS(user, 0);
	}
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		MUST(mount("tmpfs", "/tmp/u", "tmpfs", 0, NULL));
		MUST(program_make("/tmp/u/program", 5, 5, 04755));
		CHILD(member, 0, .uid = 7) {
			EXEC_FILE(member, tell_euid, "/tmp/u/program");
		}
		IS(HEAR(member), 5);
		EXITS(member, 0);
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	VISITOR(stranger, box, NS_MNT) {
		MUST(become_unprivileged(UNPRIVILEGED));
		EXEC_FILE(stranger, tell_euid, "/tmp/u/program");
	}
	IS(HEAR(stranger), UNPRIVILEGED);
	EXITS(stranger, 0);
	DISMISS(box);
}

static int create(int context)
{
	return fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

/* Gives the file system on a mount point another size by fspick(2). -1 with errno of what makes it so. */
static int resize(const char *where)
{
	int context = MUST(fspick(AT_FDCWD, where, FSPICK_CLOEXEC));

	MUST(fsconfig(context, FSCONFIG_SET_STRING, "size", "1m", 0));
	int done = fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0), err = errno;
	MUST(close(context));
	errno = err;
	return done;
}

static bool resized(const char *where)
{
	return strstr(MUST(mnt_at(where))->super, "size=1024k");
}

CASE(only_own_filesystems_can_be_reconfigured)
{
	MUST(tmpfs_make("/tmp/host"));
	MUST(dir_make("/tmp/own"));
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		FAILS(EPERM, resize("/tmp/host"));
		FAILS(EPERM, mount("none", "/tmp/host", NULL, MS_REMOUNT, "size=1m"));
		MUST(tmpfs_make("/tmp/own")); /* controls */
		OK(resize("/tmp/own"));
		HOLDS(resized("/tmp/own"));
		OK(mount("none", "/tmp/own", NULL, MS_REMOUNT, "size=2m"));
	}
	EXITS(box, 0);
	HOLDS(!resized("/tmp/host"));
	OK(resize("/tmp/host"));
	HOLDS(resized("/tmp/host"));
}

/* Makes a directory the root of a process, a mount of its own, and unmounts that: 0, or errno. */
static int unmount_as_root(const char *dir)
{
	CHILD(jailed, 0) {
		MUST(bind_make(dir, dir));
		MUST(chroot(dir));
		TELL(jailed, umount2("/", 0) < 0 ? errno : 0);
	}
	int err = (int)HEAR(jailed);
	EXITS(jailed, 0);
	return err;
}

CASE(unmounted_root_makes_only_own_filesystems_readonly)
{
	MUST(tmpfs_make("/tmp/host"));
	MUST(dir_make("/tmp/own"));
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		MUST(tmpfs_make("/tmp/own"));
		IS(unmount_as_root("/tmp/own"), 0); /* control */
		FAILS(EROFS, file_make("/tmp/own/file"));
		IS(unmount_as_root("/tmp/host"), EPERM);
	}
	EXITS(box, 0);
	OK(file_make("/tmp/host/file"));
	IS(unmount_as_root("/tmp/host"), 0);
	FAILS(EROFS, file_make("/tmp/host/file"));
}

/* Whether the kernel has warned since it booted: TAINT_WARN, bit 9. */
static bool has_warned(void)
{
	return MUST(file_number("/proc/sys/kernel/tainted")) & 1 << 9;
}

CASE(context_completed_from_another_userns_does_not_warn)
{
	bool before = has_warned();

	MUST(dir_make("/tmp/low1"));
	MUST(dir_make("/tmp/low2"));
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		int overlay = MUST(fsopen("overlay", FSOPEN_CLOEXEC));
		OK(fsconfig(overlay, FSCONFIG_SET_STRING, "lowerdir", "/tmp/low1:/tmp/low2", 0));
		GIVE_FD(box, overlay);
		GIVE_FD(box, MUST(fsopen("tmpfs", FSOPEN_CLOEXEC)));
		FAILS(EPERM, create(TAKE_FD(box)));
		OK(create(MUST(fsopen("tmpfs", FSOPEN_CLOEXEC)))); /* control */
	}
	if (create(TAKE_FD(box)) < 0)
		HOLDS(errno == EIO || errno == EINVAL); /* what it gives depends on the kernel */
	OK(create(TAKE_FD(box)));
	GIVE_FD(box, MUST(fsopen("tmpfs", FSOPEN_CLOEXEC)));
	EXITS(box, 0);
	IS(has_warned(), before);
}

CASE(legacy_context_parameters_are_bounded_by_one_page, .unsabotaged = "a bound of fsconfig(2); no isolation")
{
	char value[256];
	const size_t page = 4096;
	int context = MUST(fsopen("devpts", FSOPEN_CLOEXEC));
	bool before = has_warned();

	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (size_t used = 0, added; used < page - 1; used += added) {
		added = page - 1 - used < 258 ? page - 1 - used : 258; /* ",k=" and the value */
		value[added - 3] = '\0';
		OK(fsconfig(context, FSCONFIG_SET_STRING, "k", value, 0));
	}
	FAILS(EINVAL, fsconfig(context, FSCONFIG_SET_STRING, "k", "", 0));
	FAILS(EINVAL, fsconfig(context, FSCONFIG_SET_FLAG, "k", NULL, 0));
	FAILS(EINVAL, fsconfig(context, FSCONFIG_SET_STRING, "k", value, 0));
	OK(close(context));
	IS(has_warned(), before);
}
