// SPDX-License-Identifier: GPL-2.0-only
/* What joining a namespace changes for the caller. setns(2) "Details for specific namespace types" */
/* Goes on from setns.c. */
#include <time.h>

#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP "api.setns"

#define KEY 0x6e736170

CASE(hostname_and_shm_change_with_namespace, .own = NS_IPC)
{
	int uts = MUST(ns_open(0, "uts")), ipc = MUST(ns_open(0, "ipc"));
	int id = MUST(shm_make(KEY, "outside"));

	MUST(hostname_set("outside"));
	CHILD(box, NS_UTS | NS_IPC) {
		MUST(hostname_set("inside"));
		IS(hostname(), "inside");
		FAILS(EINVAL, shm_text(id));
		OK(setns(uts, CLONE_NEWUTS));
		OK(setns(ipc, CLONE_NEWIPC));
		IS(hostname(), "outside");
		IS(shm_text(id), "outside");
	}
	EXITS(box, 0);
	IS(hostname(), "outside");
}

/* The next child of the caller is in the PID namespace with this id, and the caller stays in its own. */
static void claim_next_in(long long id, pid_t own_pid)
{
	IS(getpid(), own_pid);
	CHILD(next, 0) {
		HEAR(next);
	}
	SAME_NS(next, id, NS_PID);
	DISMISS(next);
}

CASE(pid_rules)
{
	int own = MUST(ns_open(0, "pid"));

	CHILD(a, NS_PID) {
		FAILS(EINVAL, setns(own, 0));
		OK(setns(MUST(ns_open(0, "pid")), 0));
		HEAR(a);
	}
	CHILD(b, NS_PID) {
		HEAR(b);
	}
	int to_a = MUST(ns_open(a->pid, "pid")), to_b = MUST(ns_open(b->pid, "pid"));
	CHILD(chooser, 0) {
		pid_t pid = getpid();
		OK(setns(to_a, 0));
		claim_next_in(ns_id_of(to_a), pid);
		CHILD(inside_a, 0) {
			FAILS(EINVAL, setns(to_b, 0));
			FAILS(EINVAL, setns(own, 0));
			OK(setns(to_a, 0)); /* control */
		}
		EXITS(inside_a, 0);
		OK(setns(to_b, 0));
		claim_next_in(ns_id_of(to_b), pid);
		OK(setns(own, 0));
		claim_next_in(ns_id_of(own), pid);
	}
	EXITS(chooser, 0);
	DISMISS(b);
	DISMISS(a);
}

CASE(cgroup_membership_unchanged)
{
	MUST(cgroup_make("a"));
	MUST(cgroup_make("b"));
	CHILD(host, 0) {
		MUST(cgroup_become_root("a"));
		TELL(host);
		HEAR(host);
	}
	HEAR(host);
	int root = MUST(ns_open(host->pid, "cgroup"));
	CHILD(guest, 0) {
		MUST(cgroup_move(0, "b"));
		TELL(guest);
		HEAR(guest);
		OK(setns(root, 0));
		IS(cgroup_of(0), "/../b");
		TELL(guest);
		HEAR(guest);
	}
	HEAR(guest);
	IS(cgroup_of(guest->pid), cgroup_name("b"));
	TELL(guest);
	HEAR(guest);
	IS(cgroup_of(guest->pid), cgroup_name("b"));
	DISMISS(guest);
	DISMISS(host);
}

static long boottime(void)
{
	struct timespec now;

	MUST(clock_gettime(CLOCK_BOOTTIME, &now));
	return now.tv_sec;
}

#define DAY 86400

/* A process that joins a time namespace ten days ahead reads its clock from then on. */
static void joins_ten_days_ahead(int ns)
{
	CHILD(guest, 0) {
		long before = boottime();
		OK(setns(ns, CLONE_NEWTIME));
		SAME_NS(0, BEHIND(ns), NS_TIME);
		SAME_NS(CHILDREN_OF(0), BEHIND(ns), NS_TIME);
		HOLDS(boottime() - before > 9 * DAY);
	}
	EXITS(guest, 0);
}

CASE(time_takes_effect_at_once)
{
	CHILD(host, 0) {
		MUST(unshare(CLONE_NEWTIME));
		MUST(file_write("/proc/self/timens_offsets", "boottime 864000 0"));
		TELL(host);
		HEAR(host);
	}
	HEAR(host);
	int offset = MUST(ns_open(host->pid, "time_for_children"));
	joins_ten_days_ahead(offset);
	CHILD(member, 0) {
		MUST(setns(offset, CLONE_NEWTIME));
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	joins_ten_days_ahead(MUST(ns_open(member->pid, "time")));
	DISMISS(member);
	DISMISS(host);
}
