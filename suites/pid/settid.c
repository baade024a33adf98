// SPDX-License-Identifier: GPL-2.0-only
/* Asking for PIDs. clone(2) "The set_tid array" */
#include "helpers/nscheck.h"

#define GROUP "pid.settid"

#define FREE_OUTSIDE 30001 /* far above what the machine has reached by its own numbering */

/* The PID of a child that ended at once; -1 with errno of clone3(2). */
static pid_t ask(unsigned long long flags, const pid_t *pids, size_t count)
{
	pid_t pid = ns_clone3_pids(flags, pids, count);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		MUST(orphan_reaped(pid));
	return pid;
}

#define ASK(flags, ...) ask(flags, (pid_t[]){__VA_ARGS__}, ARRAY_SIZE(((pid_t[]){__VA_ARGS__})))

CASE(requested_pid_is_given)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		CHILD(chosen, 0, .set_tid = (pid_t[]){50}, .set_tid_size = 1) {
			IS(getpid(), 50);
			HEAR(chosen);
		}
		IS(chosen->pid, 50);
		CHILD(next, 0) {
			IS(getpid(), 2);
		}
		EXITS(next, 0);
		DISMISS(chosen);
		CHILD(nested, NS_PID, .set_tid = (pid_t[]){1}, .set_tid_size = 1) {
			IS(getpid(), 1);
		}
		EXITS(nested, 0);
	}
	EXITS(init, 0);
}

CASE(array_sets_several_levels)
{
	long long seen[32];

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		CHILD(two, NS_PID, .set_tid = (pid_t[]){1, 77}, .set_tid_size = 2) {
			IS(getpid(), 1);
			int levels = MUST(proc_status_numbers(0, "NSpid", seen, 32));
			IS(seen[levels - 2], 77);
			IS(seen[levels - 1], 1);
		}
		IS(two->pid, 77);
		EXITS(two, 0);
		CHILD(three, NS_PID, .set_tid = (pid_t[]){1, 42, FREE_OUTSIDE}, .set_tid_size = 3) {
			IS(getpid(), 1);
			int levels = MUST(proc_status_numbers(0, "NSpid", seen, 32));
			IS(seen[levels - 3], FREE_OUTSIDE);
			IS(seen[levels - 2], 42);
			IS(seen[levels - 1], 1);
		}
		IS(three->pid, 42);
		EXITS(three, 0);
	}
	EXITS(init, 0);
}

CASE(used_pid_eexist)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		FAILS(EEXIST, ASK(0, 1));
		FAILS(EEXIST, ASK(CLONE_NEWPID, 1, 1));
		CHILD(member, 0) {
			HEAR(member);
		}
		FAILS(EEXIST, ASK(0, member->pid));
		FAILS(EEXIST, ASK(CLONE_NEWPID, 1, member->pid));
		DISMISS(member);
		IS(ASK(0, member->pid), member->pid);
	}
	EXITS(init, 0);
}

CASE(first_pid_must_be_1)
{
	FAILS(EINVAL, ASK(CLONE_NEWPID, 2));
	OK(ASK(CLONE_NEWPID, 1));
	OK(unshare(CLONE_NEWPID));
	FAILS(EINVAL, ASK(0, 43));
	CHILD(init, 0, .set_tid = (pid_t[]){1}, .set_tid_size = 1) {
		IS(getpid(), 1);
		HEAR(init);
	}
	IS(ASK(0, 43, FREE_OUTSIDE), FREE_OUTSIDE);
	DISMISS(init);
}

CASE(out_of_range_values_einval)
{
	CHILD(init, NS_PID) {
		pid_t max = (pid_t)MUST(file_number("/proc/sys/kernel/pid_max"));
		IS(getpid(), 1);
		FAILS(EINVAL, ASK(0, 0));
		FAILS(EINVAL, ASK(0, -1));
		FAILS(EINVAL, ASK(0, max));
		FAILS(EINVAL, ASK(0, 50, 0));
		IS(ASK(0, max - 1), max - 1);
	}
	EXITS(init, 0);
}

CASE(more_entries_than_levels_einval)
{
	CHILD(init, NS_PID) {
		pid_t pids[40];
		size_t levels = (size_t)MUST(proc_status_numbers(0, "NSpid", NULL, 0));
		IS(getpid(), 1);
		for (size_t i = 0; i < ARRAY_SIZE(pids); i++)
			pids[i] = FREE_OUTSIDE;
		IS(ask(0, pids, levels), FREE_OUTSIDE); /* control */
		FAILS(EINVAL, ask(0, pids, levels + 1));
		FAILS(EINVAL, ask(0, pids, 33));
		FAILS(EINVAL, ask(0, pids, 0));
		FAILS(EINVAL, ask(0, NULL, 1));
		FAILS(EFAULT, ask(0, (pid_t *)8, 1));
	}
	EXITS(init, 0);
}

CASE(needs_checkpoint_restore_or_sys_admin)
{
	static const cap_value_t enough[] = {CAP_CHECKPOINT_RESTORE, CAP_SYS_ADMIN};

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		CHILD(user, 0, .uid = UNPRIVILEGED) {
			FAILS(EPERM, ASK(0, 50));
		}
		EXITS(user, 0);
		for (size_t i = 0; i < ARRAY_SIZE(enough); i++) {
			NOTE("only capability %d", enough[i]);
			CHILD(capable, 0) {
				MUST(cap_keep_only(enough[i]));
				IS(ASK(0, 50), 50);
			}
			EXITS(capable, 0);
		}
		CHILD(other, 0) {
			MUST(cap_keep_only(CAP_SYS_PTRACE));
			FAILS(EPERM, ASK(0, 50));
		}
		EXITS(other, 0);
	}
	EXITS(init, 0);
}

CASE(capability_is_checked_per_level)
{
	CHILD(init, NS_PID | NS_MNT) {
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		CHILD(owner, NS_USER | NS_PID, .map = CONTAINER_MAP) {
			IS(getpid(), 1);
			IS(ASK(0, 50), 50);
			FAILS(EPERM, ASK(0, 51, 30000));
			IS(ASK(CLONE_NEWPID, 1, 52), 52);
		}
		EXITS(owner, 0);
		CHILD(root, NS_PID) {
			IS(ASK(0, 51, 30000), 51); /* control: owner of both */
		}
		EXITS(root, 0);
	}
	EXITS(init, 0);
}

CASE(failure_frees_the_inner_levels)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		FAILS(EINVAL, ASK(0, 43, -1));
		FAILS(EEXIST, ASK(0, 43, MUST(proc_self()))); /* its PID outside */
		IS(ASK(0, 43), 43);
	}
	EXITS(init, 0);
}
