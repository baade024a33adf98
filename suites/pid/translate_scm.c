// SPDX-License-Identifier: GPL-2.0-only
/* PIDs that the kernel carries from one process to another. pid_namespaces(7) "Miscellaneous", unix(7) */
/* Goes on from translate.c. */
#include <sys/socket.h>
#include <sys/un.h>

#include "helpers/nscheck.h"

#define GROUP "pid.translate"

#define OF_THE_KERNEL (-1) /* no explicit credentials */

/* Sends a byte with SCM_CREDENTIALS that name a process. -1 with errno. */
static ssize_t send_as(int sock, pid_t pid)
{
	struct scm with = scm_who((struct ucred){.pid = pid, .uid = getuid(), .gid = getgid()});

	return scm_send(sock, "", 1, &with);
}

/* The PID that comes with the next byte. */
static pid_t received_pid(int sock)
{
	struct scm with;
	char byte;

	AWAIT(sock);
	MUST(scm_receive(sock, &byte, 1, 0, &with));
	return with.who.pid;
}

static void pair_make(int ends[2])
{
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	for (int i = 0; i < 2; i++)
		MUST(setsockopt(ends[i], SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)));
}

CASE(scm_credentials_up)
{
	int ends[2];

	pair_make(ends);
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		CHILD(member, 0) {
			TELL(member, MUST(proc_self()));
			HEAR(member);
		}
		TELL(init, HEAR(member));
		OK(send_as(ends[1], OF_THE_KERNEL));
		OK(send_as(ends[1], 1));
		OK(send_as(ends[1], member->pid));
		HEAR(init);
		DISMISS(member);
	}
	pid_t member = (pid_t)HEAR(init);
	IS(received_pid(ends[0]), init->pid);
	IS(received_pid(ends[0]), init->pid);
	IS(received_pid(ends[0]), member);
	DISMISS(init);
}

CASE(scm_credentials_down_is_0)
{
	int inward[2], beside[2];

	pair_make(inward);
	pair_make(beside);
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		IS(received_pid(inward[1]), 0);
		IS(received_pid(inward[1]), 0);
	}
	CHILD(outside, 0) { /* control */
		pid_t sender = (pid_t)HEAR(outside);
		IS(received_pid(beside[1]), sender);
		IS(received_pid(beside[1]), sender);
	}
	TELL(outside, getpid());
	OK(send_as(inward[0], OF_THE_KERNEL));
	OK(send_as(inward[0], getpid()));
	OK(send_as(beside[0], OF_THE_KERNEL));
	OK(send_as(beside[0], getpid()));
	EXITS(init, 0);
	EXITS(outside, 0);
}

CASE(scm_credentials_sender_check_uses_own_namespace)
{
	int ends[2];

	pair_make(ends);
	CHILD(init, NS_PID) {
		pid_t number_outside = (pid_t)HEAR(init);
		IS(getpid(), 1);
		OK(send_as(ends[1], 1));
		FAILS(ESRCH, send_as(ends[1], number_outside));
	}
	TELL(init, init->pid);
	EXITS(init, 0);
	CHILD(other, 0, .uid = UNPRIVILEGED) {
		HEAR(other);
	}
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		OK(send_as(ends[1], getpid()));
		FAILS(EPERM, send_as(ends[1], other->pid));
	}
	EXITS(user, 0);
	pid_t outside = getpid();
	CHILD(root, NS_USER, .map = CONTAINER_MAP) { /* all capabilities, but not where the PIDs are */
		FAILS(EPERM, send_as(ends[1], outside));
		CHILD(own, NS_PID) {
			CHILD(member, 0) {
				HEAR(member);
			}
			OK(send_as(ends[1], member->pid));
			DISMISS(member);
		}
		EXITS(own, 0);
	}
	EXITS(root, 0);
	OK(send_as(ends[1], other->pid));
	DISMISS(other);
}

static pid_t peer_of(int sock)
{
	struct ucred peer = {.pid = -1};
	socklen_t size = sizeof(peer);

	OK(getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &peer, &size));
	return peer.pid;
}

CASE(so_peercred)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/tmp/listener"};
	int listener = MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), ends[2];

	MUST(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	MUST(listen(listener, 1));
	CHILD(init, NS_PID) {
		int sock = MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
		IS(getpid(), 1);
		OK(connect(sock, (struct sockaddr *)&address, sizeof(address)));
		IS(peer_of(sock), 0);
		HEAR(init);
	}
	AWAIT(listener);
	IS(peer_of(MUST(accept(listener, NULL, NULL))), init->pid);
	pair_make(ends); /* control */
	IS(peer_of(ends[0]), getpid());
	DISMISS(init);
}

CASE(siginfo_and_wait_use_the_parents_namespace)
{
	sigset_t chld = signal_block(SIGCHLD);
	siginfo_t info;

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		CHILD(member, 0) {
			_exit(3);
		}
		IS(sigwaitinfo(&chld, &info), SIGCHLD);
		IS(info.si_pid, 2);
		OK(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT));
		IS(info.si_pid, 2);
		EXITS(member, 3);
		_exit(5);
	}
	IS(sigwaitinfo(&chld, &info), SIGCHLD);
	IS(info.si_pid, init->pid);
	IS(info.si_status, 5);
	OK(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT));
	IS(info.si_pid, init->pid);
	EXITS(init, 5);
}
