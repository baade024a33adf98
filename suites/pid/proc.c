// SPDX-License-Identifier: GPL-2.0-only
/* What procfs shows of a PID namespace. pid_namespaces(7) "/proc and PID namespaces" */
#include <pthread.h>
#include <sys/file.h>

#include "suites/pid/patterns.h"

#define GROUP "pid.proc"

CASE(fresh_mount_shows_only_members)
{
	CHILD(init, NS_PID | NS_MNT) {
		pid_t pids[8], outside = (pid_t)HEAR(init);
		IS(getpid(), 1);
		MUST(dir_make("/tmp/proc"));
		OK(proc_mount("/tmp/proc"));
		IS(proc_list("/tmp/proc", pids, 8), 1);
		IS(pids[0], 1);

		CHILD(member, 0) {
			HEAR(member);
		}
		IS(proc_list("/tmp/proc", pids, 8), 2);
		IS(pids[0], 1);
		IS(pids[1], 2);

		HOLDS(proc_list("/proc", pids, 8) > 2); /* control: the outer procfs has these two and more */
		HOLDS(file_exists(path("/proc/%d/stat", outside)));
		IS(proc_self(), outside);
		DISMISS(member);
	}
	TELL(init, init->pid);
	EXITS(init, 0);
}

CASE(self_is_the_pid_in_the_namespace_of_the_mount)
{
	MUST(dir_make("/tmp/proc"));
	CHILD(init, NS_PID | NS_MNT) {
		IS(getpid(), 1);
		MUST(proc_mount("/tmp/proc"));
		IS(MUST(link_read("/tmp/proc/self")), "1");
		IS(MUST(link_read("/tmp/proc/thread-self")), "1/task/1");
		IS(proc_self(), HEAR(init)); /* control: the procfs of the outer namespace */
	}
	TELL(init, init->pid);
	EXITS(init, 0);
}

CASE(self_is_enoent_for_outsiders)
{
	struct child *init = init_with_procfs("/tmp/proc");

	OK(access("/tmp/proc/1", F_OK));
	FAILS(ENOENT, link_read("/tmp/proc/self"));
	FAILS(ENOENT, link_read("/tmp/proc/thread-self"));
	IS(MUST(link_read("/proc/self")), path("%d", getpid())); /* control */
	DISMISS(init);
}

CASE(mount_before_first_fork_shows_old_namespace)
{
	pid_t mounter = getpid();

	MUST(dir_make("/tmp/proc"));
	OK(unshare(CLONE_NEWNS | CLONE_NEWPID));
	MUST(proc_mount("/tmp/proc"));
	IS(MUST(link_read("/tmp/proc/self")), path("%d", mounter));
	HOLDS(file_exists(path("/tmp/proc/%d/status", mounter)));
	CHILD(init, 0) {
		IS(getpid(), 1);
		IS(MUST(link_read("/tmp/proc/self")), path("%lld", HEAR(init)));
	}
	TELL(init, init->pid);
	EXITS(init, 0);
}

CASE(pid_for_children_names_the_namespace_of_the_next_child)
{
	int home = MUST(ns_open(0, "pid"));

	OK(unshare(CLONE_NEWPID));
	CHILD(init, 0) {
		IS(getpid(), 1);
		SAME_NS(CHILDREN_OF(0), 0, NS_PID);
		HEAR(init);
	}
	SAME_NS(CHILDREN_OF(0), init, NS_PID);
	OTHER_NS(CHILDREN_OF(0), 0, NS_PID);
	OK(setns(home, CLONE_NEWPID));
	SAME_NS(CHILDREN_OF(0), 0, NS_PID);
	DISMISS(init);
}

/* How many locks a file of proc_locks(5) lists on this inode, and the owner of the last of them. */
static int locks_on(const char *file, ino_t inode, pid_t *pid)
{
	const char *line = MUST(file_read(file));
	unsigned long long found;
	int count = 0, owner;

	for (; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (sscanf(line, "%*[^:]: FLOCK %*s %*s %d %*x:%*x:%llu", &owner, &found) != 2 ||
		    found != inode)
			continue;
		*pid = owner;
		count++;
	}
	return count;
}

static ino_t lock_make(const char *file)
{
	struct stat st;
	int fd = MUST(open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600));

	MUST(flock(fd, LOCK_EX));
	MUST(fstat(fd, &st));
	return st.st_ino;
}

CASE(locks_shows_only_visible_owners)
{
	pid_t owner = -1;

	MUST(dir_make("/tmp/proc"));
	CHILD(holder, 0) {
		TELL(holder, (long long)lock_make("/tmp/outside"));
		HEAR(holder);
	}
	ino_t outside = (ino_t)HEAR(holder);
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		MUST(proc_mount("/tmp/proc"));
		IS(MUST(file_read("/tmp/proc/locks")), "");
		ino_t inside = lock_make("/tmp/inside");
		IS(locks_on("/tmp/proc/locks", inside, &owner), 1);
		IS(owner, 1);
		IS(locks_on("/tmp/proc/locks", outside, &owner), 0);
		TELL(init, (long long)inside);
		HEAR(init);
	}
	ino_t inside = (ino_t)HEAR(init);
	IS(locks_on("/proc/locks", outside, &owner), 1);
	IS(owner, holder->pid);
	IS(locks_on("/proc/locks", inside, &owner), 1);
	IS(owner, init->pid);
	DISMISS(init);
	DISMISS(holder);
}

/* The identifiers of a process with one thread, on every level that this procfs shows. */
static void claim_ids(pid_t pid, const char *own, const char *group, const char *session)
{
	IS(MUST(proc_status(pid, "NStgid")), own);
	IS(MUST(proc_status(pid, "NSpid")), own);
	IS(MUST(proc_status(pid, "NSpgid")), group);
	IS(MUST(proc_status(pid, "NSsid")), session);
}

static void *claim_thread_ids(void *unused __attribute__((unused)))
{
	IS(gettid(), 2);
	IS(MUST(proc_status(2, "NSpid")), "2");
	IS(MUST(proc_status(2, "NStgid")), "1");
	return NULL;
}

CASE(status_lists_ids_of_every_visible_level)
{
	char own[32], group[32], session[32];

	CHILD(init, NS_PID | NS_MNT) {
		pthread_t thread;
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		claim_ids(1, "1", "0", "0");
		TELL(init);
		HEAR(init);
		MUST(setsid());
		claim_ids(1, "1", "1", "1");
		MUST(pthread_create(&thread, NULL, claim_thread_ids, NULL) ? -1 : 0);
		pthread_join(thread, NULL);
		TELL(init);
		HEAR(init);
	}
	HEAR(init);
	snprintf(own, sizeof(own), "%d\t1", init->pid);
	snprintf(group, sizeof(group), "%d\t0", getpgrp());
	snprintf(session, sizeof(session), "%d\t0", getsid(0));
	claim_ids(init->pid, own, group, session);
	TELL(init);
	HEAR(init);
	claim_ids(init->pid, own, own, own);
	DISMISS(init);
}

/* The last field of a loadavg: the last PID made. */
static pid_t last_pid(void)
{
	const char *text = MUST(file_line("/proc/loadavg"));

	return (pid_t)atol(strrchr(text, ' ') + 1);
}

CASE(loadavg_last_pid_is_of_the_reader)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		IS(last_pid(), 1);
		CHILD(member, 0) {}
		EXITS(member, 0);
		IS(last_pid(), 2);
		TELL(init);
		HEAR(init);
	}
	HEAR(init);
	HOLDS(last_pid() >= init->pid);
	DISMISS(init);
}
