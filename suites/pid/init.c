// SPDX-License-Identifier: GPL-2.0-only
/* The init of a PID namespace and its signals. pid_namespaces(7) "The namespace init process" */
#include "helpers/nscheck.h"

#define GROUP "pid.init"

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
