// SPDX-License-Identifier: GPL-2.0-only
/* Joining an IPC namespace. setns(2) "Network, IPC, time, and UTS namespaces" */
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.setns"
#define GROUP_OWN NS_IPC
#define KEY_HOME  0x6e7304
#define KEY_THERE 0x6e7305

CASE(joined_namespace_shows_its_objects)
{
	int id = MUST(shm_make(KEY_HOME, "home")), home = MUST(ns_open(0, "ipc"));

	CHILD(box, NS_IPC) {
		TELL(box, MUST(shm_make(KEY_THERE, "there")));
		HEAR(box);
	}
	int there_id = (int)HEAR(box), there = MUST(ns_open(box->pid, "ipc"));
	CHILD(joiner, 0) {
		OK(setns(there, CLONE_NEWIPC));
		IS(shmget(KEY_THERE, 0, 0), there_id);
		IS(shm_text(there_id), "there");
		FAILS(ENOENT, shmget(KEY_HOME, 0, 0));

		OK(setns(home, CLONE_NEWIPC));
		IS(shmget(KEY_HOME, 0, 0), id);
		IS(shm_text(id), "home");
		FAILS(ENOENT, shmget(KEY_THERE, 0, 0));
	}
	EXITS(joiner, 0);
	DISMISS(box);
}

CASE(needs_caps_in_both_user_namespaces)
{
	int home = MUST(ns_open(0, "ipc")), uts = MUST(ns_open(0, "uts"));

	CHILD(box, NS_USER | NS_IPC, .map = CONTAINER_MAP) {
		int sibling = TAKE_FD(box);
		HOLDS(cap_effective_full());
		FAILS(EPERM, setns(home, CLONE_NEWIPC));
		FAILS(EPERM, setns(sibling, CLONE_NEWIPC));
		OK(setns(MUST(ns_open(0, "ipc")), CLONE_NEWIPC)); /* control */
	}
	CHILD(beside, NS_USER | NS_IPC, .map = CONTAINER_MAP) {
		HEAR(beside);
	}
	int inner = MUST(ns_open(box->pid, "ipc")), sibling = MUST(ns_open(beside->pid, "ipc"));
	GIVE_FD(box, sibling);
	CHILD(host_root, 0) {
		long long before = ns_id(0, "ipc");
		OK(setns(inner, CLONE_NEWIPC));
		OTHER_NS(0, before, NS_IPC);
		OK(setns(home, CLONE_NEWIPC));
		FAILS(EINVAL, setns(uts, CLONE_NEWIPC));
		MUST(cap_drop(CAP_SYS_ADMIN));
		FAILS(EPERM, setns(inner, CLONE_NEWIPC));
		FAILS(EPERM, setns(home, CLONE_NEWIPC));
	}
	EXITS(host_root, 0);
	EXITS(box, 0);
	DISMISS(beside);
}
