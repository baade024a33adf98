// SPDX-License-Identifier: GPL-2.0-only
/* The boundary that nsdelegate makes of a cgroup namespace. cgroups(7) "nsdelegate and cgroup namespaces" */
#include "helpers/nscheck.h"

#define GROUP "cgroup.nsdelegate"

/* What an owner of the whole hierarchy may write to a cgroup and its delegatee may not, with a value that fits. */
static const struct {
	const char *file, *value;
} controls[] = {{"pids.max", "100"}, {"cgroup.freeze", "0"}, {"cgroup.max.depth", "10"}};

CASE(controller_files_of_the_root_are_eperm)
{
	MUST(cgroup_make("a/b/c"));
	MUST(file_write(cgroup_file("a/cgroup.subtree_control"), "+pids"));
	CHILD(box, NS_MNT) {
		OK(cgroup_become_root("a/b"));
		IS(cgroup_of(0), "/");
		OK(cgroup_mount("/tmp/cg"));
		for (int i = 0; i < 3; i++) {
			NOTE("%s", controls[i].file);
			FAILS(EPERM, file_write(path("/tmp/cg/%s", controls[i].file), controls[i].value));
			FAILS(EPERM,
			      file_write(cgroup_file(path("a/b/%s", controls[i].file)), controls[i].value));
		}
		NOTE_END();
		OK(file_write("/tmp/cg/c/cgroup.max.depth", "10"));
		OK(file_write("/tmp/cg/c/cgroup.procs", "0"));
		OK(file_write("/tmp/cg/cgroup.subtree_control",
			      "+pids")); /* an empty root may control its children */
		OK(file_write("/tmp/cg/c/pids.max", "100"));
		OK(file_write("/tmp/cg/cgroup.subtree_control", "-pids"));
		OK(file_write("/tmp/cg/cgroup.procs", "0"));
	}
	EXITS(box, 0);
	for (int i = 0; i < 3; i++) /* control: the host may write all of them */
		OK(file_write(cgroup_file(path("a/b/%s", controls[i].file)), controls[i].value));
}

CASE(migration_across_the_boundary_is_enoent)
{
	MUST(cgroup_make("a/b/c"));
	MUST(cgroup_make("a/s"));
	CHILD(outsider, 0) {
		HEAR(outsider);
	}
	MUST(cgroup_move(outsider->pid, "a"));
	CHILD(box, 0) {
		OK(cgroup_become_root("a/b"));
		IS(cgroup_of(0), "/");
		FAILS(ENOENT, cgroup_move(0, "a/s"));
		FAILS(ENOENT, cgroup_move(0, "a"));
		FAILS(ENOENT, cgroup_move(outsider->pid, "a/b/c"));
		OK(cgroup_move(0, "a/b/c"));
		IS(cgroup_of(0), "/c");
		OK(cgroup_move(0, "a/b"));
		IS(cgroup_of(0), "/");
	}
	EXITS(box, 0);
	IS(cgroup_of(outsider->pid), cgroup_name("a"));
	OK(cgroup_move(outsider->pid, "a/b/c")); /* control: from outside all of it is possible */
	OK(cgroup_move(outsider->pid, "a/s"));
	DISMISS(outsider);
}
