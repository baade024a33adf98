// SPDX-License-Identifier: GPL-2.0-only
/* How many PIDs a PID namespace has. proc_sys_kernel(5) "pid_max", kernel/pid.c */
#include "helpers/nscheck.h"

#define GROUP "pid.sysctl"

#define MAX  "/proc/sys/kernel/pid_max"
#define LAST "/proc/sys/kernel/ns_last_pid"
#define MOST 4194304

/* The least that pid_max may be: room for the numbers below 300 and one more, or for 8 on each CPU. */
static int least(void)
{
	const char *cpus = MUST(file_read("/sys/devices/system/cpu/possible")), *last = strrchr(cpus, '-');
	int per_cpu = 8 * (atoi(last ? last + 1 : cpus) + 1);

	return per_cpu > 301 ? per_cpu : 301;
}

/* Leaves the caller's PID namespace the numbers below 301, of which those below `next` have been handed out. */
static void leave_numbers_from(int next)
{
	if (least() > 301)
		/* the moment: the machine decides how many CPUs there can be */
		SKIP("so many CPUs that pid_max cannot be 301");
	MUST(file_write(MAX, "301"));
	MUST(file_write(LAST, path("%d", next - 1)));
}

CASE(pid_max_is_private_to_the_namespace)
{
	long long outside = MUST(file_number(MAX));

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		IS(file_number(MAX), MOST);
		OK(file_write(MAX, "400"));
		TELL(init);
		HEAR(init);
		IS(file_number(MAX), 400);
	}
	HEAR(init);
	IS(file_number(MAX), outside);
	CHILD(second, NS_PID) {
		IS(getpid(), 1);
		IS(file_number(MAX), MOST);
	}
	EXITS(second, 0);
	DISMISS(init);
}

CASE(pid_max_is_global_on_old_kernels)
{
	CHILD(init, NS_USER | NS_PID, .map = CONTAINER_MAP) {
		IS(getpid(), 1);
		IS(file_number(MAX), HEAR(init));
		FAILS(EACCES, open(MAX, O_WRONLY | O_CLOEXEC));
	}
	TELL(init, MUST(file_number(MAX)));
	EXITS(init, 0);
}

CASE(pid_max_minimum)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		const long long refused[] = {least() - 1, 0, -1, MOST + 1}, taken[] = {least(), MOST};
		for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
			FAILS(EINVAL, file_write(MAX, path("%lld", refused[i])));
		IS(file_number(MAX), MOST);
		for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
			OK(file_write(MAX, path("%lld", taken[i])));
			IS(file_number(MAX), taken[i]);
		}
	}
	EXITS(init, 0);
}

static int end_at_once(void *unused __attribute__((unused)))
{
	return 0;
}

CASE(pid_max_bounds_the_numbers)
{
	static char stack[4096] __attribute__((aligned(16)));
	int flags = CLONE_VM | CLONE_VFORK | SIGCHLD; /* the cheapest of processes */

	CHILD(init, NS_PID) {
		int max = least() + 100, next = least();
		IS(getpid(), 1);
		MUST(file_write(MAX, path("%d", max)));
		MUST(file_write(LAST, path("%d", next - 1)));
		for (int i = 0; i < 105; i++) {
			pid_t pid = OK(clone(end_at_once, stack + sizeof(stack), flags, NULL));
			IS(pid, next);
			IS(waitpid(pid, NULL, 0), pid);
			next = next + 1 < max ? next + 1 : 300;
		}
	}
	EXITS(init, 0);
}

CASE(pid_max_exhaustion_eagain)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		leave_numbers_from(300);
		CHILD(only, 0) {
			HEAR(only);
		}
		IS(only->pid, 300);
		FAILS(EAGAIN, ns_try_clone(0));
		DISMISS(only);
		CHILD(next, 0) {
			IS(getpid(), 300);
		}
		EXITS(next, 0);
	}
	EXITS(init, 0);
}

CASE(pid_max_of_an_ancestor_caps_nested_namespaces)
{
	CHILD(outer, NS_PID) {
		IS(getpid(), 1);
		leave_numbers_from(299);
		CHILD(nested, NS_PID) {
			IS(getpid(), 1);
			IS(file_number(MAX), MOST);
			CHILD(member, 0) {
				HEAR(member);
			}
			IS(member->pid, 2);
			FAILS(EAGAIN, ns_try_clone(0));
			DISMISS(member);
			OK(ns_try_clone(0)); /* control */
		}
		IS(nested->pid, 299);
		EXITS(nested, 0);
	}
	EXITS(outer, 0);
}

#define THREADS "/proc/sys/kernel/threads-max"

CASE(pid_max_is_writable_by_the_owning_userns_root)
{
	struct stat st;

	CHILD(owner, NS_USER | NS_PID | NS_MNT, .map = CONTAINER_MAP) {
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		MUST(stat(MAX, &st));
		IS(st.st_uid, 0);
		OK(file_write(MAX, "500"));
		IS(file_number(MAX), 500);
		FAILS(EACCES, open(THREADS, O_WRONLY | O_CLOEXEC));
	}
	EXITS(owner, 0);
	CHILD(root_elsewhere, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EACCES, open(MAX, O_WRONLY | O_CLOEXEC));
		FAILS(EACCES, open(THREADS, O_WRONLY | O_CLOEXEC));
	}
	EXITS(root_elsewhere, 0);
}
