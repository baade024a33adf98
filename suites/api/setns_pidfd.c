// SPDX-License-Identifier: GPL-2.0-only
/* Joining the namespaces of a process by its pidfd. setns(2) "fd is a PID file descriptor" */
#include <sys/pidfd.h>
#include <sys/prctl.h>

#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP "api.setns_pidfd"

static void join_one(int pidfd, const struct ns_type *t)
{
	CHILD(one, 0) {
		struct ns_ids before, after;
		MUST(ns_ids(0, &before));
		OK(setns(pidfd, t->flag));
		MUST(ns_ids(0, &after));
		IS(ns_differ(&before, &after), t->flag & ~NS_PID);
		IS(ns_differ_next(&before, &after), t->flag);
	}
	EXITS(one, 0);
}

CASE(all_types_in_one_call)
{
	struct ns_ids its;

	CHILD(host, ns_all()) {
		HEAR(host);
	}
	int pidfd = MUST(pidfd_open(host->pid, 0));
	MUST(ns_ids(host->pid, &its));
	FOR_EACH_NS_HERE(t) {
		NOTE("%s namespace", t->label);
		join_one(pidfd, t);
	}
	NOTE("all types");
	CHILD(guest, 0) {
		struct ns_ids after;
		OK(setns(pidfd, ns_all()));
		MUST(ns_ids(0, &after));
		IS(ns_differ(&after, &its), NS_PID); /* a process never leaves its own PID namespace */
		IS(ns_differ_next(&after, &its), 0);
		CHILD(next, 0) {
			IS(getpid(), 2);
		}
		EXITS(next, 0);
	}
	EXITS(guest, 0);
	DISMISS(host);
}

CASE(invalid_flags_einval)
{
	static const int wrong[] = {
		0, -1, CLONE_VM, CLONE_FS, CLONE_NEWUTS | CLONE_VM, CLONE_NEWUSER | CLONE_VM};

	CHILD(host, ns_all()) {
		HEAR(host);
	}
	int pidfd = MUST(pidfd_open(host->pid, 0));
	CHILD(guest, 0) {
		struct ns_ids before, after;
		MUST(ns_ids(0, &before));
		for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
			NOTE("flags %#x", (unsigned int)wrong[i]);
			FAILS(EINVAL, setns(pidfd, wrong[i]));
		}
		MUST(ns_ids(0, &after));
		IS(ns_differ(&before, &after), 0);
		IS(ns_differ_next(&before, &after), 0);
		OK(setns(pidfd, CLONE_NEWUTS)); /* control */
	}
	EXITS(guest, 0);
	DISMISS(host);
}

static void claim_gone(int pidfd)
{
	static const int flags[] = {NS_UTS, NS_USER, NS_PID};
	struct ns_ids before, after;

	MUST(ns_ids(0, &before));
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		FAILS(ESRCH, setns(pidfd, flags[i]));
	MUST(ns_ids(0, &after));
	IS(ns_differ(&before, &after), 0);
	IS(ns_differ_next(&before, &after), 0);
}

CASE(dead_target_esrch)
{
	CHILD(host, NS_UTS | NS_USER | NS_PID) {
		HEAR(host);
	}
	int pidfd = MUST(pidfd_open(host->pid, 0));
	OK(ns_try_setns(pidfd, NS_UTS)); /* control */
	TELL(host);
	AWAIT_ZOMBIE(host);
	NOTE("a zombie");
	claim_gone(pidfd);
	EXITS(host, 0);
	NOTE("reaped");
	claim_gone(pidfd);
}

CASE(is_atomic)
{
	CHILD(host, NS_UTS | NS_NET) {
		HEAR(host);
	}
	int pidfd = MUST(pidfd_open(host->pid, 0));
	CHILD(guest, 0) {
		struct ns_ids before, after;
		MUST(ns_ids(0, &before));
		FAILS(EINVAL, setns(pidfd, NS_UTS | NS_NET | NS_USER));
		MUST(ns_ids(0, &after));
		IS(ns_differ(&before, &after), 0);
		OK(setns(pidfd, NS_UTS | NS_NET));
		MUST(ns_ids(0, &after));
		IS(ns_differ(&before, &after), NS_UTS | NS_NET);
	}
	EXITS(guest, 0);
	DISMISS(host);
}

static void only_into_own(int pidfd)
{
	struct ns_ids before, after;

	MUST(ns_ids(0, &before));
	FAILS(EPERM, setns(pidfd, NS_UTS));
	MUST(ns_ids(0, &after));
	IS(ns_differ(&before, &after), 0);
	CHILD(own, NS_USER) {
		HEAR(own);
	}
	OK(ns_try_setns(own->pidfd, NS_USER)); /* control */
	DISMISS(own);
}

/* With all rights in the namespaces, but not over a process that is not dumpable. */
static void only_into_dumpable(void)
{
	CHILD(hidden, NS_UTS) {
		MUST(prctl(PR_SET_DUMPABLE, 0));
		TELL(hidden);
		HEAR(hidden);
	}
	CHILD(shown, NS_UTS) {
		HEAR(shown);
	}
	HEAR(hidden);
	HOLDS(cap_effective(CAP_SYS_ADMIN));
	FAILS(EPERM, setns(hidden->pidfd, NS_UTS));
	OK(setns(shown->pidfd, NS_UTS)); /* control */
	DISMISS(hidden);
	DISMISS(shown);
}

