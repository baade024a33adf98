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
			SAME_NS(0, home, NS_PID);

			CHILD(command, 0) {
				IS(getpid(), i + 2);
				IS(getppid(), 0);
				TELL(command);
				HEAR(command);
			}
			HEAR(command);
			SAME_NS(command, BEHIND(ways[0]), NS_PID);
			TELL(joiner, i + 2);
			DIES_BY(command, SIGTERM);
		}
		TELL(container, HEAR(joiner));
		EXITS(joiner, 0);
	}
	DISMISS(container);
}

static void claim_joined(void)
{
	CHILD(command, 0) {
		IS(getpid(), 2);
	}
	EXITS(command, 0);
}

CASE(needs_cap_sys_admin_in_both_user_namespaces)
{
	CHILD(of_the_host, NS_PID) {
		IS(getpid(), 1);
		HEAR(of_the_host);
	}
	CHILD(of_a_user, NS_PID | NS_USER, .map = CONTAINER_MAP) {
		IS(getpid(), 1);
		HEAR(of_a_user);
	}
	int host_owned = MUST(ns_open(of_the_host->pid, "pid")), owned = MUST(ns_open(of_a_user->pid, "pid")),
	    owner = MUST(ns_open(of_a_user->pid, "user"));

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, setns(host_owned, CLONE_NEWPID));
	}
	EXITS(user, 0);
	CHILD(root_elsewhere, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EPERM, setns(host_owned, CLONE_NEWPID));
	}
	EXITS(root_elsewhere, 0);
	CHILD(root, 0) {
		OK(setns(host_owned, CLONE_NEWPID));
		claim_joined();
	}
	EXITS(root, 0);
	CHILD(joiner, 0) {
		OK(setns(owner, CLONE_NEWUSER));
		FAILS(EPERM, setns(host_owned, CLONE_NEWPID));
		OK(setns(owned, CLONE_NEWPID));
		claim_joined();
	}
	EXITS(joiner, 0);
	DISMISS(of_a_user);
	DISMISS(of_the_host);
}

CASE(pidfd_means_the_active_namespace_of_the_target)
{
	CHILD(target, 0) {
		MUST(unshare(CLONE_NEWPID));
		CHILD(init, 0) {
			IS(getpid(), 1);
			HEAR(init);
		}
		TELL(target);
		HEAR(target);
		DISMISS(init);
	}
	HEAR(target);
	OTHER_NS(CHILDREN_OF(target), target, NS_PID);

	MUST(unshare(CLONE_NEWPID)); /* so that there is something to undo */
	OK(setns(target->pidfd, CLONE_NEWPID));
	SAME_NS(CHILDREN_OF(0), 0, NS_PID);
	CHILD(next, 0) {
		IS_NOT(getpid(), 1);
		SAME_NS(0, target, NS_PID);
	}
	EXITS(next, 0);
	DISMISS(target);
}

CASE(foreign_pid_1_with_set_tid)
{
	static const pid_t pids[] = {1, 30001};
	long long seen[32];

	CHILD(creator, NS_USER, .map = CONTAINER_MAP) {
		MUST(unshare(CLONE_NEWPID));
		TELL(creator);
		HEAR(creator);
	}
	HEAR(creator);
	int empty = OK(ns_open(creator->pid, "pid_for_children"));
	CHILD(joiner, 0) {
		OK(setns(empty, CLONE_NEWPID));
		CHILD(init, 0, .set_tid = pids, .set_tid_size = 2) {
			IS(getpid(), 1);
			HEAR(init);
		}
		IS(init->pid, 30001);
		int levels = OK(proc_status_numbers(init->pid, "NSpid", seen, 32));
		HOLDS(levels >= 2);
		IS(seen[levels - 2], 30001);
		IS(seen[levels - 1], 1);
		SAME_NS(init, BEHIND(empty), NS_PID);
		DISMISS(init);
	}
	EXITS(joiner, 0);
	DISMISS(creator);
}
