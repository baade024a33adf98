// SPDX-License-Identifier: GPL-2.0-only
/* Numbers, /proc, orphans and setns(2) over several levels. pid_namespaces(7) "Nesting PID namespaces" */
/* Goes on from pid.c. */
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>

#include "helpers/nscheck.h"

#define GROUP "nesting.pid"

/* The procfs of a level; that of level 0 is where it always is. */
static const char *proc_of(int level)
{
	return level ? path("/tmp/proc%d", level) : "/proc";
}

static int mount_proc_of(int level)
{
	return dir_make(proc_of(level)) < 0 ? -1 : mount("proc", proc_of(level), "proc", 0, NULL);
}

/* The caller's NSpid as the procfs of a level has it: how many numbers there are, stored in `numbers`. */
static int nspid(int level, int numbers[8])
{
	const char *text = strstr(MUST(file_read(path("%s/self/status", proc_of(level)))), "\nNSpid:");
	int count = 0, used;

	MUST(text);
	for (text += strlen("\nNSpid:");
	     count < 8 && sscanf(text, "%*1[\t]%d%n", &numbers[count], &used) == 1; text += used)
		count++;
	return count;
}

/* The caller's own number in the procfs of a level. */
static int self(int level)
{
	return atoi(MUST(link_read(path("%s/self", proc_of(level)))));
}

static void claim_nspid(int returned)
{
	int numbers[8];

	IS(nspid(0, numbers), 5);
	for (int level = 0; level < 4; level++) {
		NOTE("level %d", level);
		IS(numbers[level], self(level));
		if (level)
			HOLDS(numbers[level] > 1); /* where it is not the init it has another number */
	}
	IS(numbers[3], returned);
	IS(numbers[4], 1);
	IS(nspid(2, numbers), 3);
	IS(numbers[0], self(2));
	IS(numbers[2], 1);
}

static void number_levels(int level)
{
	CHILD(filler, 0) {
		HEAR(filler);
	}
	CHILD(init, NS_PID) {
		int returned = (int)HEAR(init);
		MUST(mount_proc_of(level));
		if (level < 4)
			number_levels(level + 1);
		else
			claim_nspid(returned);
	}
	TELL(init, init->pid);
	EXITS(init, 0);
	DISMISS(filler);
}

CASE(nspid_has_one_number_per_level)
{
	number_levels(1);
}

/* A new procfs lists the caller's PID namespace: an init and one more. */
static void claim_two_processes(void)
{
	pid_t pids[4];

	IS(getpid(), 1);
	MUST(proc_mount("/proc"));
	IS(proc_list("/proc", pids, 4), 2);
	IS(pids[0], 1);
	IS(pids[1], 2);
}

/* Who sent the next byte, as the kernel translates it for the caller. unix(7) SCM_CREDENTIALS */
static struct ucred sender_of(int sock)
{
	struct scm with;
	char byte;

	AWAIT(sock);
	MUST(scm_receive(sock, &byte, 1, 0, &with));
	OK(with.who.pid);
	return with.who;
}

CASE(sibling_containers_are_invisible_to_each_other)
{
	int ends[2];

	MUST(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends));
	MUST(setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)));
	CHILD(a, NS_PID | NS_MNT) {
		CHILD(member, 0) {
			HEAR(member);
		}
		claim_two_processes();
		for (int i = 0; i < 2; i++)
			MUST(write(ends[0], "", 1));
		TELL(a);
		HEAR(a);
		DISMISS(member);
	}
	HEAR(a);
	IS(sender_of(ends[1]).pid, a->pid); /* controls: the host can do and sees all of it */
	CHILD(b, NS_PID | NS_MNT) {
		CHILD(member, 0) {
			HEAR(member);
		}
		claim_two_processes();
		int pidfd = TAKE_FD(b);
		FAILS(EINVAL, pidfd_send_signal(pidfd, 0, NULL, 0));
		HOLDS(strstr(MUST(file_read(path("/proc/self/fdinfo/%d", pidfd))), "\nPid:\t0\n"));
		IS(sender_of(ends[1]).pid, 0);
		TELL(b);
		HEAR(b);
		DISMISS(member);
	}
	int pidfd = MUST(pidfd_open(a->pid, 0));
	OK(pidfd_send_signal(pidfd, 0, NULL, 0));
	GIVE_FD(b, pidfd);
	HEAR(b);
	OK(kill(a->pid, 0));
	OK(kill(b->pid, 0));
	DISMISS(a);
	DISMISS(b);
}

static int parent(int fd)
{
	return ioctl(fd, NS_GET_PARENT);
}

