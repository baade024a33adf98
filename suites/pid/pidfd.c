// SPDX-License-Identifier: GPL-2.0-only
/* pidfds across PID namespaces. pidfd_open(2), pidfd_send_signal(2) */
#include <sys/ioctl.h>
#include <sys/pidfd.h>

#include "suites/pid/patterns.h"

#define GROUP "pid.pidfd"

static void claim_no_signal(int fd)
{
	FAILS(EINVAL, pidfd_send_signal(fd, 0, NULL, 0));
	FAILS(EINVAL, pidfd_send_signal(fd, SIGUSR1, NULL, 0));
}

CASE(send_signal_to_outside_process_einval)
{
	sigset_t pending;
	int outside = MUST(pidfd_open(getpid(), 0));

	signal_block(SIGUSR1);
	CHILD(sibling, NS_PID) {
		IS(getpid(), 1);
		HEAR(sibling);
		MUST(sigpending(&pending));
		HOLDS(sigisemptyset(&pending));
	}
	int beside = MUST(dup(sibling->pidfd)); /* the child's own would be closed in other children */
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		claim_no_signal(outside);
		claim_no_signal(beside);
		TELL(init);
		HEAR(init);
	}
	HEAR(init);
	MUST(sigpending(&pending));
	HOLDS(sigisemptyset(&pending));
	OK(pidfd_send_signal(outside, SIGUSR1, NULL, 0)); /* controls */
	MUST(sigpending(&pending));
	HOLDS(sigismember(&pending, SIGUSR1));
	OK(pidfd_send_signal(init->pidfd, 0, NULL, 0));
	DISMISS(init);
	DISMISS(sibling);
}

/* A field of a text of lines "NAME:\tVALUE" (proc_pid_fdinfo(5)). */
static const char *field(const char *text, const char *name)
{
	static char values[4][64];
	static unsigned int turn;
	char *value = values[turn++ % 4];

	for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		size_t length = strlen(name);
		if (strncmp(line, name, length) == 0 && line[length] == ':' &&
		    sscanf(line + length + 1, " %63[^\n]", value) == 1)
			return value;
	}
	errno = ENOENT;
	return NULL;
}

/* The view of a pidfd of this process in a procfs that lists this process as `pid`. */
static void claim_fdinfo(const char *proc, const char *who, int fd, const char *pid, const char *nspid)
{
	const char *text = MUST(file_read(path("%s/%s/fdinfo/%d", proc, who, fd)));

	IS(MUST(field(text, "Pid")), pid);
	IS(MUST(field(text, "NSpid")), nspid);
}

CASE(fdinfo_shows_reader_view)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		HEAR(init);
	}
	int fd = MUST(dup(init->pidfd));
	const char *pid = path("%d", init->pid), *pids = path("%d\t1", init->pid);
	struct child *sibling = init_with_procfs("/tmp/proc");
	claim_fdinfo("/proc", "self", fd, pid, pids);
	claim_fdinfo("/tmp/proc", "1", fd, "0", "0");
	TELL(init);
	AWAIT_ZOMBIE(init);
	NOTE("a zombie");
	claim_fdinfo("/proc", "self", fd, pid, pids);
	EXITS(init, 0);
	NOTE("after it was reaped");
	claim_fdinfo("/proc", "self", fd, "-1", "-1");
	claim_fdinfo("/tmp/proc", "1", fd, "-1", "-1");
	DISMISS(sibling);
}

/* What the ioctl knows of a process. */
static struct pidfd_info_first info_of(int fd)
{
	struct pidfd_info_first info = {.mask = PIDFD_INFO_PID};

	OK(ioctl(fd, PIDFD_GET_INFO_FIRST, &info));
	return info;
}

