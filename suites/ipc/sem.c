// SPDX-License-Identifier: GPL-2.0-only
/* System V semaphores belong to their IPC namespace. ipc_namespaces(7), semget(2), semop(2), semctl(2) */
#include <sys/sem.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.sem"
#define GROUP_OWN NS_IPC
#define KEY       0x6e7302

/* A new set of one semaphore with this value. */
static int sem_make(int value)
{
	int id = semget(KEY, 1, IPC_CREAT | IPC_EXCL | 0600);

	return id < 0 || semctl(id, 0, SETVAL, value) < 0 ? -1 : id;
}

static int sem_add(int id, short by)
{
	struct sembuf step = {.sem_op = by, .sem_flg = IPC_NOWAIT};

	return semop(id, &step, 1);
}

CASE(sets_are_separate)
{
	int id = MUST(sem_make(1));

	CHILD(box, NS_IPC) {
		FAILS(ENOENT, semget(KEY, 0, 0));
		FAILS(EINVAL, semctl(id, 0, GETVAL));
		int own = OK(sem_make(1));
		OK(sem_add(own, -1));
		OK(sem_add(own, 5));
		IS(semctl(own, 0, GETVAL), 5);
		TELL(box);
		HEAR(box);
		IS(semctl(own, 0, GETVAL), 5);
	}
	HEAR(box);
	IS(semctl(id, 0, GETVAL), 1);
	OK(sem_add(id, -1));
	FAILS(EAGAIN, sem_add(id, -1)); /* control: a semaphore at 0 refuses */
	DISMISS(box);

	CHILD(member, 0) { /* control: without a new namespace it is the same set */
		IS(semget(KEY, 0, 0), id);
		OK(sem_add(id, 3));
	}
	EXITS(member, 0);
	IS(semctl(id, 0, GETVAL), 3);
}