CASE(ns_get_parent_walks_to_the_callers_level)
{
	CHILD(first, NS_PID) {
		CHILD(second, NS_PID) {
			GIVE_FD(second, MUST(ns_open(0, "pid")));
			HEAR(second);
		}
		FAILS(EPERM, parent(MUST(ns_open(0, "pid"))));
		GIVE_FD(first, TAKE_FD(second));
		HEAR(first);
		DISMISS(second);
	}
	int second = TAKE_FD(first), up = OK(parent(second));
	SAME_NS(BEHIND(up), first, NS_PID);
	OTHER_NS(BEHIND(up), BEHIND(second), NS_PID);
	int top = OK(parent(up));
	SAME_NS(BEHIND(top), 0, NS_PID);
	FAILS(EPERM, parent(top));
	FAILS(EINVAL, parent(MUST(ns_open(0, "uts"))));
	DISMISS(first);
}

CASE(setns_goes_down_any_number_of_levels_but_never_up)
{
	int home = MUST(ns_open(0, "pid"));

	CHILD(first, NS_PID) {
		CHILD(second, NS_PID) {
			TELL(second, proc_self());
			HEAR(second);
		}
		TELL(first, HEAR(second));
		HEAR(first);
		DISMISS(second);
	}
	int at[] = {home, MUST(ns_open(first->pid, "pid")), MUST(ns_open((pid_t)HEAR(first), "pid"))};
	CHILD(visitor, 0) {
		int numbers[8];
		OK(setns(at[2], CLONE_NEWPID));
		CHILD(member, 0) {
			IS(nspid(0, numbers), 3);
			FAILS(EINVAL, setns(at[0], CLONE_NEWPID));
			FAILS(EINVAL, setns(at[1], CLONE_NEWPID));
			OK(setns(at[2], CLONE_NEWPID));
		}
		EXITS(member, 0);
		OK(setns(at[1], CLONE_NEWPID));
		CHILD(between, 0) {
			IS(nspid(0, numbers), 2);
		}
		EXITS(between, 0);
		OK(setns(at[0], CLONE_NEWPID));
		CHILD(back, 0) {
			IS(nspid(0, numbers), 1);
		}
		EXITS(back, 0);
	}
	EXITS(visitor, 0);
	DISMISS(first);
}

/* The numbers of the orphan of each level, from level 0 inwards. */
static int (*orphans)[8];

static void adopt(int level, struct child *self_link)
{
	int gate[2], status;
	char byte;

	MUST(pipe2(gate, O_CLOEXEC));
	CHILD(mother, 0) {
		pid_t pid = MUST(fork());
		if (pid == 0) {
			close(gate[1]);
			nspid(0, orphans[level]);
			IS(read(gate[0], &byte, 1), 1);
			_exit(getppid() == 1 ? 40 + level : 1);
		}
		TELL(mother, pid);
	}
	pid_t orphan = (pid_t)HEAR(mother);
	EXITS(mother, 0);
	OK(write(gate[1], "", 1));
	siginfo_t info;
	OK(waitid(P_PID, (id_t)orphan, &info, WEXITED | WNOWAIT));
	TELL(self_link); /* a zombie now: who else could reap it? */
	HEAR(self_link);
	IS(waitpid(orphan, &status, 0), orphan);
	HOLDS(WIFEXITED(status));
	IS(WEXITSTATUS(status), 40 + level);
}

static void adopt_at_each_level(int level)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		if (level < 3)
			adopt_at_each_level(level + 1);
		adopt(level, init);
	}
	HEAR(init);
	HOLDS(orphans[level][level - 1] > 1);
	OK(kill(orphans[level][level - 1], 0)); /* control: that is its number out here */
	FAILS(ECHILD, waitpid(orphans[level][level - 1], NULL, WNOHANG));
	TELL(init);
	EXITS(init, 0);
}

CASE(orphans_stay_in_their_level)
{
	orphans = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	adopt_at_each_level(1);
}

static void claim_subtrees(void)
{
	pid_t pids[8];
	int numbers[8];

	for (int level = 1; level <= 3; level++) {
		NOTE("level %d", level);
		IS(proc_list(proc_of(level), pids, 8), 2 * (4 - level));
		IS(nspid(level, numbers), 4 - level);
	}
}

static void populate(int level)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		MUST(mount_proc_of(level));
		CHILD(member, 0) {
			HEAR(member);
			if (level == 3)
				claim_subtrees();
		}
		if (level < 3)
			populate(level + 1);
		DISMISS(member);
	}
	EXITS(init, 0);
}

CASE(inner_procfs_of_each_level_shows_its_subtree)
{
	populate(1);
}