CASE(needs_ptrace_read_access)
{
	CHILD(host, NS_UTS) {
		HEAR(host);
	}
	int pidfd = MUST(pidfd_open(host->pid, 0));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		only_into_own(pidfd);
	}
	EXITS(user, 0);
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		only_into_own(pidfd);
	}
	EXITS(root, 0);
	CHILD(tracer, 0) {
		MUST(cap_drop(CAP_SYS_PTRACE));
		only_into_dumpable();
	}
	EXITS(tracer, 0);
	DISMISS(host);
}

CASE(unprivileged_user_enters_own_container)
{
	const int seven = NS_ALL & ~NS_TIME;
	long long outside = MUST(ns_id(0, "net"));

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(box, (unsigned int)seven) {
			HEAR(box);
		}
		int pidfd = MUST(pidfd_open(box->pid, 0));
		CHILD(by_pidfd, 0) {
			FAILS(EPERM, setns(pidfd, NS_NET));
			OK(setns(pidfd, seven));
			OTHER_NS(0, outside, NS_NET);
		}
		EXITS(by_pidfd, 0);
		CHILD(by_nsfs, 0) {
			int net = MUST(ns_open(box->pid, "net")), own = MUST(ns_open(box->pid, "user"));
			FAILS(EPERM, setns(net, 0));
			OK(setns(own, 0));
			OK(setns(net, 0));
		}
		EXITS(by_nsfs, 0);
		DISMISS(box);
	}
	EXITS(user, 0);
}

static void rename_thread(void)
{
	OK(unshare(CLONE_NEWUTS));
	OK(hostname_set("thread"));
}

CASE(thread_pidfd_uses_thread_namespaces)
{
	MUST(hostname_set("leader"));
	CHILD(leader, 0) {
		pid_t tid = MUST(thread_run(rename_thread));
		int of_leader = MUST(pidfd_open(getpid(), 0)), of_thread = OK(pidfd_open(tid, PIDFD_THREAD));
		OK(setns(of_leader, CLONE_NEWUTS));
		IS(hostname(), "leader");
		OK(setns(of_thread, CLONE_NEWUTS));
		IS(hostname(), "thread");
	}
	EXITS(leader, 0);
}

CASE(no_way_back_from_foreign_userns)
{
	int fds[NS_TYPES];

	CHILD(first, ns_all()) {
		HEAR(first);
	}
	CHILD(second, ns_all()) {
		HEAR(second);
	}
	FOR_EACH_NS_TYPE(t)
		fds[t - ns_types] = ns_supported(t->flag) ? MUST(ns_open(second->pid, t->name)) : -1;
	int to_first = MUST(pidfd_open(first->pid, 0)), to_second = MUST(pidfd_open(second->pid, 0));
	OK(ns_try_setns(to_second, ns_all())); /* control */
	CHILD(guest, 0) {
		struct ns_ids before, after;
		OK(setns(to_first, ns_all()));
		MUST(ns_ids(0, &before));
		FOR_EACH_NS_TYPE(t) {
			NOTE("%s namespace", t->label);
			if (fds[t - ns_types] < 0)
				continue;
			FAILS(EPERM, setns(to_second, t->flag));
			FAILS(EPERM, setns(fds[t - ns_types], 0));
		}
		FAILS(EPERM, setns(to_second, ns_all()));
		MUST(ns_ids(0, &after));
		IS(ns_differ(&before, &after), 0);
		IS(ns_differ_next(&before, &after), 0);
	}
	EXITS(guest, 0);
	DISMISS(second);
	DISMISS(first);
}

/* Joins a process that ends meanwhile, `delay` steps later, if it is still there, and comes home. */
static void join_dying(int home, int delay)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = NS_USER | NS_UTS | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = MUST(ns_clone3_raw(&args, sizeof(args)));

	if (pid == 0) {
		while (delay--)
			sched_yield();
		_exit(0);
	}
	if (setns(pidfd, CLONE_NEWUTS) < 0) {
		GAVE(ESRCH);
	} else {
		int uts = MUST(ns_open(0, "uts"));
		OTHER_NS(BEHIND(uts), BEHIND(home), NS_UTS);
		OTHER_NS(ns_relative(uts, NS_GET_USERNS), 0, NS_USER);
		OK(hostname_set("joined"));
		close(uts);
		MUST(setns(home, CLONE_NEWUTS));
	}
	close(pidfd);
}

CASE(racing_with_exit_keeps_owner_alive)
{
	int home = MUST(ns_open(0, "uts"));

	CHILD(host, NS_USER | NS_UTS) {
		HEAR(host);
	}
	OK(ns_try_setns(host->pidfd, CLONE_NEWUTS)); /* control */
	DISMISS(host);
	CHILD(guest, 0) {
		signal(SIGCHLD, SIG_IGN); /* nobody waits for the dying: they go at once */
		for (int round = 0; round < 100; round++) {
			NOTE("round %d", round);
			join_dying(home, round % 8);
		}
		FAILS(ECHILD, wait(NULL)); /* once the last one is gone */
	}
	EXITS(guest, 0);
}
