// SPDX-License-Identifier: GPL-2.0-only
/* How long IPC namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include <mqueue.h>
#include <sys/resource.h>
#include <sys/shm.h>

#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.ipc"

CASE(freed_when_last_process_leaves)
{
	freed_with_its_last_process(NS_IPC);
}

#define KEY 0x6b657074

static void make_segment(void)
{
	MUST(shm_make(KEY, "kept"));
}

static void claim_segment(bool inside)
{
	if (inside)
		IS(shm_text(OK(shmget(KEY, 0, 0))), "kept");
	else
		FAILS(ENOENT, shmget(KEY, 0, 0));
}

CASE(open_fd_keeps_state)
{
	kept_with_its_state(NS_IPC, make_segment, claim_segment);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_IPC);
}

/* Kilobytes of shared memory on the whole machine. */
static long long shmem(void)
{
	const char *line = strstr(OK(file_read("/proc/meminfo")), "\nShmem:");

	HOLDS(line != NULL);
	return strtoll(line + strlen("\nShmem:"), NULL, 10);
}

CASE(shm_memory_is_returned)
{
	const size_t size = 4 << 20;
	long long before = shmem(), here = MUST(ns_id(0, "ipc"));

	CHILD(member, NS_IPC) {
		OTHER_NS(0, here, NS_IPC);
		int id = OK(shmget(IPC_PRIVATE, size, IPC_CREAT | 0600));
		char *memory = OK(shmat(id, NULL, 0));
		for (size_t at = 0; at < size; at += 4096)
			memory[at] = 1;
		OK(shmdt(memory));
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	HOLDS(shmem() > before + 3 * 1024);
	DISMISS(member);
	while (shmem() >= before + 1024)
		sched_yield();
}

/*
 * In a COUNTED box of two: makes an IPC namespace that the box owns and can come back to, and goes on into
 * another one. Gives the first.
 */
static int leave_home(void)
{
	MUST(unshare(NS_IPC));
	int home = MUST(ns_open(0, "ipc"));
	MUST(unshare(NS_IPC));
	OTHER_NS(0, BEHIND(home), NS_IPC);
	FAILS(ENOSPC, ns_one_more(NS_IPC));
	return home;
}

CASE(attached_segment_pins)
{
	ORDERED(box, NS_IPC, 2) {
		int home = leave_home();
		int id = MUST(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600));
		char *memory = MUST(shmat(id, NULL, 0));
		strcpy(memory, "attached");
		HOLDER(OK(shmdt(memory)));
		OK(setns(home, NS_IPC));

		KEPT(NS_IPC);
		IS(memory, "attached");
		OK(shmdt(memory));
		FREED(NS_IPC);
	}
	EXITS(box, 0);
}

static mqd_t queue_open(const char *name, long messages, long size)
{
	struct mq_attr attr = {.mq_maxmsg = messages, .mq_msgsize = size};

	return mq_open(name, O_RDWR | O_CREAT, 0600, &attr);
}

CASE(open_mqueue_does_not_pin)
{
	char text[64] = "";

	COUNTED(box, NS_IPC, 2) {
		int home = leave_home();
		mqd_t queue = MUST(queue_open("/left", 2, sizeof(text)));
		OK(setns(home, NS_IPC));

		FREED(NS_IPC);
		OK(mq_send(queue, "works", 6, 0));
		IS(mq_receive(queue, text, sizeof(text), NULL), 6);
		IS(text, "works");
	}
	EXITS(box, 0);
}

CASE(mqueue_mount_does_not_pin)
{
	COUNTED(box, NS_IPC, 2) {
		int home = leave_home();
		MUST(queue_open("/a", 2, 64));
		MUST(dir_make("/tmp/mqueue"));
		MUST(mount("mqueue", "/tmp/mqueue", "mqueue", 0, NULL));
		OK(access("/tmp/mqueue/a", F_OK));
		MUST(close(OK(open("/tmp/mqueue/b", O_RDWR | O_CREAT, 0600)))); /* control: while it lives */
		OK(setns(home, NS_IPC));

		FREED(NS_IPC);
		OK(access("/tmp/mqueue/a", F_OK));
		FAILS(EACCES, open("/tmp/mqueue/c", O_RDWR | O_CREAT, 0600));
		OK(umount("/tmp/mqueue"));
	}
	EXITS(box, 0);
}

/* Both live in one user namespace, whose root is charged for the queues of all its IPC namespaces. */
CASE(mqueue_quota_is_returned)
{
	struct rlimit limit = {100000, 100000};

	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		MUST(setrlimit(RLIMIT_MSGQUEUE, &limit));
		CHILD(a, NS_IPC) {
			OK(queue_open("/a", 10, 8192));
			TELL(a);
			HEAR(a);
		}
		HEAR(a);
		int kept = MUST(ns_open(a->pid, "ipc"));
		CHILD(b, NS_IPC) {
			FAILS(ENOENT, mq_open("/a", O_RDWR));
			FAILS(EMFILE, queue_open("/b", 10, 8192));
			MUST(close(kept)); /* its own copy */
			TELL(b);
			HEAR(b);
			mqd_t queue;
			while ((queue = queue_open("/b", 10, 8192)) < 0 && errno == EMFILE)
				sched_yield();
			OK(queue);
		}
		HEAR(b);
		DISMISS(a);
		OK(close(kept));
		DISMISS(b);
	}
	EXITS(box, 0);
}
