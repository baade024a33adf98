// SPDX-License-Identifier: GPL-2.0-only
/* What several groups of this suite arrange or claim in the same way. pid_namespaces(7) */
#include "suites/pid/patterns.h"

struct child *init_with_procfs(const char *dir)
{
	MUST(dir_make(dir));
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		MUST(proc_mount(dir));
		TELL(init);
		HEAR(init);
	}
	HEAR(init);
	return init;
}

struct child *witness_of_the_end(struct child *init, pid_t number)
{
	VISITOR(witness, init, NS_PID) {
		CHILD(member, 0) {
			signal_block_all();
			IS(getpid(), number);
			TELL(member);
			for (;;)
				pause();
		}
		HEAR(member);
		TELL(witness);
		DIES_BY(member, SIGKILL);
	}
	HEAR(witness);
	return witness;
}

void make_orphan(pid_t adopter)
{
	CHILD(parent, 0) {
		CHILD(orphan, 0) {
			IS(orphan_parent(orphan), adopter);
			_exit(42);
		}
		orphan_leave(orphan);
	}
	EXITS(parent, 0);
}
