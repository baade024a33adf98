// SPDX-License-Identifier: GPL-2.0-only
/* Paths of cgroups as a cgroup namespace shows them. cgroup_namespaces(7) "DESCRIPTION" */
#include "helpers/nscheck.h"

#define GROUP "cgroup.view"

/* In a cgroup that the root is so far above: the path that `of` gives begins at the root of the reader's namespace. */
static void claim_begins_at_the_root(const char *name, const char *above, const char *(*of)(pid_t pid))
{
	MUST(cgroup_make(name));
	CHILD(box, 0) {
		MUST(cgroup_move(0, name));
		IS(of(0), cgroup_name(name));
		OK(unshare(CLONE_NEWCGROUP));
		IS(of(0), "/");
		IS(of(1), above);
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	IS(of(box->pid), cgroup_name(name));
	DISMISS(box);
}

CASE(own_path_is_root_after_unshare)
{
	claim_begins_at_the_root("a/b", "/../../..", cgroup_of);
}

CASE(outside_cgroups_are_shown_with_dot_dot)
{
	static const char *const places[][2] = {
		{"a/s", "/../s"}, {"t", "/../../t"}, {"a/b/c", "/c"}, {"a", "/.."}};
	struct child *held[ARRAY_SIZE(places)];

	MUST(cgroup_make("a/b"));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		CHILD(member, 0) {
			HEAR(member);
		}
		held[i] = member;
		MUST(cgroup_make(places[i][0]));
		MUST(cgroup_move(member->pid, places[i][0]));
		IS(cgroup_of(member->pid), cgroup_name(places[i][0])); /* control */
	}
	IS(cgroup_of(1), "/");
	CHILD(reader, 0) {
		OK(cgroup_become_root("a/b"));
		for (size_t i = 0; i < ARRAY_SIZE(places); i++)
			IS(cgroup_of(held[i]->pid), places[i][1]);
		IS(cgroup_of(1), "/../../..");
	}
	EXITS(reader, 0);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		DISMISS(held[i]);
}

CASE(path_is_relative_to_the_reader_not_to_the_target)
{
	MUST(cgroup_make("a/b"));
	MUST(cgroup_make("t"));
	CHILD(target, 0) {
		OK(cgroup_become_root("a/b"));
		IS(cgroup_of(0), "/");
		TELL(target);
		HEAR(target);
	}
	HEAR(target);
	CHILD(reader, 0) {
		OK(cgroup_become_root("t"));
		IS(cgroup_of(target->pid), "/../a/b");
	}
	EXITS(reader, 0);
	IS(cgroup_of(target->pid), cgroup_name("a/b"));
	DISMISS(target);
}

CASE(root_stays_when_the_process_migrates)
{
	static const char *const steps[][2] = {
		{"a/b/c", "/c"}, {"a", "/.."}, {"t", "/../../t"}, {"a/b", "/"}};

	MUST(cgroup_make("a/b/c"));
	MUST(cgroup_make("t"));
	CHILD(box, 0) {
		OK(cgroup_become_root("a/b"));
		for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
			TELL(box);
			HEAR(box);
			IS(cgroup_of(0), steps[i][1]);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		HEAR(box);
		MUST(cgroup_move(box->pid,
				 steps[i][0])); /* from outside, where nsdelegate does not forbid it */
		TELL(box);
	}
	EXITS(box, 0);
}

CASE(nested_namespace_takes_the_current_cgroup_as_new_root)
{
	MUST(cgroup_make("a/b/c"));
	CHILD(box, 0) {
		OK(cgroup_become_root("a/b"));
		OK(cgroup_become_root("a/b/c"));
		IS(cgroup_of(0), "/");
		TELL(box);
		HEAR(box);
		IS(cgroup_of(0), "/..");
	}
	HEAR(box);
	MUST(cgroup_move(box->pid, "a/b"));
	DISMISS(box);
}

CASE(clone_child_gets_the_cgroup_of_the_parent_as_root)
{
	MUST(cgroup_make("a/b"));
	CHILD(parent, 0) {
		MUST(cgroup_move(0, "a/b"));
		CHILD(child, NS_CGROUP) {
			IS(cgroup_of(0), "/");
			IS(cgroup_of(getppid()), "/");
			TELL(child);
			HEAR(child);
		}
		HEAR(child);
		IS(cgroup_of(0), cgroup_name("a/b"));
		IS(cgroup_of(child->pid), cgroup_name("a/b"));
		DISMISS(child);
	}
	EXITS(parent, 0);
}

