// SPDX-License-Identifier: GPL-2.0-only
/* The System V limits in /proc/sys/kernel. ipc_namespaces(7), proc_sys_kernel(5) */
#include <limits.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.sysctl"
#define GROUP_OWN NS_IPC

static const char *value(const char *name)
{
	return file_read(path("/proc/sys/%s", name));
}

static int set(const char *name, const char *text)
{
	return file_write(path("/proc/sys/%s", name), text);
}

struct row {
	const char *name, *initial, *odd, *inside;
};

/* The caller's IPC namespace gets odd values; a new one starts with the kernel's, and what it writes stays inside. */
static void claim_separate(const struct row *rows, int count)
{
	for (int i = 0; i < count; i++)
		MUST(set(rows[i].name, rows[i].odd));
	CHILD(box, NS_IPC) {
		for (int i = 0; i < count; i++) {
			NOTE("%s", rows[i].name);
			IS(value(rows[i].name), rows[i].initial);
			OK(set(rows[i].name, rows[i].inside));
			IS(value(rows[i].name), rows[i].inside);
		}
	}
	EXITS(box, 0);
	for (int i = 0; i < count; i++) {
		NOTE("%s", rows[i].name);
		IS(value(rows[i].name), rows[i].odd);
	}
}

CASE(sysv_values_are_per_namespace_and_start_at_defaults)
{
	char most[32];
	const struct row rows[] = {
		{"kernel/msgmax", "8192", "8191", "100"},
		{"kernel/msgmnb", "16384", "16383", "200"},
		{"kernel/msgmni", "32000", "31999", "3"},
		{"kernel/sem", "32000\t1024000000\t500\t32000", "31999\t1023999999\t499\t31999",
		 "4\t16\t2\t4"},
		{"kernel/shmall", most, "1048575", "5000"},
		{"kernel/shmmax", most, "1073741823", "4096"},
		{"kernel/shmmni", "4096", "4095", "6"},
		{"kernel/shm_rmid_forced", "0", "1", "1"},
	};

	snprintf(most, sizeof(most), "%lu", ULONG_MAX - (1UL << 24));
	claim_separate(rows, ARRAY_SIZE(rows));
}

CASE(mqueue_values_are_per_namespace_and_start_at_defaults)
{
	static const struct row rows[] = {
		{"fs/mqueue/queues_max", "256", "255", "3"},
		{"fs/mqueue/msg_max", "10", "11", "12"},
		{"fs/mqueue/msgsize_max", "8192", "8191", "1024"},
		{"fs/mqueue/msg_default", "10", "9", "4"},
		{"fs/mqueue/msgsize_default", "8192", "8190", "256"},
	};

	claim_separate(rows, ARRAY_SIZE(rows));
}

static int new_shm(int bytes)
{
	return shmget(IPC_PRIVATE, (size_t)bytes, 0600);
}

static int new_sem(int count)
{
	return semget(IPC_PRIVATE, count, 0600);
}

static int new_msg(int bytes)
{
	struct {
		long type;
		char text[256];
	} letter = {.type = 1};
	int id = msgget(IPC_PRIVATE, 0600);

	return id < 0 || bytes == 0 ? id : msgsnd(id, &letter, (size_t)bytes, IPC_NOWAIT);
}

