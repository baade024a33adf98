// SPDX-License-Identifier: GPL-2.0-only
/* PIDs that the kernel stores and tells later, in the namespace of who reads them. pid_namespaces(7) */
/* Goes on from translate.c. */
#include <linux/futex.h>

#include "helpers/nscheck.h"

#define GROUP "pid.translate"

CASE(process_group_and_session_of_a_new_init)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		IS(getpgid(0), 0);
		IS(getpgrp(), 0);
		IS(getsid(0), 0);
		OK(setsid());
		IS(getpgid(0), 1);
		IS(getpgrp(), 1);
		IS(getsid(0), 1);
		CHILD(member, 0) {
			IS(getpgid(0), 1);
			IS(getsid(0), 1);
		}
		EXITS(member, 0);
	}
	EXITS(init, 0);
}

/* rt_sigqueueinfo(2) of SIGUSR1 with a sender of the caller's choice. -1 with errno. */
static int queue_as(pid_t target, pid_t sender, int value)
{
	siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE};

	info.si_pid = sender;
	info.si_value.sival_int = value;
	return (int)syscall(SYS_rt_sigqueueinfo, target, SIGUSR1, &info);
}

CASE(sigqueue_from_ancestor_cannot_forge_si_pid)
{
	CHILD(init, NS_PID) {
		siginfo_t info;
		sigset_t usr1 = signal_block(SIGUSR1);
		IS(getpid(), 1);
		CHILD(member, 0) {
			OK(queue_as(1, 777, 5));
		}
		EXITS(member, 0);
		IS(sigwaitinfo(&usr1, &info), SIGUSR1);
		IS(info.si_pid, 777);
		IS(info.si_value.sival_int, 5);
		TELL(init);
		IS(sigwaitinfo(&usr1, &info), SIGUSR1);
		HOLDS(info.si_code == SI_QUEUE);
		IS(info.si_pid, 0);
		IS(info.si_value.sival_int, 6);
	}
	HEAR(init);
	OK(queue_as(init->pid, 777, 6));
	EXITS(init, 0);
}

CASE(fcntl_getlk_owner)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int outer = MUST(open("/tmp/outer", O_RDWR | O_CREAT | O_CLOEXEC, 0600)),
	    inner = MUST(open("/tmp/inner", O_RDWR | O_CREAT | O_CLOEXEC, 0600));

	MUST(fcntl(outer, F_SETLK, &whole));
	CHILD(init, NS_PID) {
		struct flock found = whole;
		IS(getpid(), 1);
		OK(fcntl(outer, F_GETLK, &found));
		IS(found.l_type, F_WRLCK);
		IS(found.l_pid, 0);
		MUST(fcntl(inner, F_SETLK, &whole));
		TELL(init);
		HEAR(init);
	}
	HEAR(init);
	struct flock found = whole;
	OK(fcntl(inner, F_GETLK, &found));
	IS(found.l_type, F_WRLCK);
	IS(found.l_pid, init->pid);
	DISMISS(init);
}

/* The C library asks F_GETOWN_EX for F_GETOWN. */
static int owner_of(int fd)
{
	int owner = (int)syscall(SYS_fcntl, fd, F_GETOWN);

	IS(fcntl(fd, F_GETOWN), owner);
	return owner;
}

CASE(fcntl_getown)
{
	int ends[2];

	MUST(pipe2(ends, O_CLOEXEC));
	OK(fcntl(ends[0], F_SETOWN, getpid()));
	IS(owner_of(ends[0]), getpid());
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		IS(owner_of(ends[0]), 0);
		OK(fcntl(ends[0], F_SETOWN, 1));
		IS(owner_of(ends[0]), 1);
		TELL(init);
		HEAR(init);
	}
	HEAR(init);
	IS(owner_of(ends[0]), init->pid);
	DISMISS(init);
}

CASE(pi_futex_word_holds_the_inner_tid)
{
	CHILD(init, NS_PID) {
		static uint32_t word;
		IS(getpid(), 1);
		OK(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
		IS(word, 1);
		IS(gettid(), 1);
		IS(syscall(SYS_set_tid_address, NULL), 1);
	}
	EXITS(init, 0);
}