PAYLOAD(viewer)
{
	TELL(outer, ns_id(0, "cgroup"));
	TELL_TEXT(outer, cgroup_of(0));
}

CASE(fork_inherits_and_exec_keeps_the_namespace)
{
	long long home = ns_id(0, "cgroup");

	MUST(cgroup_make("a/b"));
	CHILD(box, 0) {
		OK(cgroup_become_root("a/b"));
		long long id = ns_id(0, "cgroup");
		OTHER_NS(id, home, NS_CGROUP);
		CHILD(forked, 0) {
			SAME_NS(0, id, NS_CGROUP);
			IS(cgroup_of(0), "/");
			EXEC(forked, viewer);
		}
		SAME_NS(HEAR(forked), id, NS_CGROUP);
		IS(HEAR_TEXT(forked), "/");
		EXITS(forked, 0);
	}
	EXITS(box, 0);
}

CASE(mountinfo_root_field_is_relative_to_the_namespace)
{
	int home = MUST(ns_open(0, "cgroup"));

	MUST(cgroup_make("a/b"));
	IS(OK(mnt_at("/sys/fs/cgroup"))->root, "/");
	CHILD(box, NS_MNT) {
		OK(cgroup_become_root("a/b"));
		IS(OK(mnt_at("/sys/fs/cgroup"))->root, "/../../..");
		OK(cgroup_mount("/tmp/cg"));
		IS(OK(mnt_at("/tmp/cg"))->root, "/");
		CHILD(reader, 0) {
			OK(setns(home, CLONE_NEWCGROUP));
			IS(OK(mnt_at("/tmp/cg"))->root, cgroup_name("a/b"));
			IS(OK(mnt_at("/sys/fs/cgroup"))->root, "/");
		}
		EXITS(reader, 0);
	}
	EXITS(box, 0);
}

static const char *cpuset_of(pid_t pid)
{
	return file_read(proc_path(pid, "cpuset"));
}

CASE(proc_pid_cpuset_follows_the_namespace)
{
	claim_begins_at_the_root("a", "/../..", cpuset_of);
}

/* A new hierarchy of version 1 on /tmp/v1 beside that of version 2. */
static void mount_v1(const char *name)
{
	MUST(cgroup_v1_mount("/tmp/v1", name));
}

CASE(every_hierarchy_has_its_own_root)
{
	static const char name[] = "nscheck_view";

	mount_v1(name);
	MUST(mkdir("/tmp/v1/x", 0755));
	MUST(mkdir("/tmp/v1/s", 0755));
	MUST(cgroup_make("a/b"));
	CHILD(sibling, 0) {
		MUST(file_write("/tmp/v1/s/cgroup.procs", "0"));
		TELL(sibling);
		HEAR(sibling);
	}
	HEAR(sibling);
	CHILD(box, 0) {
		MUST(file_write("/tmp/v1/x/cgroup.procs", "0"));
		MUST(cgroup_move(0, "a/b"));
		IS(cgroup_v1_of(0, name), "/x"); /* control */
		OK(unshare(CLONE_NEWCGROUP));
		IS(cgroup_v1_of(0, name), "/");
		IS(cgroup_of(0), "/");
		IS(cgroup_v1_of(sibling->pid, name), "/../s");
		IS(cgroup_of(sibling->pid), "/../../main");
	}
	EXITS(box, 0);
	DISMISS(sibling);
	MUST(rmdir("/tmp/v1/x"));
	MUST(rmdir("/tmp/v1/s"));
}

CASE(zombie_and_removed_cgroup_paths, .unsabotaged = "it is about dead processes and makes no namespace")
{
	static const char name[] = "nscheck_zombie";

	mount_v1(name);
	MUST(mkdir("/tmp/v1/z", 0755));
	MUST(cgroup_make("z"));
	CHILD(corpse, 0) {
		MUST(file_write("/tmp/v1/z/cgroup.procs", "0"));
		MUST(cgroup_move(0, "z"));
		TELL(corpse);
		HEAR(corpse);
	}
	HEAR(corpse);
	IS(cgroup_v1_of(corpse->pid, name), "/z"); /* control */
	TELL(corpse);
	AWAIT_ZOMBIE(corpse);
	IS(cgroup_of(corpse->pid), cgroup_name("z"));
	IS(cgroup_v1_of(corpse->pid, name), "/");
	OK(rmdir(cgroup_file("z")));
	IS(cgroup_of(corpse->pid), path("%s (deleted)", cgroup_name("z")));
	EXITS(corpse, 0);
	MUST(rmdir("/tmp/v1/z"));
}