CASE(get_info_refuses_invisible_process)
{
	int outside = MUST(pidfd_open(getpid(), 0));

	IS(info_of(outside).pid, getpid());
	CHILD(init, NS_PID) {
		int own = MUST(pidfd_open(getpid(), 0));
		IS(getpid(), 1);
		IS(info_of(own).pid, 1);
		IS(info_of(own).ppid, 0);
		IS_MINUS_ONE(ioctl(outside, PIDFD_GET_INFO_FIRST,
				   &(struct pidfd_info_first){.mask = PIDFD_INFO_PID}));
		HOLDS(errno == EREMOTE || errno == ESRCH); /* ESRCH in 6.13 and 6.14 */
		HEAR(init);
	}
	struct pidfd_info_first info = info_of(init->pidfd);
	IS(info.pid, init->pid);
	IS(info.tgid, init->pid);
	IS(info.ppid, getpid());
	DISMISS(init);
}

CASE(file_handle_of_invisible_process_estale)
{
	struct {
		struct file_handle head;
		unsigned char bytes[MAX_HANDLE_SZ];
	} handle = {.head.handle_bytes = MAX_HANDLE_SZ};
	int outside = MUST(pidfd_open(getpid(), 0)), mount;

	OK(name_to_handle_at(outside, "", &handle.head, &mount, AT_EMPTY_PATH));
	int again = OK(open_by_handle_at(outside, &handle.head, 0));
	IS(ns_id_of(again), ns_id_of(outside)); /* the same inode */
	CHILD(init, NS_PID) {
		int own = MUST(pidfd_open(getpid(), 0));
		IS(getpid(), 1);
		FAILS(ESTALE, open_by_handle_at(own, &handle.head, 0));
	}
	EXITS(init, 0);
}

CASE(recycled_number_is_not_signalled)
{
	CHILD(init, NS_PID | NS_MNT) {
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		CHILD(first, 0, .set_tid = (pid_t[]){50}, .set_tid_size = 1) {
			HEAR(first);
		}
		int old[] = {MUST(dup(first->pidfd)), MUST(open("/proc/50", O_DIRECTORY | O_CLOEXEC))};
		for (int i = 0; i < 2; i++)
			OK(pidfd_send_signal(old[i], 0, NULL, 0)); /* control */
		DISMISS(first);
		CHILD(second, 0, .set_tid = (pid_t[]){50}, .set_tid_size = 1) {
			HEAR(second);
		}
		IS(second->pid, 50);
		for (int i = 0; i < 2; i++)
			FAILS(ESRCH, pidfd_send_signal(old[i], SIGKILL, NULL, 0));
		DISMISS(second); /* unharmed */
	}
	EXITS(init, 0);
}

CASE(namespace_ioctls_tell_pid_from_pid_for_children)
{
	MUST(unshare(CLONE_NEWPID));
	CHILD(init, 0) {
		IS(getpid(), 1);
		HEAR(init);
	}
	int self = MUST(pidfd_open(getpid(), 0)), now = OK(ioctl(self, PIDFD_GET_PID_NAMESPACE, 0));
	int next = OK(ioctl(self, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, 0));
	SAME_NS(BEHIND(now), 0, NS_PID);
	SAME_NS(BEHIND(next), CHILDREN_OF(0), NS_PID);
	SAME_NS(BEHIND(next), init, NS_PID);
	OTHER_NS(BEHIND(next), BEHIND(now), NS_PID);
	DISMISS(init);
}

CASE(wait_on_non_child_echild)
{
	int outside = MUST(pidfd_open(getpid(), 0));
	siginfo_t info;

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		FAILS(ECHILD, waitid(P_PIDFD, (id_t)outside, &info, WEXITED));
		HEAR(init);
		_exit(42);
	}
	HOLDS(!ready(init->pidfd));
	TELL(init);
	AWAIT(init->pidfd);
	OK(waitid(P_PIDFD, (id_t)init->pidfd, &info, WEXITED | WNOWAIT));
	IS(info.si_pid, init->pid);
	IS(info.si_status, 42);
	EXITS(init, 42);
}
