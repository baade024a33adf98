// SPDX-License-Identifier: GPL-2.0-only
/* Segments that go with their creator. proc_sys_kernel(5) shm_rmid_forced */
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.rmid_forced"
#define GROUP_OWN NS_IPC
#define KEY       0x6e7309

static int rmid_forced(bool on)
{
	return file_write("/proc/sys/kernel/shm_rmid_forced", on ? "1" : "0");
}

/* A new segment that was never attached: the end of an attachment would be its end too. */
static int segment_make(void)
{
	return shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0600);
}

CASE(orphans_go_with_their_creator)
{
	MUST(rmid_forced(true));
	CHILD(creator, 0) {
		TELL(creator, MUST(segment_make()));
		HEAR(creator);
	}
	long long id = HEAR(creator);
	IS(shmget(KEY, 0, 0), id); /* control: it is there as long as its creator */
	DISMISS(creator);
	FAILS(ENOENT, shmget(KEY, 0, 0));

	MUST(rmid_forced(false));
	CHILD(gone, 0) {
		MUST(segment_make());
	}
	EXITS(gone, 0);
	OK(shmget(KEY, 0, 0));
	CHILD(elsewhere, NS_IPC) {
		OK(rmid_forced(true));
		TELL(elsewhere);
		HEAR(elsewhere);
	}
	HEAR(elsewhere);
	OK(shmget(KEY, 0, 0));
	IS(file_number("/proc/sys/kernel/shm_rmid_forced"), 0);
	OK(rmid_forced(true));
	FAILS(ENOENT, shmget(KEY, 0, 0));
	DISMISS(elsewhere);
}

CASE(creator_that_left_the_namespace_still_counts)
{
	MUST(rmid_forced(true));
	CHILD(by_unshare, 0) {
		MUST(segment_make());
		TELL(by_unshare);
		HEAR(by_unshare);
		OK(unshare(CLONE_NEWIPC));
		TELL(by_unshare);
		HEAR(by_unshare);
	}
	HEAR(by_unshare);
	OK(shmget(KEY, 0, 0)); /* control */
	TELL(by_unshare);
	HEAR(by_unshare);
	FAILS(ENOENT, shmget(KEY, 0, 0));
	DISMISS(by_unshare);

	CHILD(elsewhere, NS_IPC) {
		HEAR(elsewhere);
	}
	int there = MUST(ns_open(elsewhere->pid, "ipc"));
	CHILD(by_setns, 0) {
		int id = MUST(segment_make());
		OK(setns(there, CLONE_NEWIPC));
		FAILS(EINVAL, shmat(id, NULL, 0));
		TELL(by_setns);
		HEAR(by_setns);
	}
	HEAR(by_setns);
	OK(shmget(KEY, 0, 0));
	DISMISS(by_setns);
	FAILS(ENOENT, shmget(KEY, 0, 0));
	DISMISS(elsewhere);
}
