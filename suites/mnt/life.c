// SPDX-License-Identifier: GPL-2.0-only
/* What keeps a mount namespace and its mounts, and their end. namespaces(7) "Namespace lifetime" */
#include <sys/inotify.h>

#include "helpers/nscheck.h"

#define GROUP "mnt.life"

/* A descriptor that becomes readable when the filesystem of a directory is shut down; it keeps no mount. */
static int watch_shutdown(const char *dir)
{
	int watch = inotify_init1(IN_CLOEXEC);

	return watch < 0 || inotify_add_watch(watch, dir, IN_UNMOUNT) < 0 ? -1 : watch;
}

static unsigned int next_event(int watch)
{
	struct inotify_event event;

	AWAIT(watch);
	IS(read(watch, &event, sizeof(event)), sizeof(event));
	return event.mask;
}

CASE(exit_of_last_member_unmounts_everything)
{
	CHILD_WITH_TMPFS(box, "/tmp/only");
	OTHER_NS(box, 0, NS_MNT);
	int watch = MUST(watch_shutdown(proc_path(box->pid, "root/tmp/only")));
	HOLDS(!ready(watch)); /* control: nothing happens while the box lives */

	DISMISS(box);
	HOLDS(next_event(watch) & IN_UNMOUNT);
}

CASE(open_ns_fd_keeps_mounts_until_closed)
{
	CHILD_WITH_TMPFS(box, "/tmp/only");
	int ns = MUST(ns_open(box->pid, "mnt")),
	    watch = MUST(watch_shutdown(proc_path(box->pid, "root/tmp/only")));
	OTHER_NS(BEHIND(ns), 0, NS_MNT);
	DISMISS(box);
	HOLDS(!ready(watch));

	CHILD(helper, 0) {
		FAILS(ENOENT, access("/tmp/only/marker", F_OK)); /* control */
		OK(setns(ns, CLONE_NEWNS));
		OK(access("/tmp/only/marker", F_OK));
	}
	EXITS(helper, 0);
	HOLDS(!ready(watch));

	OK(close(ns));
	HOLDS(next_event(watch) & IN_UNMOUNT);
}

CASE(directory_fd_keeps_one_mount_but_not_its_submounts)
{
	CHILD(box, NS_MNT) {
		MUST(tmpfs_make("/tmp/top"));
		MUST(file_make("/tmp/top/in"));
		MUST(tmpfs_make("/tmp/top/sub"));
		MUST(file_make("/tmp/top/sub/x"));
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	int fd = MUST(open(proc_path(box->pid, "root/tmp/top"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	OK(faccessat(fd, "sub/x", F_OK, 0)); /* control: the submount is there while the namespace lives */
	DISMISS(box);

	struct stat top, above;
	OK(faccessat(fd, "in", F_OK, 0));
	FAILS(ENOENT, faccessat(fd, "sub/x", F_OK, 0));
	OK(fstatat(fd, "..", &above, 0));
	OK(fstat(fd, &top));
	IS(above.st_dev, top.st_dev);
	IS(above.st_ino, top.st_ino);
}
