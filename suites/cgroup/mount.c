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

CASE(v2_in_userns_needs_a_cgroup_namespace_of_that_userns)
{
	MUST(dir_make("/tmp/cg"));
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		FAILS(EPERM, mount("cgroup2", "/tmp/cg", "cgroup2", 0, NULL));
		OK(unshare(CLONE_NEWCGROUP));
		OK(mount("cgroup2", "/tmp/cg", "cgroup2", 0, NULL));
		FAILS(EPERM, mount(NULL, "/tmp/cg", NULL, MS_REMOUNT, "nsdelegate"));
		OK(mount(NULL, "/tmp/cg", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	}
	EXITS(box, 0);
}

/* A user in a/b makes a container there; whether it may manage the cgroup depends on who owns that. */
static void claim_delegation(bool delegated)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		TELL(user);
		HEAR(user);
		OK(unshare(CLONE_NEWUSER | CLONE_NEWCGROUP | CLONE_NEWNS));
		MUST(idmap_write(0, path("0 %d 1", UNPRIVILEGED)));
		IS(cgroup_of(0), "/");
		OK(mount("cgroup2", "/tmp/cg", "cgroup2", 0, NULL));
		if (!delegated) {
			FAILS(EACCES, mkdir("/tmp/cg/del", 0755));
		} else {
			OK(mkdir("/tmp/cg/del", 0755));
			OK(file_write("/tmp/cg/del/cgroup.procs", "0"));
			IS(cgroup_of(0), "/del");
		}
	}
	HEAR(user);
	MUST(cgroup_move(user->pid, "a/b"));
	TELL(user);
	EXITS(user, 0);
}

CASE(delegated_subtree_is_usable_unprivileged)
{
	MUST(dir_make("/tmp/cg"));
	MUST(cgroup_make("a/b"));
	claim_delegation(false);
	MUST(chown(cgroup_file("a/b"), UNPRIVILEGED, UNPRIVILEGED));
	MUST(chown(cgroup_file("a/b/cgroup.procs"), UNPRIVILEGED, UNPRIVILEGED));
	claim_delegation(true);
}

CASE(namespace_whose_root_was_removed_cannot_mount)
{
	MUST(cgroup_make("q/r"));
	CHILD(box, NS_MNT) {
		OK(cgroup_become_root("q/r"));
		TELL(box);
		HEAR(box);
		IS(cgroup_of(0), "/..");
		FAILS(ENOENT, cgroup_mount("/tmp/cg"));
		OK(unshare(CLONE_NEWCGROUP));
		IS(cgroup_of(0), "/");
		OK(cgroup_mount("/tmp/cg"));
	}
	HEAR(box);
	MUST(cgroup_move(box->pid, "q"));
	OK(rmdir(cgroup_file("q/r")));
	DISMISS(box);
}

CASE(inherited_cgroup_mount_still_shows_the_outside)
{
	MUST(cgroup_make("a/b"));
	MUST(cgroup_make("a/s"));
	MUST(cgroup_nsdelegate(false));
	CHILD(box, NS_MNT) {
		OK(cgroup_become_root("a/b"));
		IS(cgroup_of(0), "/");
		OK(access(cgroup_file("a/s"), F_OK));
		OK(cgroup_move(0, "a/s"));
		IS(cgroup_of(0), "/../s");
		OK(cgroup_move(0, "a/b"));
		OK(umount2("/sys/fs/cgroup", MNT_DETACH));
		OK(cgroup_mount("/sys/fs/cgroup"));
		FAILS(ENOENT, access(cgroup_file("a/s"), F_OK));
	}
	EXITS(box, 0);
	MUST(cgroup_nsdelegate(true));
}

CASE(v1_existing_hierarchy_is_rooted_and_new_ones_are_refused)
{
	MUST(cgroup_v1_mount("/tmp/v1", "nscheck_mount"));
	MUST(dir_make("/tmp/v1/x/y"));
	MUST(dir_make("/tmp/v1/s"));
	CHILD(box, NS_MNT) {
		MUST(file_write("/tmp/v1/x/cgroup.procs", "0"));
		OK(unshare(CLONE_NEWCGROUP));
		OK(cgroup_v1_mount("/tmp/own", "nscheck_mount"));
		IS(OK(mnt_at("/tmp/own"))->root, "/");
		OK(access("/tmp/own/y", F_OK));
		FAILS(ENOENT, access("/tmp/own/s", F_OK));
		FAILS(EPERM, cgroup_v1_mount("/tmp/other", "nscheck_other"));
	}
	EXITS(box, 0);
	OK(cgroup_v1_mount("/tmp/other", "nscheck_other")); /* control */
	MUST(rmdir("/tmp/v1/x/y"));
	MUST(rmdir("/tmp/v1/x"));
	MUST(rmdir("/tmp/v1/s"));
}
