// SPDX-License-Identifier: GPL-2.0-only
/* The init of a PID namespace and its signals. pid_namespaces(7) "The namespace init process" */
#include <sys/pidfd.h>

#include "helpers/nscheck.h"

#define GROUP "pid.init"

static void claim_runs(struct child *init)
{
	TELL(init);
	HEAR(init);
	IS(waitpid(init->pid, NULL, WNOHANG | WUNTRACED), 0);
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
		CHILD(member, 0) {
			OK(kill(1, SIGKILL));
		}
		EXITS(member, 0); /* init lives: it reaped the sender */
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
			CHILD(member, 0) {
				OK(kill(1, signals[i]));
			}
			EXITS(member, 0);
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

CASE(handled_signal_from_inside_is_delivered)
{
	CHILD(init, NS_PID) {
		struct sigaction handled = {.sa_sigaction = keep, .sa_flags = SA_SIGINFO};
		IS(getpid(), 1);
		MUST(sigaction(SIGTERM, &handled, NULL));
		CHILD(member, 0) {
			OK(kill(1, SIGTERM));
		}
		pid_t sender = member->pid;
		EXITS(member, 0);
		IS(times, 1);
		IS(received.si_code, SI_USER);
		IS(received.si_pid, sender);

		MUST(signal(SIGTERM, SIG_DFL));
		CHILD(other, 0) {
			OK(kill(1, SIGTERM));
		}
		EXITS(other, 0);
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
			sigset_t all;
			sigfillset(&all);
			IS(getpid(), 1);
			CHILD(member, 0) {
				OK(kill(1, SIGKILL));
			}
			EXITS(member, 0);
			if (blocked)
				MUST(sigprocmask(SIG_BLOCK, &all, NULL));
			TELL(init);
			HEAR(init);
		}
		HEAR(init);
		OK(kill(init->pid, SIGKILL));
		DIES_BY(init, SIGKILL);
	}
}
