// SPDX-License-Identifier: GPL-2.0-only
/* All types of namespaces together, as container runtimes use them. namespaces(7), setns(2) */
#include <sys/pidfd.h>

#include "helpers/nscheck.h"

#define GROUP "nesting.container"

#define CONTAINER (NS_USER | NS_PID | NS_MNT | NS_UTS | NS_IPC | NS_NET | NS_CGROUP)

static const char *hostname(void)
{
	static char name[65];

	return gethostname(name, sizeof(name)) < 0 ? NULL : name;
}

static void set_up(const char *name)
{
	IS(getpid(), 1);
	IS(getuid(), 0);
	HOLDS(cap_effective_full());
	OK(proc_mount("/proc"));
	OK(sethostname(name, strlen(name)));
}

static void claim_processes(int count)
{
	pid_t pids[8];

	IS(proc_list("/proc", pids, 8), count);
	for (int i = 0; i < count; i++)
		IS(pids[i], i + 1);
}

/* The types of namespaces that the caller and a process do not share. */
static int not_shared(pid_t pid)
{
	struct ns_ids own, its;

	MUST(ns_ids(0, &own));
	MUST(ns_ids(pid, &its));
	return ns_differ(&own, &its);
}

CASE(container_inside_a_container)
{
	MUST(sethostname("host", 4));
	CHILD(outer, CONTAINER, .map = CONTAINER_MAP) {
		set_up("outer");
		CHILD(inner, CONTAINER, .map = "0 1000 1000") {
			set_up("inner");
			claim_processes(1);
			TELL(inner);
			HEAR(inner);
			IS(hostname(), "inner");
		}
		HEAR(inner);
		claim_processes(2);
		IS(not_shared(inner->pid), CONTAINER);
		IS(hostname(), "outer");
		TELL(outer);
		HEAR(outer);
		DISMISS(inner);
	}
	HEAR(outer);
	IS(not_shared(outer->pid), CONTAINER);
	IS(hostname(), "host");
	DISMISS(outer);
}

static void join_by_pidfd(pid_t init)
{
	OK(setns(MUST(pidfd_open(init, 0)), CONTAINER));
}

static void join_by_files(pid_t init)
{
	static const char *const user_first[] = {"user", "mnt", "uts", "ipc", "net", "cgroup", "pid"};
	int files[ARRAY_SIZE(user_first)];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		files[i] = MUST(ns_open(init, user_first[i]));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		NOTE("%s", user_first[i]);
		OK(setns(files[i], 0));
	}
}

CASE(exec_into_a_running_container)
{
	static void (*const ways[])(pid_t init) = {join_by_pidfd, join_by_files};

	CHILD(container, CONTAINER, .map = CONTAINER_MAP) {
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		TELL(container);
		for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
			pid_t command = (pid_t)HEAR(container), pids[8];
			IS(proc_list("/proc", pids, 8), 2);
			IS(pids[1], command);
			IS(proc_status(command, "PPid"), "0");
			TELL(container);
		}
		HEAR(container); /* its end would be the end of the last command too */
	}
	HEAR(container);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		CHILD(runtime, 0) {
			ways[i](container->pid);
			CHILD(command, 0) {
				HOLDS(getpid() > 1);
				IS(proc_self(), getpid());
				OK(setresuid(0, 0, 0));
				IS(not_shared(1), 0);
				TELL(command, getpid());
				HEAR(command);
			}
			TELL(runtime, HEAR(command));
			HEAR(runtime);
			DISMISS(command);
		}
		TELL(container, HEAR(runtime));
		HEAR(container);
		DISMISS(runtime);
	}
	DISMISS(container);
}

