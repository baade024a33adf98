// SPDX-License-Identifier: GPL-2.0-only
/* What /proc/PID/mountinfo says and when it says so. proc_pid_mountinfo(5), proc_pid_mounts(5) */
#include <poll.h>
#include <sys/syscall.h>

#include "helpers/nscheck.h"

#define GROUP "mnt.mountinfo"

CASE(fields_agree_with_other_interfaces,
     .unsabotaged = "fields of one namespace's mounts; no isolation is observed")
{
	struct statx stx;

	MUST(tmpfs_make("/tmp/w"));
	MUST(dir_make("/tmp/w/a/b"));
	MUST(dir_make("/tmp/w/d"));
	MUST(bind_make("/tmp/w/a/b", "/tmp/w/d"));
	const struct mountinfo *m = OK(mnt_at("/tmp/w/d"));
	IS(m->root, "/a/b");
	IS(m->parent, MUST(mnt_at("/tmp/w"))->id);

	int fd = MUST(open("/tmp/w/d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	OK(statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx));
	HOLDS(stx.stx_mask & STATX_MNT_ID);
	IS(stx.stx_mnt_id, m->id);
	HOLDS(stx.stx_attributes & STATX_ATTR_MOUNT_ROOT);
	const char *fdinfo = strstr(MUST(file_read(path("/proc/self/fdinfo/%d", fd))), "\nmnt_id:\t");
	HOLDS(fdinfo);
	IS(atoi(fdinfo + strlen("\nmnt_id:\t")), m->id);
	OK(statx(AT_FDCWD, "/tmp/w/a", 0, STATX_MNT_ID, &stx)); /* control: no root of a mount */
	HOLDS(!(stx.stx_attributes & STATX_ATTR_MOUNT_ROOT));

	MUST(tmpfs_make("/tmp/w/a space"));
	IS(mnt_count("/tmp/w/a\\040space"), 1);
	MUST(rmdir("/tmp/w/a/b"));
	IS(OK(mnt_at("/tmp/w/d"))->root, "/a/b//deleted");
}

CASE(only_mounts_reachable_from_the_root_of_the_target_are_listed)
{
	MUST(tmpfs_make("/tmp/w"));
	CHILD(box, NS_MNT) {
		pid_t outside = (pid_t)HEAR(box);
		MUST(umount2("/tmp/w", 0));
		MUST(dir_make("/tmp/jail/proc"));
		MUST(proc_mount("/tmp/jail/proc"));
		MUST(tmpfs_make("/tmp/jail/t"));
		MUST(chroot("/tmp/jail"));
		MUST(chdir("/"));
		IS(mnt_count("/proc"), 1);
		IS(mnt_count("/t"), 1);
		IS(mountinfo_count("/proc/self/mountinfo", "/"), 2);
		HOLDS(!strstr(MUST(file_read("/proc/self/mounts")), " /tmp"));
		IS(mountinfo_count(proc_path(outside, "mountinfo"), "/tmp/w"), 1);
	}
	TELL(box, getpid());
	EXITS(box, 0);
}

/* What poll(2) tells of a mountinfo file now: 0, or POLLERR | POLLPRI after a change, once. */
static int change_of(int file)
{
	struct pollfd poller = {.fd = file, .events = POLLERR | POLLPRI};

	return MUST(poll(&poller, 1, 0)) ? poller.revents & (POLLERR | POLLPRI) : 0;
}

/* Opens a file and reads it to its end. */
static int read_through(const char *file)
{
	char text[4096];
	int fd = MUST(open(file, O_RDONLY | O_CLOEXEC));

	while (MUST(read(fd, text, sizeof(text))) > 0)
		;
	return fd;
}

CASE(poll_reports_changes_of_its_own_namespace_only)
{
	int changed = POLLERR | POLLPRI;

	MUST(tmpfs_make("/tmp/s"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED));
	MUST(dir_make("/tmp/s/x"));
	CHILD(box, NS_MNT) {
		HEAR(box);
		MUST(tmpfs_make("/tmp/own"));
		MUST(umount2("/tmp/own", 0));
		TELL(box);
		HEAR(box);
		MUST(tmpfs_make("/tmp/s/x"));
	}
	int file = read_through("/proc/self/mountinfo");
	IS(change_of(file), 0);
	OK(tmpfs_make("/tmp/m"));
	IS(change_of(file), changed);
	IS(change_of(file), 0);
	OK(mount(NULL, "/tmp/m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	IS(change_of(file), changed);
	MUST(dir_make("/tmp/to"));
	OK(mount("/tmp/m", "/tmp/to", NULL, MS_MOVE, NULL));
	IS(change_of(file), changed);
	OK(umount2("/tmp/to", 0));
	IS(change_of(file), changed);

	TELL(box);
	HEAR(box);
	IS(change_of(file), 0);
	DISMISS(box);
	IS(change_of(file), changed);
	IS(mnt_count("/tmp/s/x"), 1);
}

CASE(poll_on_the_file_of_another_process_reports_changes_of_its_namespace)
{
	CHILD(box, NS_MNT) {
		TELL(box);
		HEAR(box);
		MUST(tmpfs_make("/tmp/own"));
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	int file = read_through(proc_path(box->pid, "mountinfo"));
	IS(change_of(file), 0);
	MUST(tmpfs_make("/tmp/here"));
	IS(change_of(file), 0);
	TELL(box);
	HEAR(box);
	IS(change_of(file), POLLERR | POLLPRI);
	IS(change_of(file), 0);
	DISMISS(box);
}

CASE(open_file_stays_with_the_namespace_it_was_opened_in)
{
	CHILD(mover, 0) {
		int file = MUST(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
		OK(unshare(CLONE_NEWNS));
		MUST(tmpfs_make("/tmp/own"));
		IS(mountinfo_count(path("/proc/self/fd/%d", file), "/tmp/own"), 1); /* opened anew */
		char *text = MUST(calloc(1, 65536));
		for (ssize_t got, size = 0; (got = MUST(read(file, text + size, 65535 - size))) > 0;
		     size += got)
			;
		HOLDS(strstr(text, " /tmp "));
		HOLDS(!strstr(text, " /tmp/own "));
	}
	AWAIT_ZOMBIE(mover);
	FAILS(EINVAL, open(proc_path(mover->pid, "mountinfo"), O_RDONLY));
	OK(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)); /* control */
	EXITS(mover, 0);
}
