// SPDX-License-Identifier: GPL-2.0-only
/* The init of a PID namespace and its signals. pid_namespaces(7) "The namespace init process" */
#include <sys/pidfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>

#include "helpers/nscheck.h"

#define GROUP "pid.init"

static void claim_runs(struct child *init)
{
	TELL(init);
	HEAR(init);
	IS(waitpid(init->pid, NULL, WNOHANG | WUNTRACED), 0);
}

/* Of an init: a member of its namespace signals it and ends, which it lives to see. The member's PID. */
static pid_t signalled_by_a_member(int sig)
{
	CHILD(member, 0) {
		OK(kill(1, sig));
	}
	EXITS(member, 0);
	return member->pid;
}

static void answer(struct child *init)
{
	HEAR(init);
	TELL(init);
}

CASE(sigkill_from_inside_is_ignored)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		OK(kill(1, SIGKILL));
		OK(syscall(SYS_tkill, 1, SIGKILL));
		OK(syscall(SYS_tgkill, 1, 1, SIGKILL));
		signalled_by_a_member(SIGKILL);
		_exit(42);
	}
	EXITS(init, 42);

	CHILD(other, NS_PID) {
		HEAR(other);
	}
	OK(kill(other->pid, SIGKILL)); /* control: from outside the same signal is the end */
	DIES_BY(other, SIGKILL);
}

CASE(default_signals_from_inside_are_ignored)
{
	static const int signals[] = {SIGTERM, SIGHUP,  SIGINT,  SIGQUIT, SIGALRM,
				      SIGUSR1, SIGABRT, SIGSEGV, SIGTSTP, SIGSTOP};

	CHILD(init, NS_PID) {
		sigset_t pending;
		int status;
		IS(getpid(), 1);
		for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
			NOTE("SIG%s", sigabbrev_np(signals[i]));
			OK(kill(1, signals[i]));
			signalled_by_a_member(signals[i]);
			MUST(sigpending(&pending));
			HOLDS(sigisemptyset(&pending));
			answer(init);
		}
		CHILD(ordinary, 0) {
			HEAR(ordinary);
		}
		OK(kill(ordinary->pid, SIGSTOP)); /* control: anyone else stops and dies */
		IS(waitpid(ordinary->pid, &status, WUNTRACED), ordinary->pid);
		HOLDS(WIFSTOPPED(status));
		OK(kill(ordinary->pid, SIGTERM));
		OK(kill(ordinary->pid, SIGCONT));
		DIES_BY(ordinary, SIGTERM);
		HEAR(init);
	}
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		NOTE("SIG%s", sigabbrev_np(signals[i]));
		claim_runs(init);
	}
	DISMISS(init);
}

static volatile siginfo_t received;
static volatile int times;

static void keep(int sig __attribute__((unused)), siginfo_t *info, void *context __attribute__((unused)))
{
	received = *info;
	times++;
}

static void handle(int sig)
{
	MUST(sigaction(sig, &(struct sigaction){.sa_sigaction = keep, .sa_flags = SA_SIGINFO}, NULL));
}

CASE(handled_signal_from_inside_is_delivered)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		handle(SIGTERM);
		pid_t sender = signalled_by_a_member(SIGTERM);
		IS(times, 1);
		IS(received.si_code, SI_USER);
		IS(received.si_pid, sender);

		MUST(signal(SIGTERM, SIG_DFL));
		signalled_by_a_member(SIGTERM);
		IS(times, 1);
		_exit(42);
	}
	EXITS(init, 42);
}

CASE(default_signals_from_parent_namespace_are_ignored)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGUSR1, SIGABRT, SIGTSTP};

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		CHILD(ordinary, 0) {
			TELL(ordinary, MUST(proc_self()));
			HEAR(ordinary);
		}
		TELL(init, HEAR(ordinary));
		for (size_t i = 0; i < ARRAY_SIZE(signals) + 1; i++)
			answer(init);
		DIES_BY(ordinary, SIGTERM);
	}
	pid_t ordinary = (pid_t)HEAR(init);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		NOTE("SIG%s by kill", sigabbrev_np(signals[i]));
		OK(kill(init->pid, signals[i]));
		claim_runs(init);
	}
	NOTE("SIGTERM by pidfd_send_signal");
	OK(pidfd_send_signal(init->pidfd, SIGTERM, NULL, 0));
	claim_runs(init);

	OK(kill(ordinary, SIGTERM)); /* control: not an init */
	EXITS(init, 0);
}

