// SPDX-License-Identifier: GPL-2.0-only
/* Orphans and zombies of a PID namespace. pid_namespaces(7) "Adoption of orphaned children" */
#include "helpers/nscheck.h"

#define GROUP "pid.reap"

CASE(orphan_is_adopted_by_namespace_init)
{
	CHILD(init, NS_PID) {
		int gate[2], status;
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
			TELL(parent, orphan->pid);
			_exit(0); /* leaves the orphan behind */
		}
		pid_t adopted = (pid_t)HEAR(parent);
		EXITS(parent, 0);
		close(gate[1]);
		IS(waitpid(-1, &status, 0), adopted);
		HOLDS(WIFEXITED(status));
		IS(WEXITSTATUS(status), 42);
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
			TELL(parent, orphan->pid);
			_exit(0); /* leaves the orphan behind */
		}
		pid_t orphan = (pid_t)HEAR(parent);
		EXITS(parent, 0);

		OK(waitid(P_PID, (id_t)orphan, &info, WEXITED | WNOWAIT));
		OK(kill(orphan, 0));
		IS(proc_state(orphan), 'Z');

		IS(waitpid(orphan, NULL, 0), orphan);
		FAILS(ESRCH, kill(orphan, 0));
		HOLDS(!file_exists(proc_path(orphan, "stat")));
	}
	EXITS(init, 0);
}
