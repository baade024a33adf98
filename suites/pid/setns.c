// SPDX-License-Identifier: GPL-2.0-only
/* Joining a PID namespace. setns(2), pid_namespaces(7) "setns(2) and unshare(2) semantics" */
#include <sys/pidfd.h>

#include "helpers/nscheck.h"

#define GROUP "pid.setns"

CASE(child_of_the_joiner_lands_in_the_namespace)
{
	CHILD(container, NS_PID | NS_MNT) {
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		for (int i = 0; i < 2; i++) {
			pid_t command = (pid_t)HEAR(container);
			IS(proc_status(command, "PPid"), "0");
			OK(kill(command, SIGTERM));
		}
		HEAR(container); /* its end would be the end of the last command too */
	}
	int ways[] = {MUST(ns_open(container->pid, "pid")), MUST(pidfd_open(container->pid, 0))};

	for (int i = 0; i < 2; i++) {
		CHILD(joiner, 0) {
			pid_t self = getpid();
			long long home = ns_id(0, "pid");
			NOTE("%s", i ? "by a pidfd" : "by a file of /proc/PID/ns");
			OK(setns(ways[i], CLONE_NEWPID));
			IS(getpid(), self);
			IS(ns_id(0, "pid"), home);

			CHILD(command, 0) {
				IS(getpid(), i + 2);
				IS(getppid(), 0);
				TELL(command);
				HEAR(command);
			}
			HEAR(command);
			IS(ns_id(command->pid, "pid"), ns_id_of(ways[0]));
			TELL(joiner, i + 2);
			DIES_BY(command, SIGTERM);
		}
		TELL(container, HEAR(joiner));
		EXITS(joiner, 0);
	}
	DISMISS(container);
}
