// SPDX-License-Identifier: GPL-2.0-only
/* What joining a user namespace gives and exposes. setns(2) "User namespaces" */
#include <grp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "helpers/nscheck.h"

#define GROUP "user.setns"

CASE(joining_grants_full_capabilities_and_keeps_ids)
{
	CHILD(member, NS_USER, .map = CONTAINER_MAP) {
		HEAR(member);
	}
	int userns = MUST(ns_open(member->pid, "user"));
	CHILD(joiner, 0) {
		static const gid_t outside[] = {100003, 55};
		gid_t groups[3];
		MUST(setgroups(2, outside));
		MUST(cap_drop(CAP_NET_RAW));
		OK(setns(userns, CLONE_NEWUSER));
		HOLDS(cap_effective_full());
		IS(uids_now(), "65534 65534 65534");
		IS(gids_now(), "65534 65534 65534");
		IS(getgroups(3, groups), 2);
		IS(groups[0], 65534); /* in the order of the ids outside */
		IS(groups[1], 3);
		TELL(joiner);
		OK(setresgid(0, 0, 0));
		OK(setresuid(0, 0, 0));
		TELL(joiner);
	}
	IS(HEAR_SENDER(joiner).uid, 0);
	IS(HEAR_SENDER(joiner).uid, CONTAINER_ID);
	EXITS(joiner, 0);
	DISMISS(member);
}

static void is_protected(pid_t pid)
{
	char target[64];
	struct stat st;

	FAILS(EPERM, ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	FAILS(EACCES, open(proc_path(pid, "mem"), O_RDONLY));
	FAILS(EACCES, readlink(proc_path(pid, "exe"), target, sizeof(target)));
	OK(stat(proc_path(pid, "status"), &st));
	IS(st.st_uid, 65534);
}

CASE(nondumpable_joiner_is_protected_from_namespace_root)
{
	for (int dumpable = 0; dumpable <= 1; dumpable++) {
		NOTE("dumpable %d", dumpable);
		CHILD(root, NS_USER, .map = CONTAINER_MAP) {
			pid_t joiner = HEAR(root);
			if (dumpable)
				OK(ptrace(PTRACE_SEIZE, joiner, NULL, NULL));
			else
				is_protected(joiner);
		}
		int userns = MUST(ns_open(root->pid, "user"));
		CHILD(joiner, 0) {
			MUST(prctl(PR_SET_DUMPABLE, dumpable));
			OK(setns(userns, CLONE_NEWUSER));
			TELL(joiner);
			HEAR(joiner);
		}
		HEAR(joiner);
		TELL(root, joiner->pid);
		EXITS(root, 0);
		DISMISS(joiner);
	}
}

/* A process that joins a user namespace: whether it can be traced and dumped afterwards, as it could before. */
static int dumpable_after_joining(int userns)
{
	CHILD(joiner, 0) {
		MUST(prctl(PR_SET_DUMPABLE, 1));
		OK(setns(userns, CLONE_NEWUSER));
		TELL(joiner, prctl(PR_GET_DUMPABLE));
	}
	int dumpable = (int)HEAR(joiner);
	EXITS(joiner, 0);
	return dumpable;
}

CASE(joiner_from_outside_who_is_not_the_owner_is_not_dumpable)
{
	CHILD(own, NS_USER) {
		HEAR(own);
	}
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		OK(unshare(CLONE_NEWUSER));
		TELL(user);
		HEAR(user);
	}
	HEAR(user);
	IS(dumpable_after_joining(MUST(ns_open(own->pid, "user"))), 1); /* control */
	IS_NOT(dumpable_after_joining(MUST(ns_open(user->pid, "user"))), 1);
	DISMISS(user);
	DISMISS(own);
}
