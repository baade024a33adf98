// SPDX-License-Identifier: GPL-2.0-only
/* Orphans and zombies of a PID namespace. pid_namespaces(7) "Adoption of orphaned children" */
#include <sys/prctl.h>

#include "suites/pid/patterns.h"

#define GROUP "pid.reap"

CASE(orphan_is_adopted_by_namespace_init)
{
	CHILD(init, NS_PID) {
		siginfo_t info;
		int gate[2];
		IS(getpid(), 1);
		MUST(pipe2(gate, O_CLOEXEC));
		CHILD(parent, 0) {
			CHILD(orphan, 0) {
				TELL(orphan, getppid());
				close(gate[1]);
				AWAIT(gate[0]);
				IS(getppid(), 1);
				_exit(42);
			}
			IS(HEAR(orphan), getpid()); /* control: until now its parent is who made it */
			orphan_bequeath(parent, orphan);
		}
		pid_t adopted = orphan_inherited(parent);
		close(gate[1]);
		OK(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT));
		IS(info.si_pid, adopted);
		IS(orphan_reaped(adopted), 42);
	}
	EXITS(init, 0);
}

CASE(orphan_zombie_stays_until_init_waits)
{
	CHILD(init, NS_PID | NS_MNT) {
		siginfo_t info;
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		CHILD(parent, 0) {
			CHILD(orphan, 0) {
				_exit(0);
			}
			orphan_bequeath(parent, orphan);
		}
		pid_t orphan = orphan_inherited(parent);

		OK(waitid(P_PID, (id_t)orphan, &info, WEXITED | WNOWAIT));
		OK(kill(orphan, 0));
		IS(proc_state(orphan), 'Z');

		IS(waitpid(orphan, NULL, 0), orphan);
		FAILS(ESRCH, kill(orphan, 0));
		HOLDS(!file_exists(proc_path(orphan, "stat")));
	}
	EXITS(init, 0);
}

static void become_subreaper(void)
{
	MUST(prctl(PR_SET_CHILD_SUBREAPER, 1));
}

/* A zombie that nobody waits for is freed a moment after it stopped counting as a child. */
static void claim_freed(pid_t pid)
{
	while (kill(pid, 0) == 0)
		sched_yield();
	FAILS(ESRCH, kill(pid, 0));
}

CASE(init_ignoring_sigchld_reaps_orphans_automatically)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		MUST(sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_IGN}, NULL));
		pid_t parent = MUST(fork());
		if (parent == 0) {
			CHILD(orphan, 0) {
				IS(orphan_parent(orphan), 1);
			}
			orphan_leave(orphan);
		}
		FAILS(ECHILD, waitpid(-1, NULL, 0)); /* both are gone, and neither was seen */
		claim_freed(parent);
		claim_freed(parent + 1);
	}
	EXITS(init, 0);
}

CASE(subreaper_inside_takes_orphans_before_init)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		CHILD(plain, 0) {
			make_orphan(1); /* control */
			TELL(plain);
			HEAR(plain);
		}
		HEAR(plain);
		IS(orphan_reaped(-1), 42);
		DISMISS(plain);
		CHILD(subreaper, 0) {
			become_subreaper();
			make_orphan(getpid());
			IS(orphan_reaped(-1), 42);
		}
		EXITS(subreaper, 0);
	}
	EXITS(init, 0);
}

CASE(subreaper_set_late_covers_existing_descendants)
{
	pid_t adopter = getpid();

	CHILD(helper, 0) {
		CHILD(orphan, 0) {
			IS(orphan_parent(orphan), adopter);
			_exit(42);
		}
		HEAR(helper);
		orphan_leave(orphan);
	}
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		HEAR(init);
		make_orphan(1);
		IS(orphan_reaped(-1), 42);
	}
	become_subreaper();
	DISMISS(helper);
	IS(orphan_reaped(-1), 42);
	DISMISS(init);
}

CASE(subreaper_outside_the_namespace_is_not_used)
{
	become_subreaper();
	make_orphan(getpid()); /* control */
	IS(orphan_reaped(-1), 42);
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		make_orphan(1);
		TELL(init);
		HEAR(init);
		IS(orphan_reaped(-1), 42);
		TELL(init);
		HEAR(init);
	}
	for (int looks = 0; looks < 2; looks++) { /* before and after init reaped it */
		HEAR(init);
		IS(waitpid(-1, NULL, WNOHANG), 0);
		TELL(init);
	}
	EXITS(init, 0);
}

CASE(orphan_of_injected_process_goes_to_namespace_init)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		TELL(init);
		HEAR(init);
		IS(orphan_reaped(-1), 42);
	}
	HEAR(init);
	VISITOR(injector, init, NS_PID) {
		become_subreaper();
		make_orphan(1);
		FAILS(ECHILD, waitpid(-1, NULL, WNOHANG));
	}
	EXITS(injector, 0);
	DISMISS(init);
}

CASE(injected_child_is_adopted_in_its_fathers_namespace)
{
	int gate[2];

	become_subreaper();
	MUST(pipe2(gate, O_CLOEXEC));
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		close(gate[1]);
		HEAR(init);
		FAILS(ECHILD, waitpid(-1, NULL, WNOHANG));
		TELL(init);
		HEAR(init);
	}
	VISITOR(injector, init, NS_PID) {
		CHILD(orphan, 0) {
			close(gate[1]);
			IS_NOT(getpid(), 1);
			IS(getppid(), 0);
			TELL(orphan);
			AWAIT(gate[0]);
			IS(getppid(), 0);
			_exit(42);
		}
		HEAR(orphan);
		orphan_bequeath(injector, orphan);
	}
	pid_t orphan = orphan_inherited(injector);
	TELL(init);
	HEAR(init);
	close(gate[1]);
	IS(orphan_reaped(orphan), 42);
	DISMISS(init);
}

CASE(init_ppid_is_0_and_stays_0)
{
	int gate[2];

	become_subreaper();
	MUST(pipe2(gate, O_CLOEXEC));
	CHILD(parent, 0) {
		close(gate[1]);
		CHILD(init, NS_PID) {
			IS(getpid(), 1);
			IS(getppid(), 0);
			CHILD(member, 0) {
				IS(getppid(), 1); /* control */
			}
			EXITS(member, 0);
			TELL(init);
			AWAIT(gate[0]);
			IS(getppid(), 0);
			_exit(42);
		}
		HEAR(init);
		orphan_bequeath(parent, init);
	}
	pid_t init = orphan_inherited(parent);
	IS(proc_status(init, "PPid"), path("%d", getpid()));
	close(gate[1]);
	IS(orphan_reaped(init), 42);
}