CASE(sigkill_from_ancestor_is_forced)
{
	for (int blocked = 0; blocked < 2; blocked++) {
		NOTE("%s", blocked ? "all signals blocked" : "no signal blocked");
		CHILD(init, NS_PID) {
			IS(getpid(), 1);
			signalled_by_a_member(SIGKILL);
			if (blocked)
				signal_block_all();
			TELL(init);
			HEAR(init);
		}
		HEAR(init);
		OK(kill(init->pid, SIGKILL));
		DIES_BY(init, SIGKILL);
	}
}

CASE(handled_signal_from_parent_namespace_has_si_pid_0)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		handle(SIGUSR1);
		pid_t sender = signalled_by_a_member(SIGUSR1);
		IS(received.si_pid, sender); /* control */
		for (int sent = 2; sent <= 3; sent++) {
			received.si_pid = -1;
			TELL(init);
			HEAR(init); /* the signal came before it */
			NOTE("signal %d, by %s", sent, sent == 2 ? "kill" : "pidfd_send_signal");
			IS(times, sent);
			IS(received.si_pid, 0);
			IS(received.si_code, SI_USER);
		}
	}
	HEAR(init);
	OK(kill(init->pid, SIGUSR1));
	TELL(init);
	HEAR(init);
	OK(pidfd_send_signal(init->pidfd, SIGUSR1, NULL, 0));
	DISMISS(init);
}

CASE(sigstop_from_ancestor_stops_and_sigcont_resumes)
{
	int status;

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		HEAR(init);
		signalled_by_a_member(SIGSTOP);
		TELL(init);
		HEAR(init);
	}
	OK(kill(init->pid, SIGSTOP));
	IS(waitpid(init->pid, &status, WUNTRACED), init->pid);
	HOLDS(WIFSTOPPED(status));
	IS(WSTOPSIG(status), SIGSTOP);
	OK(kill(init->pid, SIGCONT));
	IS(waitpid(init->pid, &status, WCONTINUED), init->pid);
	HOLDS(WIFCONTINUED(status));
	claim_runs(init);
	DISMISS(init);
}

CASE(blocked_signal_is_kept_until_a_handler_exists)
{
	CHILD(init, NS_PID) {
		sigset_t usr1 = signal_block(SIGUSR1), pending;
		IS(getpid(), 1);
		answer(init);
		HEAR(init);
		OK(sigpending(&pending));
		HOLDS(sigismember(&pending, SIGUSR1));
		handle(SIGUSR1);
		IS(times, 0);
		OK(sigprocmask(SIG_UNBLOCK, &usr1, NULL));
		IS(times, 1);
		IS(received.si_signo, SIGUSR1);
	}
	TELL(init);
	HEAR(init);
	OK(kill(init->pid, SIGUSR1));
	DISMISS(init);
}

static void take_sigterm_blocked_then_unblock_it(void)
{
	sigset_t term = signal_block(SIGTERM), pending;

	OK(kill(getpid(), SIGTERM));
	OK(sigpending(&pending));
	HOLDS(sigismember(&pending, SIGTERM));
	OK(sigprocmask(SIG_UNBLOCK, &term, NULL));
}

CASE(blocked_default_signal_is_dropped_on_unblock)
{
	CHILD(init, NS_PID) {
		sigset_t pending;
		IS(getpid(), 1);
		take_sigterm_blocked_then_unblock_it();
		OK(sigpending(&pending));
		HOLDS(sigisemptyset(&pending));
		CHILD(ordinary, 0) {
			take_sigterm_blocked_then_unblock_it();
		}
		DIES_BY(ordinary, SIGTERM);
		_exit(42);
	}
	EXITS(init, 42);
}

CASE(timer_signals_with_default_action_are_ignored)
{
	struct itimerval soon = {.it_value.tv_usec = 1000}, rest;
	struct itimerspec later = {.it_value.tv_nsec = 5000000};

	CHILD(init, NS_PID) {
		uint64_t expired;
		int timer = MUST(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
		IS(getpid(), 1);
		OK(setitimer(ITIMER_REAL, &soon, NULL));
		MUST(timerfd_settime(timer, 0, &later, NULL));
		IS(read(timer, &expired, sizeof(expired)), sizeof(expired));
		OK(getitimer(ITIMER_REAL, &rest));
		HOLDS(rest.it_value.tv_sec == 0 && rest.it_value.tv_usec == 0);
		CHILD(ordinary, 0) {
			OK(setitimer(ITIMER_REAL, &soon, NULL));
			for (;;)
				pause();
		}
		DIES_BY(ordinary, SIGALRM);
		_exit(42);
	}
	EXITS(init, 42);
}
