// SPDX-License-Identifier: GPL-2.0-only
/* Tests that pass but leave something behind in the initial namespaces; see expected.tsv. */
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP "selftest.leak"

CASE(process_in_a_session_of_its_own)
{
	CHILD(box, 0) {
		CHILD(daemon, 0) {
			MUST(setsid());
			TELL(daemon);
			for (;;)
				pause();
		}
		HEAR(daemon);
		_exit(0); /* leaves it to whoever adopts it */
	}
	EXITS(box, 0);
}

CASE(mount_of_tmpfs, .initial = NS_MNT)
{
	MUST(mkdir("/run/leak", 0755));
	MUST(tmpfs_make("/run/leak"));
}

CASE(changed_hostname, .initial = NS_UTS)
{
	MUST(sethostname("leak", 4));
}

CASE(bridge_device, .initial = NS_NET)
{
	MUST(link_add_bridge("leak0"));
}

CASE(message_queue, .initial = NS_IPC)
{
	MUST(msgget(IPC_PRIVATE, IPC_CREAT | 0600));
}

CASE(semaphores, .initial = NS_IPC)
{
	MUST(semget(IPC_PRIVATE, 1, IPC_CREAT | 0600));
}

CASE(shared_memory, .initial = NS_IPC)
{
	MUST(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600));
}

CASE(changed_sysctl)
{
	MUST(file_write("/proc/sys/kernel/overflowuid", "65533"));
}

CASE(cgroup_outside_the_box)
{
	MUST(mkdir("/sys/fs/cgroup/leak", 0755));
}
