// SPDX-License-Identifier: GPL-2.0-only
#include "suites/runtime/eyes.h"

#include <poll.h>

#include "helpers/utsname.h"

#define GROUP "runtime.eyes"

/* The children of all threads of a process, behind the `count` that are known. */
static int add_children(pid_t parent, pid_t *pids, int count, int max)
{
	pid_t threads[64];
	int tasks = proc_list(proc_path(parent, "task"), threads, ARRAY_SIZE(threads));

	for (int i = 0; i < tasks && i < (int)ARRAY_SIZE(threads); i++) {
		char *rest = (char *)file_read(proc_path(parent, path("task/%d/children", threads[i])));
		pid_t child;

		while (rest && count < max && (child = (pid_t)strtol(rest, &rest, 10)))
			pids[count++] = child;
	}
	return count;
}

int started_here(pid_t *pids, int max)
{
	int count = add_children(getpid(), pids, 0, max);

	if (!file_exists("/proc/thread-self/children")) /* CONFIG_PROC_CHILDREN */
		return proc_list("/proc", pids, max);
	for (int i = 0; i < count; i++)
		count = add_children(pids[i], pids, count, max);
	return count;
}

static bool is_member(pid_t pid, pid_t first, long long ns)
{
	const char *parent;

	if (ns_id(pid, "pid") == ns)
		return true;
	parent = proc_state(pid) == 'Z' ? proc_status(pid, "PPid") : NULL;
	return parent && atoi(parent) == first;
}

int members_of(pid_t first, pid_t *pids, int max)
{
	pid_t all[STARTED_MAX];
	long long ns = ns_id(first, "pid");
	int count = 0, started = started_here(all, STARTED_MAX);

	if (ns < 0)
		return -1;
	for (int i = 0; i < started; i++)
		if (is_member(all[i], first, ns)) {
			if (count < max)
				pids[count] = all[i];
			count++;
		}
	return count;
}

pid_t host_pid(pid_t first, pid_t inside)
{
	pid_t pids[64];
	long long numbers[8];
	int count = members_of(first, pids, ARRAY_SIZE(pids));

	for (int i = 0; i < count && i < (int)ARRAY_SIZE(pids); i++) {
		int levels = proc_status_numbers(pids[i], "NSpid", numbers, ARRAY_SIZE(numbers));
		if (levels == 2 && numbers[1] == inside)
			return pids[i];
	}
	errno = ESRCH;
	return -1;
}

int zombies_in(pid_t first)
{
	pid_t pids[64];
	int zombies = 0, count = members_of(first, pids, ARRAY_SIZE(pids));

	for (int i = 0; i < count && i < (int)ARRAY_SIZE(pids); i++)
		zombies += proc_state(pids[i]) == 'Z';
	return zombies;
}

void await_state(pid_t pid, int state)
{
	while (proc_state(pid) != state)
		sched_yield();
}

int not_shared(pid_t a, pid_t b)
{
	struct ns_ids one, other;

	MUST(ns_ids(a, &one));
	MUST(ns_ids(b, &other));
	return ns_differ(&one, &other);
}

bool refused(long result)
{
	return result == -1 && (errno == EPERM || errno == EACCES || errno == EROFS);
}

const char *identity(const char *file)
{
	struct stat st;

	return stat(file, &st) < 0 ? NULL : path("%lld:%lld", (long long)st.st_dev, (long long)st.st_ino);
}

void watch_others(struct child *outer, int (*look)(pid_t pid))
{
	struct pollfd end = {.fd = outer->channel, .events = POLLIN};
	int seen = 0;

	TELL(outer);
	/* A millisecond between two looks: who never waits only keeps the runtime from getting on. */
	while (poll(&end, 1, 1) == 0) {
		pid_t pids[64];
		int count = proc_list("/proc", pids, ARRAY_SIZE(pids));
		for (int i = 0; i < count; i++)
			if (pids[i] != getpid())
				seen += look(pids[i]);
	}
	HEAR(outer);
	TELL(outer, seen);
	HEAR(outer);
}

PAYLOAD(idle)
{
	HEAR(outer);
}

void exec_while_watched(struct child *box)
{
	for (int i = 0; i < 3; i++) {
		CONTAINER_EXEC(command, box, idle);
		DISMISS(command);
	}
	CONTAINER_EXEC(last, box, idle);
	await_state(last->pid, 'S');
	TELL(box);
	HOLDS(HEAR(box) > 0);
	DISMISS(last);
}

#define ADDRESS "10.88.0.2"

void give_address(const struct child *box)
{
	int net = MUST(ns_open(box->pid, "net"));

	WITHIN(net)
		MUST(addr_add("lo", ADDRESS "/32"));
	close(net);
}

void claim_joined(void)
{
	struct ns_ids own, of_init;

	MUST(ns_ids(0, &own));
	MUST(ns_ids(1, &of_init));
	IS(ns_differ(&own, &of_init), 0);
	IS(hostname(), "box");
	close(OK(udp_bind(ADDRESS ":5000")));
	IS(file_read("/etc/image"), "image");
}
