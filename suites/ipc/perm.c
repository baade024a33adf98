// SPDX-License-Identifier: GPL-2.0-only
/* Who may use objects, with user namespaces. svipc(7), capabilities(7) CAP_IPC_OWNER */
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.perm"
#define GROUP_OWN NS_IPC

CASE(userns_root_has_no_power_over_objects_of_an_outer_namespace)
{
	int shm = MUST(shm_make(IPC_PRIVATE, "ours")), sem = MUST(semget(IPC_PRIVATE, 1, 0600));
	int msg = MUST(msgget(IPC_PRIVATE, 0600));
	struct shmid_ds status;

	CHILD(inner_root, NS_USER, .map = CONTAINER_MAP) {
		struct {
			long type;
			char text[8];
		} letter;
		HOLDS(cap_effective_full());
		FAILS(EACCES, shmat(shm, NULL, 0));
		FAILS(EACCES, shmctl(shm, IPC_STAT, &status));
		FAILS(EPERM, shmctl(shm, IPC_RMID, NULL));
		FAILS(EACCES, semctl(sem, 0, GETVAL));
		FAILS(EPERM, semctl(sem, 0, IPC_RMID));
		FAILS(EACCES, msgrcv(msg, &letter, sizeof(letter.text), 0, IPC_NOWAIT));
		FAILS(EPERM, shmctl(shm, SHM_LOCK, NULL));
	}
	EXITS(inner_root, 0);
	IS(shm_text(shm), "ours"); /* controls: root out here may */
	OK(shmctl(shm, SHM_LOCK, NULL));
	IS(semctl(sem, 0, GETVAL), 0);
	OK(semctl(sem, 0, IPC_RMID));
	OK(msgctl(msg, IPC_RMID, NULL));
	OK(shmctl(shm, IPC_RMID, NULL));
}

/* A new segment of UNPRIVILEGED in the IPC namespace of the caller, mode 0600. */
static int segment_of_a_user(void)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		TELL(user, MUST(shm_make(IPC_PRIVATE, "the user's")));
	}
	int id = (int)HEAR(user);

	EXITS(user, 0);
	return id;
}

CASE(userns_root_overrides_modes_in_its_own_namespace)
{
	CHILD(box, NS_USER | NS_IPC, .map = CONTAINER_MAP) {
		struct shmid_ds status = {.shm_perm.mode = 0600};
		int closed = MUST(shmget(IPC_PRIVATE, 4096, 0)), users = segment_of_a_user();
		OK(shmat(closed, NULL, 0));
		OK(shmctl(closed, SHM_LOCK, NULL));
		IS(shm_text(users), "the user's");
		status.shm_perm.uid = 70000; /* not in the map */
		FAILS(EINVAL, shmctl(closed, IPC_SET, &status));
		status.shm_perm.uid = 0;
		OK(shmctl(closed, IPC_SET, &status));
		TELL(box, users);
		HEAR(box);
	}
	int users = (int)HEAR(box), there = MUST(ns_open(box->pid, "ipc"));
	CHILD(host_root, 0) {
		OK(setns(there, CLONE_NEWIPC));
		MUST(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
		MUST(seteuid(1)); /* uid 0 owns the user namespace, and so has the capability anyway */
		IS(shm_text(users), "the user's");
		MUST(cap_drop(CAP_IPC_OWNER));
		FAILS(EACCES, shmat(users, NULL, 0));
	}
	EXITS(host_root, 0);
	DISMISS(box);
}
