// SPDX-License-Identifier: GPL-2.0-only
/* PIDs in what the kernel tells a process about others, numbered for who is told. pid_namespaces(7) */
/* Goes on from translate.c. */
#include <linux/seccomp.h>
#include <mqueue.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "helpers/nscheck.h"
#include "helpers/seccomp.h"

#define GROUP "pid.translate"

CASE(async_io_signal_between_namespaces)
{
	sigset_t usr1 = signal_block(SIGUSR1);
	int ends[2];

	MUST(pipe2(ends, O_CLOEXEC));
	CHILD(owner, NS_PID) {
		siginfo_t info;
		IS(getpid(), 1);
		MUST(fcntl(ends[0], F_SETOWN, 1));
		MUST(fcntl(ends[0], F_SETSIG, SIGUSR1));
		MUST(fcntl(ends[0], F_SETFL, O_ASYNC));
		TELL(owner);
		IS(sigwaitinfo(&usr1, &info), SIGUSR1);
		IS(info.si_code, POLL_IN);
		IS(info.si_fd, ends[0]);
	}
	HEAR(owner);
	CHILD(writer, NS_PID) {
		sigset_t pending;
		IS(getpid(), 1);
		OK(write(ends[1], "", 1));
		MUST(sigpending(&pending));
		HOLDS(!sigismember(&pending, SIGUSR1)); /* which has the same number */
	}
	EXITS(writer, 0);
	EXITS(owner, 0);
}

static mqd_t queue_make(void)
{
	static const struct mq_attr small = {.mq_maxmsg = 1, .mq_msgsize = 1};

	return mq_open("/queue", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &small);
}

static int notify_by_usr1(mqd_t queue)
{
	return mq_notify(queue, &(struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1});
}

/* The sender of the message that the next SIGUSR1 tells of. */
static pid_t notified_of(const sigset_t *usr1)
{
	siginfo_t info;

	IS(sigwaitinfo(usr1, &info), SIGUSR1);
	IS(info.si_code, SI_MESGQ);
	return info.si_pid;
}

CASE(mq_notify_from_outside_has_si_pid_0, .own = NS_IPC)
{
	sigset_t usr1 = signal_block(SIGUSR1);
	mqd_t queue = MUST(queue_make());

	CHILD(init, NS_PID) {
		char byte;
		IS(getpid(), 1);
		CHILD(member, 0) {
			HEAR(member);
			MUST(mq_send(queue, "", 1, 0));
		}
		OK(notify_by_usr1(queue));
		TELL(member);
		IS(notified_of(&usr1), 2); /* control */
		EXITS(member, 0);
		MUST(mq_receive(queue, &byte, 1, NULL));
		OK(notify_by_usr1(queue));
		TELL(init);
		IS(notified_of(&usr1), 0);
	}
	HEAR(init);
	OK(mq_send(queue, "", 1, 0));
	EXITS(init, 0);
}

CASE(mq_notify_from_inside_has_host_pid, .own = NS_IPC)
{
	sigset_t usr1 = signal_block(SIGUSR1);
	mqd_t queue = MUST(queue_make());

	OK(notify_by_usr1(queue));
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		OK(mq_send(queue, "", 1, 0));
		TELL(init);
	}
	HEAR(init);
	IS(notified_of(&usr1), init->pid);
	EXITS(init, 0);
}

/* Whom the next event of a fanotify group names. */
static pid_t event_pid(int group)
{
	struct fanotify_event_metadata event = {0};

	MUST(read(group, &event, sizeof(event)));
	IS(event.mask, FAN_OPEN);
	MUST(close(event.fd));
	return event.pid;
}

CASE(fanotify_event_pid)
{
	int group = MUST(fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC));

	MUST(file_make("/tmp/file"));
	MUST(fanotify_mark(group, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "/tmp/file"));
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		MUST(open("/tmp/file", O_RDONLY | O_CLOEXEC));
		TELL(init);
		HEAR(init);
		IS(event_pid(group), 0);
		MUST(open("/tmp/file", O_RDONLY | O_CLOEXEC));
		IS(event_pid(group), 1); /* control */
	}
	HEAR(init);
	IS(event_pid(group), init->pid);
	MUST(open("/tmp/file", O_RDONLY | O_CLOEXEC));
	TELL(init);
	EXITS(init, 0);
}

/* Answers the next call that waits at a listener, and gives who made it. */
static pid_t answer(int listener, long long value)
{
	struct seccomp_notif call = {0};

	AWAIT(listener);
	MUST(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call));
	struct seccomp_notif_resp reply = {.id = call.id, .val = value};
	OK(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply));
	return (pid_t)call.pid;
}

CASE(seccomp_notification_pid)
{
	CHILD(target, NS_PID) {
		IS(getpid(), 1);
		GIVE_FD(target, MUST(seccomp_filter(SYS_getppid, SECCOMP_RET_USER_NOTIF)));
		IS(getppid(), 100);
		IS(getppid(), 200);
	}
	int listener = TAKE_FD(target);
	IS(answer(listener, 100), target->pid);
	CHILD(sibling, NS_PID) {
		IS(getpid(), 1);
		IS(answer(listener, 200), 0);
	}
	EXITS(sibling, 0);
	EXITS(target, 0);
}

static void await_stop(pid_t pid, int event)
{
	int status;

	IS(waitpid(pid, &status, __WALL), pid);
	HOLDS(WIFSTOPPED(status));
	IS(status >> 16, event);
}

CASE(ptrace_event_message)
{
	unsigned long forked = 0;

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		HEAR(init);
		CHILD(member, 0) {}
		IS(member->pid, 2);
		EXITS(member, 0);
	}
	MUST(ptrace(PTRACE_SEIZE, init->pid, NULL, PTRACE_O_TRACEFORK));
	TELL(init);
	await_stop(init->pid, PTRACE_EVENT_FORK);
	OK(ptrace(PTRACE_GETEVENTMSG, init->pid, NULL, &forked));
	IS(MUST(proc_status((pid_t)forked, "NSpid")), path("%lu\t2", forked));
	await_stop((pid_t)forked, PTRACE_EVENT_STOP);
	MUST(ptrace(PTRACE_DETACH, (pid_t)forked, NULL, NULL));
	MUST(ptrace(PTRACE_DETACH, init->pid, NULL, NULL));
	EXITS(init, 0);
}
