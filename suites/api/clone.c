// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces made together with a process. clone(2) */
#include <sys/ioctl.h>

#include "helpers/nscheck.h"

#define GROUP "api.clone"

/* All that the old clone(2) could make: its low byte, where CLONE_NEWTIME is, was the exit signal. */
#define SEVEN (NS_ALL & ~NS_TIME)

CASE(each_flag_creates_exactly_one_namespace)
{
	struct ns_ids mine, its;

	MUST(ns_ids(0, &mine));
	FOR_EACH_NS_TYPE(t) {
		if (!(t->flag & SEVEN))
			continue;
		NOTE("%s namespace", t->label);
		CHILD(child, t->flag) {
			HEAR(child);
		}
		MUST(ns_ids(child->pid, &its));
		IS(ns_differ(&mine, &its), t->flag);
		IS(ns_differ_next(&mine, &its), t->flag);
		int fd = MUST(ns_open(child->pid, t->name));
		IS(ioctl(fd, NS_GET_NSTYPE), t->flag);
		DISMISS(child);
	}
	NOTE("without a flag");
	CHILD(plain, 0) {
		HEAR(plain);
	}
	MUST(ns_ids(plain->pid, &its));
	IS(ns_differ(&mine, &its), 0);
	IS(ns_differ_next(&mine, &its), 0);
	DISMISS(plain);
}

CASE(all_seven_flags_in_one_call)
{
	struct ns_ids mine, its;
	char name[16];

	OK(sethostname("outside", 7));
	CHILD(box, SEVEN) {
		IS(getpid(), 1);
		OK(gethostname(name, sizeof(name)));
		IS(name, "outside");
		OK(sethostname("inside", 6));
		OK(gethostname(name, sizeof(name)));
		IS(name, "inside");
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	MUST(ns_ids(0, &mine));
	MUST(ns_ids(box->pid, &its));
	IS(ns_differ(&mine, &its), SEVEN); /* so the time namespace is the same */
	OK(gethostname(name, sizeof(name)));
	IS(name, "outside");
	DISMISS(box);
}

/* All ten links of two directories of links lead to the same files. */
static void claim_same_links(const char *a, const char *b)
{
	struct stat one, two;

	a = strdupa(a);
	b = strdupa(b);
	FOR_EACH_NS_TYPE(t) {
		const char *entries[] = {t->name, t->next};
		NOTE("%s, %s and %s", t->name, a, b);
		for (int i = 0; i < 2 && ns_supported(t->flag); i++) {
			OK(stat(path("%s/%s", a, entries[i]), &one));
			OK(stat(path("%s/%s", b, entries[i]), &two));
			IS(one.st_dev, two.st_dev);
			IS(one.st_ino, two.st_ino);
		}
	}
	NOTE_END();
}

/* By vfork(2) the child borrows the creator's memory: what it finds out stays there. */
static struct ns_ids of_vfork_child;
static volatile int vfork_child_looked;

static pid_t look_after_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		/* stat(2) alone, which leaves the creator's memory sound */
		vfork_child_looked = ns_ids(0, &of_vfork_child); // NOLINT(clang-analyzer-unix.Vfork)
		_exit(0);
	}
	return pid;
}

PAYLOAD(waiter)
{
	TELL(outer);
	HEAR(outer);
}

CASE(child_of_plain_fork_shares_all)
{
	struct ns_ids mine, its;

	MUST(ns_ids(0, &mine));
	CHILD(forked, 0) {
		claim_same_links(path("/proc/%d/ns", getppid()), "/proc/self/ns");
		pid_t tid = OK(thread_run(NULL));
		claim_same_links("/proc/self/ns", path("/proc/self/task/%d/ns", tid));
	}
	EXITS(forked, 0);
	pid_t vforked = OK(look_after_vfork());
	OK(waitpid(vforked, NULL, 0));
	IS(vfork_child_looked, 0);
	IS(ns_differ(&mine, &of_vfork_child), 0);
	IS(ns_differ_next(&mine, &of_vfork_child), 0);

	CHILD(executing, ns_all() & ~NS_TIME) {
		TELL(executing);
		HEAR(executing);
		MUST(unshare(ns_all() & NS_TIME));
		EXEC(executing, waiter);
	}
	HEAR(executing);
	MUST(ns_ids(executing->pid, &mine));
	TELL(executing);
	HEAR(executing);
	MUST(ns_ids(executing->pid, &its));
	IS(ns_differ(&mine, &its) & ~NS_TIME, 0);
	IS(ns_differ_next(&mine, &its), ns_all() & NS_TIME); /* control: what unshare did, exec keeps */
	DISMISS(executing);
}

CASE(newuser_owns_the_other_new_namespaces)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(box, ns_all()) {
			HOLDS(cap_effective_full());
			HEAR(box);
		}
		long long owner = MUST(ns_id(box->pid, "user"));
		OTHER_NS(owner, 0, NS_USER);
		FOR_EACH_NS_TYPE(t) {
			NOTE("%s", t->name);
			if (!ns_supported(t->flag) || t->flag == NS_USER)
				continue;
			int fd = OK(ns_open(box->pid, t->name));
			SAME_NS(ns_relative(fd, NS_GET_USERNS), owner, NS_USER);
		}
		DISMISS(box);
	}
	EXITS(user, 0);
}

CASE(into_cgroup_sets_cgroupns_root)
{
	MUST(cgroup_make("a"));
	MUST(cgroup_make("b"));
	CHILD(parent, 0) {
		MUST(cgroup_move(0, "a"));
		int b = MUST(open(cgroup_file("b"), O_PATH | O_DIRECTORY | O_CLOEXEC));
		CHILD(into, NS_CGROUP, .cgroup = b) {
			IS(cgroup_of(0), "/");
			HEAR(into);
		}
		IS(cgroup_of(into->pid), cgroup_name("b"));
		CHILD(plain, NS_CGROUP) {
			IS(cgroup_of(0), "/");
			HEAR(plain);
		}
		IS(cgroup_of(plain->pid), cgroup_name("a"));
		DISMISS(plain);
		DISMISS(into);
	}
	EXITS(parent, 0);
}

CASE(pidfd_refers_to_child_in_new_pidns)
{
	siginfo_t info;

	CHILD(box, NS_PID) {
		FAILS(EBADF, fcntl((int)HEAR(box), F_GETFD));
		HEAR(box);
		_exit(7);
	}
	TELL(box, box->pidfd);
	IS(fcntl(box->pidfd, F_GETFD), FD_CLOEXEC);
	const char *info_file = file_read(path("/proc/self/fdinfo/%d", box->pidfd));
	HOLDS(strstr(info_file, path("NSpid:\t%d\t1", box->pid)));
	HOLDS(!ready(box->pidfd));
	TELL(box);
	AWAIT(box->pidfd);
	OK(waitid(P_PIDFD, (id_t)box->pidfd, &info, WEXITED | WNOWAIT));
	IS(info.si_pid, box->pid);
	IS(info.si_status, 7);
	EXITS(box, 7);
}
