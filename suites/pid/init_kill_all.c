// SPDX-License-Identifier: GPL-2.0-only
/* kill(-1) in a PID namespace. kill(2) */
/* Goes on from init.c. */
#include "helpers/nscheck.h"

#define GROUP "pid.init"

CASE(kill_minus_one_from_init_hits_all_other_members)
{
	CHILD(witness, 0) {
		HEAR(witness);
	}
	CHILD(init, NS_PID) {
		struct child *members[10];
		IS(getpid(), 1); /* or it would end the whole machine */
		for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
			CHILD(member, 0) {
				for (;;)
					pause();
			}
			members[i] = member;
		}
		OK(kill(-1, SIGUSR1));
		for (size_t i = 0; i < ARRAY_SIZE(members); i++)
			DIES_BY(members[i], SIGUSR1);
		FAILS(ESRCH, kill(-1, SIGKILL)); /* init is alone */
	}
	EXITS(init, 0);
	DISMISS(witness);
}

CASE(kill_minus_one_from_a_member_spares_init)
{
	CHILD(init, NS_PID) {
		const struct timespec now = {0};
		IS(getpid(), 1); /* or it would end the whole machine */
		CHILD(other, 0) {
			for (;;)
				pause();
		}
		sigset_t usr1 = signal_block(SIGUSR1);
		CHILD(member, 0) {
			OK(kill(-1, SIGUSR1));
			TELL(member);
			HEAR(member);
			OK(kill(1, SIGUSR1));
		}
		HEAR(member);
		DIES_BY(other, SIGUSR1);
		FAILS(EAGAIN, sigtimedwait(&usr1, NULL, &now));
		TELL(member);
		EXITS(member, 0);
		IS(sigtimedwait(&usr1, NULL, &now), SIGUSR1); /* control: by its own PID it gets it */
	}
	EXITS(init, 0);
}

CASE(kill_minus_one_reaches_nested_members_but_not_their_unhandled_init)
{
	CHILD(outer, NS_PID) {
		IS(getpid(), 1); /* or it would end the whole machine */
		CHILD(sibling, 0) {
			for (;;)
				pause();
		}
		CHILD(handling, NS_PID) {
			siginfo_t info;
			IS(getpid(), 1);
			CHILD(member, 0) {
				for (;;)
					pause();
			}
			sigset_t usr1 = signal_block(SIGUSR1);
			TELL(handling);
			IS(sigwaitinfo(&usr1, &info), SIGUSR1);
			IS(info.si_pid, 0);
			DIES_BY(member, SIGUSR1);
		}
		CHILD(unhandling, NS_PID) {
			IS(getpid(), 1);
			HEAR(unhandling);
		}
		HEAR(handling);
		OK(kill(-1, SIGUSR1));
		DIES_BY(sibling, SIGUSR1);
		EXITS(handling, 0);
		DISMISS(unhandling);
	}
	EXITS(outer, 0);
}
