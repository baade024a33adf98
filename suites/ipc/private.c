// SPDX-License-Identifier: GPL-2.0-only
/* Counts and indexes of objects. shmctl(2) SHM_INFO and SHM_STAT */
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.private"
#define GROUP_OWN NS_IPC

/* The highest index in use; what there is of segments goes to *info. */
static int highest_index(struct shm_info *info)
{
	return shmctl(0, SHM_INFO, (struct shmid_ds *)info);
}

CASE(ipc_private_objects_are_counted_per_namespace)
{
	struct shm_info info;
	struct shmid_ds status;
	int first = MUST(shmget(IPC_PRIVATE, 4096, 0600));

	MUST(shmget(IPC_PRIVATE, 8192, 0600));
	IS(highest_index(&info), 1);
	IS(info.used_ids, 2);
	IS(info.shm_tot, 3);
	IS(shmctl(0, SHM_STAT, &status), first);

	CHILD(box, NS_IPC) {
		OK(highest_index(&info));
		IS(info.used_ids, 0);
		IS(info.shm_tot, 0);
		FAILS(EINVAL, shmctl(0, SHM_STAT, &status));
		int own = OK(shmget(IPC_PRIVATE, 4096, 0600));
		IS(highest_index(&info), 0);
		IS(info.used_ids, 1);
		IS(shmctl(0, SHM_STAT, &status), own);
	}
	EXITS(box, 0);
	IS(highest_index(&info), 1);
	IS(info.used_ids, 2);
}
