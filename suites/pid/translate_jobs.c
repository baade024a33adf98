// SPDX-License-Identifier: GPL-2.0-only
/* Process groups and sessions that reach across the border of a PID namespace. setpgid(2), kill(2), tty_ioctl(4) */
/* Goes on from translate.c. */
#include <sys/ioctl.h>
#include <termios.h>

#include "helpers/nscheck.h"

#define GROUP "pid.translate"

static sigset_t user_signals_block(void)
{
	sigset_t set = signal_block(SIGUSR1);

	signal_block(SIGUSR2);
	sigaddset(&set, SIGUSR2);
	return set;
}

CASE(kill_0_reaches_an_inherited_outer_process_group)
{
	CHILD(leader, 0) {
		siginfo_t info;
		sigset_t signals = user_signals_block();
		MUST(setpgid(0, 0));
		CHILD(init, NS_PID) {
			IS(getpid(), 1);
			OK(kill(0, SIGUSR1));
			TELL(init);
			HEAR(init);
			MUST(setsid());
			OK(kill(0, SIGUSR1));
		}
		HEAR(init);
		IS(sigwaitinfo(&signals, &info), SIGUSR1);
		IS(info.si_pid, init->pid);
		DISMISS(init);
		MUST(kill(getpid(), SIGUSR2));
		IS(sigwaitinfo(&signals, &info), SIGUSR2); /* the lower number would come first */
		IS(info.si_pid, getpid());
	}
	EXITS(leader, 0);
}

CASE(setpgid_cannot_use_outside_groups)
{
	CHILD(leader, 0) {
		MUST(setpgid(0, 0));
		TELL(leader);
		HEAR(leader);
	}
	HEAR(leader);
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		FAILS(EPERM, setpgid(0, leader->pid));
		FAILS(ESRCH, setpgid(leader->pid, 0));
		TELL(init);
		HEAR(init);
	}
	HEAR(init);
	IS(getpgid(init->pid), getpgrp());
	CHILD(ordinary, 0) { /* control */
		OK(setpgid(0, leader->pid));
		IS(getpgrp(), leader->pid);
	}
	EXITS(ordinary, 0);
	DISMISS(init);
	DISMISS(leader);
}

/* A new session with a new terminal; a process in the background may change what is in the foreground. */
static int terminal_make(void)
{
	int master = MUST(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));

	MUST(grantpt(master));
	MUST(unlockpt(master));
	MUST(setsid());
	MUST(signal(SIGTTOU, SIG_IGN) == SIG_ERR ? -1 : 0);
	return MUST(open(ptsname(master), O_RDWR | O_CLOEXEC)); /* and so gets it to control */
}

CASE(terminal_foreground_group)
{
	CHILD(leader, 0) {
		int terminal = terminal_make();
		IS(tcgetpgrp(terminal), getpid()); /* controls */
		IS(tcgetsid(terminal), getpid());
		CHILD(init, NS_PID) {
			pid_t session = -1, outer = (pid_t)HEAR(init);
			IS(getpid(), 1);
			IS(tcgetpgrp(terminal), 0);
			OK(ioctl(terminal, TIOCGSID, &session));
			IS(session, 0);
			FAILS(ESRCH, tcsetpgrp(terminal, outer));
			MUST(setpgid(0, 0));
			OK(tcsetpgrp(terminal, 1));
			IS(tcgetpgrp(terminal), 1);
			TELL(init);
			HEAR(init);
		}
		TELL(init, getpid());
		HEAR(init);
		IS(tcgetpgrp(terminal), init->pid);
		OK(tcsetpgrp(terminal, getpid()));
		DISMISS(init);
	}
	EXITS(leader, 0);
}
