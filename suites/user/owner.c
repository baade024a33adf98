// SPDX-License-Identifier: GPL-2.0-only
/* Who has capabilities in a user namespace without being its member. user_namespaces(7) "Capabilities" */
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "helpers/nscheck.h"

#define GROUP "user.owner"

static long seize(pid_t pid)
{
	return ptrace(PTRACE_SEIZE, pid, NULL, NULL);
}

/* What the creator of a namespace with a CONTAINER_MAP may do, with neither capability nor the member's uid. */
static void owner_rules(struct child *self)
{
	IS(proc_status(0, "CapEff"), CAPS_NONE);
	CHILD(member, NS_USER) {
		HEAR(member); /* the maps are there */
		MUST(setresuid(7, 7, 7));
		TELL(member);
		HEAR(member);
		MUST(prctl(PR_SET_DUMPABLE, 1));
		TELL(member);
		HEAR(member);
	}
	TELL(self, member->pid);
	HEAR(self);
	TELL(member);
	HEAR(member);
	OK(kill(member->pid, 0));
	FAILS(EPERM, seize(member->pid)); /* not dumpable since it changed its uid */
	TELL(member);
	HEAR(member);
	OK(seize(member->pid));
	int userns = OK(ns_open(member->pid, "user"));
	OK(setns(userns, CLONE_NEWUSER));
	IS(proc_status(0, "CapEff"), caps_all());
	DISMISS(member);
}

CASE(creator_euid_in_parent_has_all_capabilities)
{
	for (uid_t uid = 0; uid <= UNPRIVILEGED; uid += UNPRIVILEGED) {
		NOTE("creator %u", uid);
		CHILD(creator, 0, .uid = uid) {
			if (uid == 0)
				MUST(cap_drop_all());
			owner_rules(creator);
		}
		pid_t member = HEAR(creator);
		MUST(idmap_write(member, CONTAINER_MAP));
		DISMISS(creator);
	}
}

/* A namespace made by uid 1000, whose root is uid 1000 outside; it ends when told. */
static void make_namespace(struct child *self)
{
	CHILD(member, NS_USER, .map = "0 1000 1") {
		HEAR(member);
	}
	GIVE_FD(self, MUST(ns_open(member->pid, "user")));
	TELL(self, member->pid);
	HEAR(self);
	DISMISS(member);
}

CASE(other_uid_in_parent_has_none)
{
	CHILD(creator, 0, .uid = UNPRIVILEGED) {
		make_namespace(creator);
	}
	int userns = TAKE_FD(creator);
	pid_t member = HEAR(creator);
	CHILD(stranger, 0, .uid = 2000) {
		FAILS(EPERM, setns(userns, CLONE_NEWUSER));
		FAILS(EPERM, kill(member, 0));
		FAILS(EACCES, open(proc_path(member, "uid_map"), O_WRONLY));
	}
	EXITS(stranger, 0);
	CHILD(namesake, 0, .uid = UNPRIVILEGED) { /* control: the creator's uid is enough */
		OK(open(proc_path(member, "uid_map"), O_WRONLY));
		OK(kill(member, 0));
		OK(setns(userns, CLONE_NEWUSER));
	}
	EXITS(namesake, 0);
	DISMISS(creator);
}

CASE(same_kuid_as_a_member_is_not_ownership)
{
	CHILD(member, NS_USER, .map = "0 1000 1") {
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	int userns = MUST(ns_open(member->pid, "user"));
	CHILD(namesake, 0, .uid = UNPRIVILEGED) {
		OK(kill(member->pid, 0)); /* equal uids are enough for this */
		FAILS(EPERM, setns(userns, CLONE_NEWUSER));
		FAILS(EPERM, seize(member->pid));
		FAILS(EACCES, open(proc_path(member->pid, "mem"), O_RDONLY));
	}
	EXITS(namesake, 0);
	CHILD(creator, 0) {
		OK(seize(member->pid));
		OK(open(proc_path(member->pid, "mem"), O_RDONLY));
		OK(setns(userns, CLONE_NEWUSER));
	}
	EXITS(creator, 0);
	DISMISS(member);
}

CASE(capability_in_parent_reaches_the_child)
{
	CHILD(creator, 0, .uid = UNPRIVILEGED) {
		make_namespace(creator);
	}
	int userns = TAKE_FD(creator);
	HEAR(creator);
	CHILD(powerless_root, 0) {
		MUST(cap_drop_all());
		FAILS(EPERM, setns(userns, CLONE_NEWUSER));
	}
	EXITS(powerless_root, 0);
	CHILD(root, 0) {
		OK(setns(userns, CLONE_NEWUSER));
		HOLDS(cap_effective_full());
	}
	EXITS(root, 0);
	DISMISS(creator);
}
