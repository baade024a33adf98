// SPDX-License-Identifier: GPL-2.0-only
/* How long mount namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include <sys/inotify.h>

#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.mnt"

CASE(freed_when_last_process_leaves)
{
	freed_with_its_last_process(NS_MNT);
}

static void make_mount(void)
{
	MUST(tmpfs_make("/tmp/kept"));
	MUST(file_make("/tmp/kept/file"));
}

static void claim_mount(bool inside)
{
	if (inside)
		IS(file_read("/tmp/kept/file"), "/tmp/kept/file");
	else
		FAILS(ENOENT, access("/tmp/kept/file", F_OK));
}

CASE(open_fd_keeps_state)
{
	MUST(dir_make("/tmp/kept"));
	kept_with_its_state(NS_MNT, make_mount, claim_mount);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_MNT);
}

/* Watches a path for its filesystem's end. -1 with errno. */
static int unmount_watch(const char *file)
{
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (watch >= 0 && inotify_add_watch(watch, file, IN_UNMOUNT) < 0)
		return -1;
	return watch;
}

/* Waits for the next event of a watch. */
static unsigned int next_event(int watch)
{
	static struct inotify_event events[8];
	static size_t have, at;

	if (at == have) {
		AWAIT(watch);
		have = (size_t)MUST(read(watch, events, sizeof(events))) / sizeof(events[0]);
		at = 0;
	}
	return events[at++].mask;
}

CASE(private_mount_gets_unmount_event)
{
	MUST(dir_make("/tmp/private"));
	CHILD(member, NS_MNT) {
		MUST(tmpfs_make("/tmp/private"));
		MUST(file_make("/tmp/private/file"));
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	FAILS(ENOENT, access("/tmp/private/file", F_OK));
	int watch = MUST(unmount_watch(proc_path(member->pid, "root/tmp/private/file")));
	HOLDS(!ready(watch));
	KILL(member);
	IS(next_event(watch), IN_UNMOUNT);
	IS(next_event(watch), IN_IGNORED);
}

CASE(open_file_outlives_namespace)
{
	char text[64] = "";

	MUST(dir_make("/tmp/private"));
	COUNTED(box, NS_MNT, 1) {
		CHILD(member, NS_MNT) {
			MUST(tmpfs_make("/tmp/private"));
			MUST(file_put("/tmp/private/file", "content"));
			TELL(member);
			HEAR(member);
		}
		HEAR(member);
		const char *file = proc_path(member->pid, "root/tmp/private/file");
		int watch = MUST(unmount_watch(file)), fd = MUST(open(file, O_RDONLY | O_CLOEXEC));
		FAILS(ENOSPC, ns_one_more(NS_MNT));
		KILL(member);
		FREED(NS_MNT);

		HOLDS(!ready(watch));
		IS(read(fd, text, sizeof(text)), 7);
		IS(text, "content");
		OK(close(fd));
		IS(next_event(watch), IN_UNMOUNT);
	}
	EXITS(box, 0);
}
