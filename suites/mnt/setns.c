// SPDX-License-Identifier: GPL-2.0-only
/* Joining a mount namespace. setns(2) "Mount namespaces" */
#include <sys/pidfd.h>

#include "helpers/nscheck.h"

#define GROUP "mnt.setns"

CASE(enters_at_namespace_root_not_at_target_chroot)
{
	MUST(file_make("/tmp/secret"));
	CHILD(jailed, NS_MNT) {
		MUST(tmpfs_make("/tmp/j"));
		MUST(file_make("/tmp/j/x"));
		MUST(chroot("/tmp/j"));
		OK(access("/x", F_OK)); /* control: the jail holds for who is in it */
		FAILS(ENOENT, access("/tmp/secret", F_OK));
		TELL(jailed);
		HEAR(jailed);
	}
	CHILD(pivoted, NS_MNT) {
		MUST(tmpfs_make("/tmp/root"));
		MUST(file_make("/tmp/root/marker"));
		MUST(mnt_become_root("/tmp/root"));
		TELL(pivoted);
		HEAR(pivoted);
	}
	HEAR(jailed);
	HEAR(pivoted);
	CHILD(joiner, 0) {
		int jail = MUST(ns_open(jailed->pid, "mnt")), new_root = MUST(ns_open(pivoted->pid, "mnt"));
		OK(setns(jail, CLONE_NEWNS));
		OK(access("/tmp/j/x", F_OK)); /* control: this is the namespace of the jail */
		OK(access("/tmp/secret", F_OK));
		FAILS(ENOENT, access("/x", F_OK));

		OK(setns(new_root, CLONE_NEWNS));
		OK(access("/marker", F_OK));
		FAILS(ENOENT, access("/tmp/secret", F_OK));
	}
	EXITS(joiner, 0);
	DISMISS(jailed);
	DISMISS(pivoted);
}

CASE(resets_root_and_cwd_to_the_root_of_the_namespace)
{
	char cwd[64];

	MUST(file_make("/tmp/secret"));
	MUST(dir_make("/tmp/jail"));
	CHILD(box, NS_MNT) {
		int own = MUST(ns_open(0, "mnt"));
		MUST(chroot("/tmp/jail"));
		MUST(chdir("/"));
		FAILS(ENOENT, access("/tmp/secret", F_OK)); /* control: it is jailed */
		OK(setns(own, CLONE_NEWNS));
		IS(getcwd(cwd, sizeof(cwd)), "/");
		OK(access("/tmp/secret", F_OK));
		OK(access("tmp/secret", F_OK));
	}
	EXITS(box, 0);
}

CASE(lands_on_the_topmost_mount_stacked_on_the_root)
{
	MUST(file_make("/tmp/secret"));
	CHILD(box, NS_MNT) {
		int own = MUST(ns_open(0, "mnt")), top = MUST(tmpfs_detached());
		MUST(mkdirat(top, "top", 0755));
		MUST(tree_attach(top, "/"));
		OK(access("/tmp/secret", F_OK));
		FAILS(ENOENT, access("/top", F_OK));
		CHILD(joiner, 0) {
			OK(setns(own, CLONE_NEWNS));
			OK(access("/top", F_OK));
			FAILS(ENOENT, access("/tmp/secret", F_OK));
		}
		EXITS(joiner, 0);
		OK(chdir("/.."));
		OK(access("top", F_OK));
	}
	EXITS(box, 0);
}

/* What setns(2) into a mount namespace says to root that first gave up a capability (-1: none); 0 or an errno. */
static void join_without(int ns, cap_value_t cap, int expected)
{
	CHILD(joiner, 0) {
		if (cap >= 0)
			MUST(cap_drop(cap));
		IS(setns(ns, CLONE_NEWNS) < 0 ? errno : 0, expected);
	}
	EXITS(joiner, 0);
}

CASE(needs_sys_admin_and_sys_chroot)
{
	CHILD(plain, NS_MNT) {
		HEAR(plain);
	}
	CHILD(rootless, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		int host = TAKE_FD(rootless);
		FAILS(EPERM, setns(host, CLONE_NEWNS));
		HEAR(rootless);
	}
	int ns = MUST(ns_open(plain->pid, "mnt")), owned = MUST(ns_open(rootless->pid, "mnt"));
	GIVE_FD(rootless, MUST(ns_open(0, "mnt")));
	join_without(ns, CAP_SYS_CHROOT, EPERM);
	join_without(ns, CAP_SYS_ADMIN, EPERM);
	join_without(ns, -1, 0);
	join_without(owned, -1, 0);
	DISMISS(rootless);
	DISMISS(plain);
}

CASE(pidfd_with_several_types_is_all_or_nothing)
{
	CHILD(host, NS_MNT | NS_UTS) {
		MUST(sethostname("inside", 6));
		MUST(tmpfs_make("/tmp/only"));
		MUST(file_make("/tmp/only/marker"));
		TELL(host);
		HEAR(host);
	}
	HEAR(host);
	int pidfd = MUST(pidfd_open(host->pid, 0));
	for (int allowed = 0; allowed < 2; allowed++) {
		CHILD(joiner, 0) {
			struct ns_ids before, after;
			char cwd[64], name[64];
			MUST(chdir("/tmp"));
			if (!allowed)
				MUST(cap_drop(CAP_SYS_CHROOT));
			MUST(ns_ids(0, &before));
			IS(setns(pidfd, CLONE_NEWNS | CLONE_NEWUTS) < 0 ? errno : 0, allowed ? 0 : EPERM);
			MUST(ns_ids(0, &after));
			IS(ns_differ(&before, &after), allowed ? NS_MNT | NS_UTS : 0);
			IS(getcwd(cwd, sizeof(cwd)), allowed ? "/" : "/tmp");
			MUST(gethostname(name, sizeof(name)));
			IS(strcmp(name, "inside") == 0, allowed);
			IS(file_exists("/tmp/only/marker"), allowed);
		}
		EXITS(joiner, 0);
	}
	DISMISS(host);
}
