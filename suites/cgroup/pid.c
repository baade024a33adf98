// SPDX-License-Identifier: GPL-2.0-only
/* PIDs in cgroup.procs. cgroups(7) "Cgroups v2 cgroup.procs", pid_namespaces(7) */
#include "helpers/nscheck.h"

#define GROUP "cgroup.pid"

CASE(members_outside_the_pid_namespace_read_as_zero)
{
	MUST(cgroup_make("k"));
	MUST(cgroup_make("other"));
	CHILD(first, 0) {
		HEAR(first);
	}
	CHILD(second, 0) {
		HEAR(second);
	}
	MUST(cgroup_move(first->pid, "k"));
	MUST(cgroup_move(second->pid, "k"));
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		IS(file_read(cgroup_file("k/cgroup.procs")), "0\n0");
		OK(cgroup_move(1, "k"));
		TELL(init);
		HEAR(init);
		IS(file_read(cgroup_file("k/cgroup.procs")), "0\n0\n1");
		FAILS(ESRCH, cgroup_move(first->pid, "other"));
		OK(cgroup_move(1, "other"));
		IS(file_read(cgroup_file("other/cgroup.procs")), "1");
	}
	HEAR(init);
	IS(cgroup_of(init->pid), cgroup_name("k"));
	TELL(init);
	EXITS(init, 0);
	OK(cgroup_move(first->pid, "other")); /* control: out here that is its number */
	DISMISS(first);
	DISMISS(second);
}