CASE(limits_are_enforced_in_their_namespace_only)
{
	static const struct {
		const char *name, *limit;
		int (*make)(int size);
		int size, err, before; /* so many calls of size 1 or 0 come first */
	} rows[] = {
		{"kernel/shmmax", "4096", new_shm, 8192, EINVAL, 0},
		{"kernel/shmmni", "2", new_shm, 4096, ENOSPC, 2},
		{"kernel/msgmni", "1", new_msg, 0, ENOSPC, 1},
		{"kernel/sem", "32000 32000 32 1", new_sem, 1, ENOSPC, 1},
		{"kernel/sem", "2 32000 32 32", new_sem, 3, EINVAL, 0},
		{"kernel/msgmax", "100", new_msg, 150, EINVAL, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CHILD(limited, NS_IPC) {
			NOTE("%s = %s", rows[i].name, rows[i].limit);
			OK(set(rows[i].name, rows[i].limit));
			for (int n = 0; n < rows[i].before; n++)
				OK(rows[i].make(rows[i].size));
			FAILS(rows[i].err, rows[i].make(rows[i].size));
			TELL(limited);
			HEAR(limited);
		}
		HEAR(limited);
		CHILD(sibling, NS_IPC) {
			NOTE("beside %s = %s", rows[i].name, rows[i].limit);
			for (int n = 0; n <= rows[i].before; n++)
				OK(rows[i].make(rows[i].size));
		}
		EXITS(sibling, 0);
		DISMISS(limited);
	}
}

static int remove_shm(int id)
{
	return shmctl(id, IPC_RMID, NULL);
}

static int remove_msg(int id)
{
	return msgctl(id, IPC_RMID, NULL);
}

static int remove_sem(int id)
{
	return semctl(id, 0, IPC_RMID);
}

CASE(removed_objects_no_longer_count)
{
	static const struct {
		const char *name, *limit;
		int (*make)(int size), (*remove)(int id), size;
	} rows[] = {
		{"kernel/shmmni", "1", new_shm, remove_shm, 4096},
		{"kernel/shmall", "4", new_shm, remove_shm, 4 * 4096},
		{"kernel/msgmni", "1", new_msg, remove_msg, 0},
		{"kernel/sem", "32000 32000 32 1", new_sem, remove_sem, 1},
		{"kernel/sem", "32000 4 32 32", new_sem, remove_sem, 4},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		NOTE("%s = %s", rows[i].name, rows[i].limit);
		CHILD(limited, NS_IPC) {
			OK(set(rows[i].name, rows[i].limit));
			int first = OK(rows[i].make(rows[i].size));
			FAILS(ENOSPC, rows[i].make(rows[i].size)); /* control */
			OK(rows[i].remove(first));
			OK(rows[i].make(rows[i].size));
		}
		EXITS(limited, 0);
	}
}

CASE(open_file_is_bound_to_the_namespace_of_the_opener)
{
	char text[16] = "";
	const bool current = !feature_here("ipc_sysctls_of_the_opener");

	MUST(set("kernel/msgmax", "1000"));
	CHILD(leaver, 0) {
		int file = MUST(open("/proc/sys/kernel/msgmax", O_RDWR | O_CLOEXEC));
		OK(unshare(CLONE_NEWIPC));
		OK(set("kernel/msgmax", "2000"));
		OK(pread(file, text, sizeof(text) - 1, 0));
		IS(text, current ? "2000\n" : "1000\n");
		IS(pwrite(file, "3000", 4, 0), 4);
		IS(value("kernel/msgmax"), current ? "3000" : "2000");
	}
	EXITS(leaver, 0);
	IS(value("kernel/msgmax"), current ? "1000" : "3000");
}

/* 0, or the errno of opening a file of /proc/sys for writing; who the kernel says its owner is goes to *owner. */
static int write_error(const char *name, uid_t *owner)
{
	const char *file = path("/proc/sys/%s", name);
	struct stat status;
	int fd = open(file, O_WRONLY | O_CLOEXEC), err = fd < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	MUST(stat(file, &status));
	*owner = status.st_uid;
	return err;
}

CASE(userns_root_may_write_the_values_of_its_own_namespace_only)
{
	static const char *const names[] = {"kernel/shmmax", "fs/mqueue/queues_max"};
	const bool owned = feature_here("ipc_sysctls_of_the_owner");

	MUST(set(names[0], "8192"));
	MUST(set(names[1], "200"));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(root, NS_USER) {
			uid_t owner;
			MUST(idmap_write(0, path("0 %d 1", UNPRIVILEGED)));
			for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
				NOTE("%s of the host", names[i]);
				IS(write_error(names[i], &owner), EACCES);
				IS(owner, 65534);
			}
			OK(unshare(CLONE_NEWIPC));
			for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
				NOTE("its own %s", names[i]);
				IS(write_error(names[i], &owner), owned ? 0 : EACCES);
				IS(owner, owned ? 0 : 65534);
				if (owned)
					OK(set(names[i], "4096"));
				IS_NOT(value(names[i]), i ? "200" : "8192");
			}
		}
		EXITS(root, 0);
	}
	EXITS(user, 0);
	IS(value(names[0]), "8192");
	IS(value(names[1]), "200");
}

CASE(next_id_is_per_namespace_and_one_shot)
{
	static const struct {
		const char *name;
		int (*make)(int size);
		int size;
	} rows[] = {{"kernel/shm_next_id", new_shm, 4096},
		    {"kernel/msg_next_id", new_msg, 0},
		    {"kernel/sem_next_id", new_sem, 1}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		NOTE("%s", rows[i].name);
		MUST(set(rows[i].name, "123"));
		CHILD(sibling, NS_IPC) {
			IS(value(rows[i].name), "-1");
			IS(rows[i].make(rows[i].size), 0);
		}
		EXITS(sibling, 0);
		IS(value(rows[i].name), "123");
		IS(rows[i].make(rows[i].size), 123);
		IS(value(rows[i].name), "-1");
		IS_NOT(rows[i].make(rows[i].size), 123);

		CHILD(user, 0, .uid = UNPRIVILEGED) {
			FAILS(EACCES, set(rows[i].name, "123"));
		}
		EXITS(user, 0);
	}
}

CASE(next_id_is_for_root_of_the_owner)
{
	const char *name = "kernel/msg_next_id";

	CHILD(root, NS_USER | NS_IPC, .map = CONTAINER_MAP) {
		OK(set(name, "123"));
		IS(value(name), "123");
		CHILD(powerless, 0) {
			MUST(cap_drop_all());
			FAILS(EACCES, set(name, "456"));
		}
		EXITS(powerless, 0);
		TELL(root);
		HEAR(root);
		IS(new_msg(0), 123);
	}
	HEAR(root);
	IS(value(name), "-1");
	DISMISS(root);
}
