// SPDX-License-Identifier: GPL-2.0-only
/* What keeps an IPC namespace and its objects, and their end. namespaces(7) "Namespace lifetime" */
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.life"
#define GROUP_OWN NS_IPC
#define KEY       0x6e7306
#define MIB       (1LL << 20)

/* The segment that a box left behind, found by whoever joins its namespace. */
static void find_in(int ns, long long ns_number, int id)
{
	CHILD(joiner, 0) {
		FAILS(ENOENT, shmget(KEY, 0, 0)); /* control */
		OK(setns(ns, CLONE_NEWIPC));
		SAME_NS(0, ns_number, NS_IPC);
		IS(shmget(KEY, 0, 0), id);
		IS(shm_text(id), "kept");
	}
	EXITS(joiner, 0);
}

CASE(objects_persist_while_a_descriptor_holds_the_namespace)
{
	CHILD(box, NS_IPC) {
		TELL(box, MUST(shm_make(KEY, "kept")));
		HEAR(box);
	}
	int id = (int)HEAR(box), ns = MUST(ns_open(box->pid, "ipc"));
	long long number = MUST(ns_id_of(ns));
	DISMISS(box);
	find_in(ns, number, id);

	MUST(file_make("/tmp/kept"));
	OK(bind_make(path("/proc/self/fd/%d", ns), "/tmp/kept"));
	OK(close(ns));
	int again = OK(open("/tmp/kept", O_RDONLY | O_CLOEXEC));
	find_in(again, number, id);
	OK(close(again));
	OK(umount2("/tmp/kept", 0));
}

/* All memory of the system that is in shared memory and tmpfs now, in bytes. */
static long long shared_memory(void)
{
	const char *shmem = strstr(MUST(file_read("/proc/meminfo")), "\nShmem:");

	return shmem ? strtoll(shmem + strlen("\nShmem:"), NULL, 10) * 1024 : -1;
}

/* A new segment of 4 MiB, each page of it in use. */
static int fill_segment(void)
{
	int id = MUST(shmget(KEY, 4 * MIB, IPC_CREAT | IPC_EXCL | 0600));
	char *memory = MUST(shmat(id, NULL, 0));

	for (size_t at = 0; at < 4 * MIB; at += 4096)
		memory[at] = 1;
	return id;
}

static void await_memory_below(long long limit)
{
	while (shared_memory() > limit)
		sched_yield(); /* freed by a worker; the test's time limit ends this */
}

CASE(last_exit_destroys_segments_and_frees_their_memory)
{
	long long before = MUST(shared_memory());

	CHILD(member, 0) {
		fill_segment();
	}
	EXITS(member, 0);
	HOLDS(shared_memory() >= before + 3 * MIB); /* control: here the segment outlives its creator */
	OK(shmctl(OK(shmget(KEY, 0, 0)), IPC_RMID, NULL));
	await_memory_below(before + MIB);

	CHILD(box, NS_IPC) {
		fill_segment();
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	HOLDS(shared_memory() >= before + 3 * MIB);
	FAILS(ENOENT, shmget(KEY, 0, 0));
	DISMISS(box);
	await_memory_below(before + MIB);
}

CASE(plain_objects_outlive_their_creator_inside_the_namespace)
{
	CHILD(member, NS_IPC) {
		IS(file_number("/proc/sys/kernel/shm_rmid_forced"), 0);
		CHILD(creator, 0) {
			OK(shm_make(KEY, "left behind"));
			OK(semget(KEY, 1, IPC_CREAT | IPC_EXCL | 0600));
			OK(msgget(KEY, IPC_CREAT | IPC_EXCL | 0600));
		}
		EXITS(creator, 0);
		int shm = OK(shmget(KEY, 0, 0)), sem = OK(semget(KEY, 0, 0)), msg = OK(msgget(KEY, 0));
		IS(shm_text(shm), "left behind");

		OK(shmctl(shm, IPC_RMID, NULL)); /* control: so objects do end */
		OK(semctl(sem, 0, IPC_RMID));
		OK(msgctl(msg, IPC_RMID, NULL));
		FAILS(ENOENT, shmget(KEY, 0, 0));
		FAILS(ENOENT, semget(KEY, 0, 0));
		FAILS(ENOENT, msgget(KEY, 0));
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	OTHER_NS(member, 0, NS_IPC);
	DISMISS(member);
}
