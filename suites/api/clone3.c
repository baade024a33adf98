// SPDX-License-Identifier: GPL-2.0-only
/* The arguments of clone3. clone(2) "clone3()", "The set_tid array", ERRORS */
#include "helpers/nscheck.h"

#define GROUP "api.clone3"

#define PAGE 4096

/* The exit status of a child that is init of a new PID namespace, and tells so: 1. -1 with errno of clone3(2). */
static int init_made(struct clone_args *args, size_t size)
{
	int status;
	pid_t pid = ns_clone3_raw(args, size);

	if (pid == 0)
		_exit(getpid() == 1 ? 1 : 2);
	if (pid < 0 || waitpid(pid, &status, __WALL) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

CASE(struct_size_rules)
{
	static const size_t wrong[] = {0, 56}, right[] = {64, 80, 88, 96};
	static union {
		struct clone_args args;
		char bytes[3 * PAGE];
	} a = {.args = {.flags = CLONE_NEWPID, .exit_signal = SIGCHLD}};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		NOTE("size %zu", wrong[i]);
		FAILS(EINVAL, init_made(&a.args, wrong[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		NOTE("size %zu", right[i]);
		IS(OK(init_made(&a.args, right[i])), 1);
	}
	NOTE_END();
	FAILS(E2BIG, init_made(&a.args, PAGE + 8));
	a.bytes[95] = 1;
	FAILS(E2BIG, init_made(&a.args, 96));
	IS(OK(init_made(&a.args, 88)), 1);
	FAILS(EFAULT, syscall(SYS_clone3, 8L, sizeof(a.args)));
}

CASE(unknown_and_reserved_flags_einval)
{
	static const unsigned long long wrong[] = {1ULL << 40, CLONE_DETACHED, SIGCHLD};
	long long uts = MUST(ns_id(0, "uts"));

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		NOTE("flags %#llx", wrong[i]);
		FAILS(EINVAL, ns_try_clone3(wrong[i]));
		FAILS(EINVAL, ns_try_clone3(wrong[i] | CLONE_NEWUTS));
	}
	NOTE_END();
	CHILD(control, NS_UTS | (ns_all() & NS_TIME)) {
		OTHER_NS(0, uts, NS_UTS);
	}
	EXITS(control, 0);
}

CASE(invalid_exit_signal_einval)
{
	static const struct clone_args wrong[] = {
		{.flags = CLONE_NEWPID, .exit_signal = 0x100},
		{.flags = CLONE_NEWPID, .exit_signal = 0xf0},
		{.flags = CLONE_NEWPID, .exit_signal = 0x80000000},
		{.flags = CLONE_NEWPID, .exit_signal = 1ULL << 32 | SIGCHLD},
		{.flags = CLONE_NEWPID | CLONE_PARENT, .exit_signal = SIGCHLD},
		{.flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, .exit_signal = SIGCHLD},
	};
	int status;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct clone_args args = wrong[i];
		NOTE("flags %#llx, exit signal %#llx", args.flags, args.exit_signal);
		FAILS(EINVAL, init_made(&args, sizeof(args)));
	}
	NOTE_END();
	CHILD(maker, 0) {
		struct clone_args args = {.flags = CLONE_NEWPID | CLONE_PARENT};
		pid_t made = OK(ns_clone3_raw(&args, sizeof(args)));
		if (made == 0)
			_exit(getpid() == 1 ? 1 : 2);
		TELL(maker, made);
	}
	OK(waitpid((pid_t)HEAR(maker), &status, __WALL));
	HOLDS(WIFEXITED(status));
	IS(WEXITSTATUS(status), 1);
	EXITS(maker, 0);
}

/* A number that no process of the caller's PID namespace has. */
static pid_t free_pid(void)
{
	pid_t pid = 20000;

	while (kill(pid, 0) == 0 || errno != ESRCH)
		pid++;
	return pid;
}

/* Tries to make a child with chosen PIDs. 0; -1 with errno. */
static int try_pids(unsigned long long flags, const pid_t *pids, size_t count)
{
	struct clone_args args = {.flags = flags,
				  .exit_signal = SIGCHLD,
				  .set_tid = (uint64_t)(uintptr_t)pids,
				  .set_tid_size = count};
	pid_t pid = ns_clone3_raw(&args, sizeof(args));

	if (pid == 0)
		_exit(0);
	return pid < 0 || waitpid(pid, NULL, 0) < 0 ? -1 : 0;
}

CASE(set_tid_in_new_pidns)
{
	pid_t chosen = free_pid();

	OK(try_pids(NS_PID, (pid_t[]){1}, 1));
	FAILS(EINVAL, try_pids(NS_PID, (pid_t[]){2}, 1));
	FAILS(EEXIST, try_pids(NS_PID, (pid_t[]){1, 1}, 2));
	CHILD(box, NS_PID, .set_tid = (pid_t[]){1, chosen}, .set_tid_size = 2) {
		IS(getpid(), 1);
		HEAR(box);
	}
	IS(box->pid, chosen);
	IS(proc_status(box->pid, "NSpid"), path("%d\t1", chosen));
	DISMISS(box);
}

CASE(set_tid_errors)
{
	pid_t chosen = free_pid(), max = (pid_t)MUST(file_number("/proc/sys/kernel/pid_max"));
	pid_t many[33] = {1, chosen};

	OK(try_pids(NS_PID, many, 2)); /* control */
	OK(try_pids(0, &chosen, 1));
	FAILS(EEXIST, try_pids(0, (pid_t[]){getpid()}, 1));
	FAILS(EINVAL, try_pids(0, (pid_t[]){0}, 1));
	FAILS(EINVAL, try_pids(0, (pid_t[]){-1}, 1));
	FAILS(EINVAL, try_pids(0, (pid_t[]){max}, 1));
	FAILS(EINVAL, try_pids(0, (pid_t[]){chosen, chosen}, 2));
	FAILS(EINVAL, try_pids(NS_PID, (pid_t[]){1, chosen, chosen}, 3));
	FAILS(EINVAL, try_pids(NS_PID, many, 33));
	FAILS(EINVAL, try_pids(0, NULL, 1));
	FAILS(EINVAL, try_pids(0, &chosen, 0));
	CHILD(root, 0) {
		MUST(cap_drop(CAP_SYS_ADMIN));
		MUST(cap_drop(CAP_CHECKPOINT_RESTORE));
		FAILS(EPERM, try_pids(0, &chosen, 1));
	}
	EXITS(root, 0);
	CHILD(inner, NS_USER | NS_PID, .map = CONTAINER_MAP) {
		IS(getpid(), 1);
		OK(try_pids(0, (pid_t[]){77}, 1));
		FAILS(EPERM, try_pids(0, (pid_t[]){78, chosen}, 2));
	}
	EXITS(inner, 0);
}

CASE(set_tid_allowed_for_own_userns_only)
{
	pid_t chosen = free_pid();

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		OK(try_pids(NS_USER | NS_PID, (pid_t[]){1}, 1));
		FAILS(EPERM, try_pids(NS_USER | NS_PID, (pid_t[]){1, chosen}, 2));
		FAILS(EPERM, try_pids(0, &chosen, 1));
	}
	EXITS(user, 0);
	OK(try_pids(NS_USER | NS_PID, (pid_t[]){1, chosen}, 2)); /* control */
}

CASE(empty_mount_namespace)
{
	struct ns_ids mine, its;
	int mounts = MUST(mountinfo_count("/proc/self/mountinfo", "/"));

	OK(access("/proc", F_OK)); /* control */
	CHILD(box, CLONE_EMPTY_MNTNS) {
		IS(dir_count("/"), 0);
		FAILS(ENOENT, access("/proc", F_OK));
		FAILS(ENOENT, mkdir("/new", 0755));
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	MUST(ns_ids(0, &mine));
	MUST(ns_ids(box->pid, &its));
	IS(ns_differ(&mine, &its), NS_MNT);
	IS(mountinfo_count(proc_path(box->pid, "mountinfo"), "/"), 1);
	IS(mountinfo_count("/proc/self/mountinfo", "/"), mounts);
	DISMISS(box);
	FAILS(EINVAL, ns_try_clone3(CLONE_EMPTY_MNTNS | CLONE_FS));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, ns_try_clone3(CLONE_EMPTY_MNTNS));
		OK(ns_try_clone3(CLONE_EMPTY_MNTNS | CLONE_NEWUSER));
	}
	EXITS(user, 0);
}
