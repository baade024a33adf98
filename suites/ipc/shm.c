// SPDX-License-Identifier: GPL-2.0-only
/* System V shared memory belongs to its IPC namespace. ipc_namespaces(7), shmget(2), shmctl(2) */
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.shm"
#define GROUP_OWN NS_IPC
#define KEY       0x6e7301

static void find_nothing(int id)
{
	struct shmid_ds status;

	FAILS(ENOENT, shmget(KEY, 0, 0));
	FAILS(EINVAL, shmat(id, NULL, 0));
	FAILS(EINVAL, shmctl(id, IPC_STAT, &status));
}

CASE(key_and_id_are_unknown_in_another_namespace)
{
	struct shmid_ds status;
	int id = MUST(shm_make(KEY, "ours"));

	CHILD(by_unshare, 0) {
		OK(unshare(CLONE_NEWIPC));
		find_nothing(id);
	}
	CHILD(by_clone, NS_IPC) {
		find_nothing(id);
	}
	CHILD(member, 0) { /* control: without a new namespace all of it works */
		IS(shmget(KEY, 0, 0), id);
		IS(shm_text(id), "ours");
		OK(shmctl(id, IPC_STAT, &status));
	}
	EXITS(by_unshare, 0);
	EXITS(by_clone, 0);
	EXITS(member, 0);
}

CASE(same_key_in_two_namespaces_has_separate_data)
{
	int id = MUST(shm_make(KEY, "ours"));

	CHILD(box, NS_IPC) {
		IS(OK(shm_make(KEY, "theirs")), id); /* the first of each namespace: the numbers are equal */
		TELL(box);
		HEAR(box);
		IS(shm_text(id), "theirs");
		OK(shmctl(id, IPC_RMID, NULL));
		FAILS(ENOENT, shmget(KEY, 0, 0));
	}
	HEAR(box);
	FAILS(EEXIST, shmget(KEY, 4096, IPC_CREAT | IPC_EXCL)); /* control: here the key is taken */
	IS(shm_text(id), "ours");
	OK(shm_put(id, "ours, changed"));
	DISMISS(box);
	IS(shmget(KEY, 0, 0), id);
	IS(shm_text(id), "ours, changed");
}

static bool maps_name_the_key(void)
{
	return strstr(MUST(file_read("/proc/self/maps")), path("/SYSV%08x", KEY));
}

CASE(existing_mapping_survives_leaving_the_namespace)
{
	struct shmid_ds status;
	int id = MUST(shm_make(KEY, "ours"));
	char *seen = MUST(shmat(id, NULL, SHM_RDONLY));

	CHILD(leaver, 0) {
		char *memory = OK(shmat(id, NULL, 0));
		HOLDS(maps_name_the_key());
		TELL(leaver);
		HEAR(leaver);
		OK(unshare(CLONE_NEWIPC));
		HOLDS(maps_name_the_key());
		IS(memory, "ours");
		strcpy(memory, "from afar");
		FAILS(EINVAL, shmctl(id, IPC_STAT, &status));
		FAILS(EINVAL, shmctl(id, IPC_RMID, NULL));
		TELL(leaver);
		HEAR(leaver);
		OK(shmdt(memory));
		TELL(leaver);
		HEAR(leaver);
	}
	HEAR(leaver);
	OK(shmctl(id, IPC_STAT, &status));
	IS(status.shm_nattch, 3); /* the creator's, and the child's inherited and own one */
	TELL(leaver);
	HEAR(leaver);
	IS(seen, "from afar");
	OK(shmctl(id, IPC_STAT, &status));
	IS(status.shm_nattch, 3);
	TELL(leaver);
	HEAR(leaver);
	OK(shmctl(id, IPC_STAT, &status));
	IS(status.shm_nattch, 2);
	DISMISS(leaver);
}
