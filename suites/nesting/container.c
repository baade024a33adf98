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
