// SPDX-License-Identifier: GPL-2.0-only
/* How long mount namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include <sys/inotify.h>

#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.mnt"

CASE(freed_when_last_process_leaves)
{
	freed_with_its_last_process(NS_MNT);
}

CASE(freed_when_last_process_joins_another)
{
	COUNTED(box, NS_MNT, 1) {
		CHILD(mover, 0) {
			int home = MUST(ns_open(0, "mnt"));
			OK(unshare(CLONE_NEWNS));
			TELL(mover);
			HEAR(mover);
			OK(setns(home, CLONE_NEWNS));
			TELL(mover);
			HEAR(mover);
		}
		HEAR(mover);
		FAILS(ENOSPC, ns_one_more(NS_MNT));
		TELL(mover);
		HEAR(mover);
		FREED(NS_MNT);
		DISMISS(mover);
	}
	EXITS(box, 0);
}

CASE(open_list_of_mounts_keeps_alive)
{
	static const char *const lists[] = {"mounts", "mountinfo", "mountstats"};

	for (int i = 0; i < 3; i++) {
		NOTE("%s", lists[i]);
		ORDERED(box, NS_MNT, 1) {
			CHILD(member, NS_MNT) {
				HEAR(member);
			}
			int list = OK(open(proc_path(member->pid, lists[i]), O_RDONLY | O_CLOEXEC));
			HOLDER(OK(close(list)));
			KILL(member);
			KEPT(NS_MNT);
			OK(close(list));
			FREED(NS_MNT);
		}
		EXITS(box, 0);
	}
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
