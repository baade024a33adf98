// SPDX-License-Identifier: GPL-2.0-only
/* /proc/sysvipc and what IPC_STAT says of ids. ipc_namespaces(7), shmctl(2) */
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.proc"
#define GROUP_OWN NS_IPC
#define KEY       0x6e7308

/* The lines of an open file of /proc/sysvipc, its header included. */
static int lines(int fd)
{
	char text[4096];
	ssize_t size = pread(fd, text, sizeof(text), 0);
	int n = 0;

	for (ssize_t i = 0; i < size; i++)
		n += text[i] == '\n';
	return size < 0 ? -1 : n;
}

static int lines_now(const char *file)
{
	int fd = MUST(open(file, O_RDONLY | O_CLOEXEC)), n = lines(fd);

	close(fd);
	return n;
}

CASE(sysvipc_files_list_the_namespace_of_the_opener)
{
	static const char shm[] = "/proc/sysvipc/shm";

	MUST(shm_make(KEY, "ours"));
	IS(lines_now(shm), 2);
	IS(lines_now("/proc/sysvipc/sem"), 1);
	IS(lines_now("/proc/sysvipc/msg"), 1);
	CHILD(empty, NS_IPC) {
		HEAR(empty);
	}
	int there = MUST(ns_open(empty->pid, "ipc")), file = MUST(open(shm, O_RDONLY | O_CLOEXEC));
	CHILD(leaver, 0) {
		OK(unshare(CLONE_NEWIPC));
		IS(lines_now(shm), 1);
		IS(lines(file), 2);
		MUST(shmget(IPC_PRIVATE, 4096, 0600));
		MUST(shmget(IPC_PRIVATE, 4096, 0600));
		IS(lines_now(shm), 3); /* control: the new namespace's own are listed */
		IS(lines(file), 2);
	}
	EXITS(leaver, 0);
	CHILD(joiner, 0) {
		OK(setns(there, CLONE_NEWIPC));
		IS(lines_now(shm), 1); /* with the file of the old namespace still open */
		IS(lines(file), 2);
	}
	EXITS(joiner, 0);
	DISMISS(empty);
}

/* Owner and creator's PID of a segment, by IPC_STAT and by /proc/sysvipc/shm, must be these. */
static void claim_owner(int id, uid_t uid, pid_t creator)
{
	struct shmid_ds status;
	int listed, cpid;
	unsigned int owner;

	OK(shmctl(id, IPC_STAT, &status));
	IS(status.shm_perm.uid, uid);
	IS(status.shm_cpid, creator);
	for (const char *line = OK(file_read("/proc/sysvipc/shm")); (line = strchr(line, '\n'));) {
		if (sscanf(++line, "%*d %d %*o %*u %d %*d %*u %u", &listed, &cpid, &owner) == 3 &&
		    listed == id) {
			IS(owner, uid);
			IS(cpid, creator);
			return;
		}
	}
	HOLDS(!"listed in /proc/sysvipc/shm");
}

CASE(owner_ids_and_pids_are_translated_for_the_reader)
{
	int outer = MUST(shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0666));

	claim_owner(outer, 0, getpid());
	CHILD(box, NS_USER | NS_PID | NS_MNT, .map = CONTAINER_MAP) {
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		claim_owner(outer, 65534, 0);
		int inner = OK(shmget(IPC_PRIVATE, 4096, 0666));
		claim_owner(inner, 0, 1);
		TELL(box, inner);
		HEAR(box);
	}
	claim_owner((int)HEAR(box), CONTAINER_ID, box->pid);
	DISMISS(box);
}
