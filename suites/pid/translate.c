// SPDX-License-Identifier: GPL-2.0-only
/* PIDs as arguments mean what they mean in the caller's namespace. pid_namespaces(7) "Nesting PID namespaces" */
#include <linux/kcmp.h>
#include <sys/pidfd.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

#include "helpers/nscheck.h"

#define GROUP "pid.translate"

static const struct iovec byte = {.iov_base = &(char){0}, .iov_len = 1};

#define CALL(name_, expression)                                                                              \
	static long by_##name_(pid_t pid)                                                                    \
	{                                                                                                    \
		return (expression);                                                                         \
	}
CALL(kill, kill(pid, 0))
CALL(killpg, killpg(pid, 0))
CALL(tkill, syscall(SYS_tkill, pid, 0))
CALL(tgkill, syscall(SYS_tgkill, pid, pid, 0))
CALL(getpgid, getpgid(pid))
CALL(getsid, getsid(pid))
CALL(sched_getscheduler, sched_getscheduler(pid))
CALL(sched_getaffinity, sched_getaffinity(pid, sizeof(cpu_set_t), &(cpu_set_t){0}))
CALL(getpriority, getpriority(PRIO_PROCESS, (id_t)pid))
CALL(setpriority, setpriority(PRIO_PROCESS, (id_t)pid, 0))
CALL(prlimit, prlimit(pid, RLIMIT_NOFILE, NULL, &(struct rlimit){0}))
CALL(ioprio_get, syscall(SYS_ioprio_get, 1 /* IOPRIO_WHO_PROCESS */, pid))
CALL(kcmp, syscall(SYS_kcmp, pid, getpid(), KCMP_VM, 0, 0))
CALL(get_robust_list, syscall(SYS_get_robust_list, pid, &(void *){0}, &(size_t){0}))
CALL(process_vm_readv, process_vm_readv(pid, &byte, 1, &byte, 1, 0))
CALL(pidfd_open, pidfd_open(pid, 0))
CALL(ptrace_seize, ptrace(PTRACE_SEIZE, pid, NULL, NULL))
CALL(ptrace_attach, ptrace(PTRACE_ATTACH, pid, NULL, NULL))
CALL(sigkill, kill(pid, SIGKILL))

static const struct call {
	const char *name;
	long (*on)(pid_t pid);
} calls[] = {
	{"kill", by_kill},
	{"killpg", by_killpg},
	{"tkill", by_tkill},
	{"tgkill", by_tgkill},
	{"getpgid", by_getpgid},
	{"getsid", by_getsid},
	{"sched_getscheduler", by_sched_getscheduler},
	{"sched_getaffinity", by_sched_getaffinity},
	{"getpriority", by_getpriority},
	{"setpriority", by_setpriority},
	{"prlimit", by_prlimit},
	{"ioprio_get", by_ioprio_get},
	{"kcmp", by_kcmp},
	{"get_robust_list", by_get_robust_list},
	{"process_vm_readv", by_process_vm_readv},
	{"pidfd_open", by_pidfd_open},
	{"PTRACE_SEIZE", by_ptrace_seize},
	{"PTRACE_ATTACH", by_ptrace_attach},
	{"kill with SIGKILL", by_sigkill}, /* the last, for it works in the control */
};

static bool is_built_in(const struct call *call, pid_t pid)
{
	return call->on(pid) != -1 || errno != ENOSYS;
}

CASE(outside_pids_do_not_exist)
{
	CHILD(target, 0) {
		MUST(setpgid(0, 0));
		TELL(target);
		HEAR(target);
	}
	HEAR(target);
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		HOLDS(target->pid > 1);
		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			NOTE("%s", calls[i].name);
			if (is_built_in(&calls[i], target->pid))
				FAILS(ESRCH, calls[i].on(target->pid));
		}
		FAILS(ECHILD, waitpid(target->pid, NULL, WNOHANG));
	}
	EXITS(init, 0);

	IS(waitpid(target->pid, NULL, WNOHANG), 0); /* controls: no namespace between */
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		NOTE("%s", calls[i].name);
		CHILD(plain, 0) { /* a new one each time, for a tracer's end is the end of tracing */
			HOLDS(calls[i].on(target->pid) != -1 || errno != ESRCH);
			_exit(0); /* not by the block's end, where a tracee counts as a stray */
		}
		EXITS(plain, 0);
	}
	DIES_BY(target, SIGKILL);
}

CASE(parent_can_act_on_members)
{
	struct rlimit limit = {.rlim_cur = 123, .rlim_max = 456};

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		CHILD(member, 0) {
			MUST(setrlimit(RLIMIT_NOFILE, &limit));
			TELL(member, MUST(proc_self()));
			HEAR(member);
			IS(getpriority(PRIO_PROCESS, 0), 7);
		}
		TELL(init, HEAR(member));
		HEAR(init);
		DISMISS(member);
	}
	pid_t pid = (pid_t)HEAR(init);
	OK(kill(pid, 0));
	HOLDS(getpgid(pid) > 0);
	OK(setpriority(PRIO_PROCESS, (id_t)pid, 7));
	limit.rlim_cur = limit.rlim_max = 0;
	OK(prlimit(pid, RLIMIT_NOFILE, NULL, &limit));
	IS(limit.rlim_cur, 123);
	IS(limit.rlim_max, 456);
	OK(pidfd_open(pid, 0));
	HOLDS(file_exists(proc_path(pid, "stat")));
	DISMISS(init);
}