CASE(entering_from_the_host_reaches_any_depth)
{
	int home[NS_TYPES];

	for (int i = 0; i < NS_TYPES; i++)
		home[i] = ns_supported(ns_types[i].flag) ? MUST(ns_open(0, ns_types[i].name)) : -1;
	CHILD(outer, CONTAINER, .map = CONTAINER_MAP) {
		int outer_uts = MUST(ns_open(0, "uts"));
		MUST(proc_mount("/proc"));
		CHILD(inner, CONTAINER, .map = "0 1000 1000") {
			IS(getpid(), 1);
			for (int i = 0; i < NS_TYPES; i++)
				if (ns_types[i].flag & CONTAINER & ~NS_USER)
					FAILS(EPERM, setns(home[i], ns_types[i].flag));
			FAILS(EPERM, setns(outer_uts, CLONE_NEWUTS));
			HEAR(inner);
		}
		GIVE_FD(outer, inner->pidfd);
		HEAR(outer);
		DISMISS(inner);
	}
	int pidfd = TAKE_FD(outer);
	CHILD(runtime, 0) {
		OK(setns(pidfd, NS_USER | NS_PID));
		CHILD(command, 0) {
			long long numbers[8];
			IS(proc_status_numbers(0, "NSpid", numbers, 8), 3);
			OK(setresuid(0, 0, 0));
			HOLDS(cap_effective_full());
		}
		EXITS(command, 0);
	}
	EXITS(runtime, 0);
	DISMISS(outer);
}

static void become_rootless_container(const char *map, const char *file)
{
	IS(getpid(), 1);
	MUST(idmap_write_file(0, "setgroups", "deny"));
	MUST(idmap_write_file(0, "gid_map", map));
	MUST(idmap_write_file(0, "uid_map", map));
	IS(creds_now(), "uid 0 0 0, gid 0 0 0, all capabilities");
	FAILS(EPERM, setgroups_none());
	MUST(file_make(file));
}

CASE(unprivileged_user_nests_containers_alone)
{
	struct stat status;
	const char *const files[] = {"/tmp/outer", "/tmp/inner"};

	MUST(chmod("/tmp", 01777));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(outer, CONTAINER) {
			become_rootless_container(path("0 %d 1", UNPRIVILEGED), files[0]);
			CHILD(inner, CONTAINER) {
				become_rootless_container("0 0 1", files[1]);
			}
			EXITS(inner, 0);
		}
		EXITS(outer, 0);
	}
	EXITS(user, 0);
	for (int i = 0; i < 2; i++) {
		OK(stat(files[i], &status));
		IS(status.st_uid, UNPRIVILEGED);
	}
}

CASE(inner_root_gains_nothing_in_the_outer_container)
{
	static const char *const names[] = {"uts", "net", "mnt", "ipc", "cgroup", "user", "pid"};
	int outers[ARRAY_SIZE(names)];

	CHILD(outer, CONTAINER, .map = CONTAINER_MAP) {
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			outers[i] = MUST(ns_open(0, names[i]));
		MUST(proc_mount("/proc"));
		MUST(tmpfs_make("/tmp"));
		MUST(chmod("/tmp", 0755));
		MUST(file_make("/tmp/secret"));
		MUST(chmod("/tmp/secret", 0600));
		CHILD(neighbour, 0) {
			HEAR(neighbour);
		}
		CHILD(inner, CONTAINER, .map = "0 1000 1000") {
			HOLDS(cap_effective_full());
			for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
				NOTE("%s", names[i]);
				FAILS(EPERM, setns(outers[i], 0));
			}
			NOTE_END();
			FAILS(ESRCH, kill((pid_t)HEAR(inner), 0));
			FAILS(EACCES, open("/tmp/secret", O_RDONLY));
		}
		TELL(inner, neighbour->pid); /* 2 or more, and in there is only 1 */
		EXITS(inner, 0);
		OK(kill(neighbour->pid, 0)); /* controls: the outer root may */
		OK(open("/tmp/secret", O_RDONLY));
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (strcmp(names[i], "user") != 0)
				OK(ns_try_setns(outers[i], 0));
		DISMISS(neighbour);
	}
	EXITS(outer, 0);
}
