// SPDX-License-Identifier: GPL-2.0-only
/* Signals and ends across several levels. pid_namespaces(7) "The namespace init process" */
/* Goes on from pid.c. */
#include "helpers/nscheck.h"

#define GROUP "nesting.pid"

/* Each level: an init and a member, which say their numbers of level 0 into the pipe and stay. */
static void inhabit(int level, int out)
{
	CHILD(init, NS_PID) {
		pid_t pid = proc_self();
		IS(getpid(), 1);
		CHILD(member, 0) {
			pid_t own = proc_self();
			MUST(write(out, &own, sizeof(own)));
			pause();
		}
		MUST(write(out, &pid, sizeof(pid)));
		if (level < 5)
			inhabit(level + 1, out);
		DIES_BY(member, SIGKILL);
	}
	EXITS(init, 0);
}

CASE(killing_the_outermost_init_kills_all_levels)
{
	pid_t pids[10];
	int numbers[2];

	MUST(pipe2(numbers, O_CLOEXEC));
	CHILD(outermost, NS_PID) {
		IS(getpid(), 1);
		inhabit(1, numbers[1]);
	}
	for (int i = 0; i < 10; i++) {
		AWAIT(numbers[0]);
		MUST(read(numbers[0], &pids[i], sizeof(pids[i])));
		OK(kill(pids[i], 0));
	}
	KILL(outermost);
	for (int i = 0; i < 10; i++)
		FAILS(ESRCH, kill(pids[i], 0));
}

CASE(killing_an_inner_init_leaves_outer_levels)
{
	pid_t pids[3];
	int numbers[2];

	MUST(pipe2(numbers, O_CLOEXEC));
	CHILD(first, NS_PID) {
		IS(getpid(), 1);
		CHILD(second, NS_PID) {
			pids[0] = proc_self();
			CHILD(member, 0) {
				pids[1] = proc_self();
				CHILD(third, NS_PID) {
					IS(getpid(), 1);
					pids[2] = proc_self();
					MUST(write(numbers[1], pids, sizeof(pids)));
					pause();
				}
				EXITS(third, 0);
			}
			EXITS(member, 0);
		}
		DIES_BY(second, SIGKILL);
		CHILD(later, 0) {}
		EXITS(later, 0);
		TELL(first);
		HEAR(first);
		_exit(7);
	}
	AWAIT(numbers[0]);
	IS(read(numbers[0], pids, sizeof(pids)), sizeof(pids));
	OK(kill(pids[2], 0)); /* control */
	OK(kill(pids[0], SIGKILL));
	HEAR(first);
	for (int i = 0; i < 3; i++)
		FAILS(ESRCH, kill(pids[i], 0));
	TELL(first);
	EXITS(first, 7);
}

CASE(signal_rules_hold_between_adjacent_levels)
{
	CHILD(first, NS_PID) {
		IS(getpid(), 1);
		CHILD(second, NS_PID) {
			IS(getpid(), 1);
			OK(kill(1, SIGKILL));
			TELL(second);
			HEAR(second);
			TELL(second);
			pause();
		}
		HEAR(second);
		OK(kill(second->pid, SIGTERM));
		TELL(second);
		HEAR(second); /* it has answered: both were ignored */
		CHILD(ordinary, 0) {
			pause();
		}
		OK(kill(ordinary->pid, SIGTERM)); /* control */
		DIES_BY(ordinary, SIGTERM);
		KILL(second);
	}
	EXITS(first, 0);
}

/* Waits for one SIGUSR1 and claims who sent it. */
static void claim_signal_from(int sig, pid_t sender)
{
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	IS(sigwaitinfo(&set, &info), sig);
	IS(info.si_pid, sender);
}

CASE(si_pid_is_relative_to_the_receiver_level)
{
	CHILD(first, NS_PID) {
		IS(getpid(), 1);
		signal_block(SIGCHLD);
		CHILD(filler, 0) {
			HEAR(filler);
		}
		CHILD(second, NS_PID) {
			signal_block(SIGUSR1);
			TELL(second, proc_self());
			claim_signal_from(SIGUSR1, 0); /* from level 0 */
			TELL(second);
			claim_signal_from(SIGUSR1, 0); /* from level 1 */
			CHILD(member, 0) {
				OK(kill(1, SIGUSR1));
				HEAR(member);
			}
			IS_NOT(member->pid, 1);
			claim_signal_from(SIGUSR1, member->pid);
			DISMISS(member);
			IS(getpid(), 1);
		}
		TELL(first, HEAR(second));
		HEAR(second);
		OK(kill(second->pid, SIGUSR1));
		claim_signal_from(SIGCHLD, second->pid);
		EXITS(second, 0);
		DISMISS(filler);
	}
	OK(kill((pid_t)HEAR(first), SIGUSR1));
	EXITS(first, 0);
}
