// SPDX-License-Identifier: GPL-2.0-only
/* Mounts of cgroup v2 inside a cgroup namespace. cgroup_namespaces(7) "NOTES", cgroups(7) "Cgroups v2 delegation" */
#include "helpers/nscheck.h"

#define GROUP "cgroup.mount"

CASE(v2_mounted_inside_shows_only_the_subtree)
{
	MUST(cgroup_make("a/b/c"));
	MUST(cgroup_make("a/s"));
	CHILD(box, NS_MNT) {
		OK(cgroup_become_root("a/b"));
		IS(cgroup_of(0), "/");
		OK(cgroup_mount("/tmp/cg"));
		OK(access("/tmp/cg/c", F_OK));
		FAILS(ENOENT, access("/tmp/cg/a", F_OK));
		FAILS(ENOENT, access("/tmp/cg/s", F_OK));
		FAILS(ENOENT, access("/tmp/cg/../s", F_OK));
		OK(mkdir("/tmp/cg/n", 0755));
		TELL(box);
		HEAR(box);
		OK(access("/tmp/cg/from_host", F_OK));
	}
	HEAR(box);
	OK(access(cgroup_file("a/s"), F_OK)); /* control: the sibling is there for the host */
	OK(access(cgroup_file("a/b/n"), F_OK));
	OK(cgroup_make("a/b/from_host"));
	DISMISS(box);
}

CASE(processes_can_be_managed_inside_the_subtree)
{
	MUST(cgroup_make("a/b"));
	CHILD(box, NS_MNT) {
		OK(cgroup_become_root("a/b"));
		IS(cgroup_of(0), "/");
		OK(cgroup_mount("/tmp/cg"));
		OK(mkdir("/tmp/cg/n", 0755));
		OK(file_write("/tmp/cg/n/cgroup.procs", "0"));
		IS(cgroup_of(0), "/n");
		TELL(box);
		HEAR(box);
		OK(file_write("/tmp/cg/cgroup.procs", "0"));
		IS(cgroup_of(0), "/");
		OK(rmdir("/tmp/cg/n"));
	}
	HEAR(box);
	IS(cgroup_of(box->pid), cgroup_name("a/b/n")); /* control: the move is a real one */
	DISMISS(box);
}
