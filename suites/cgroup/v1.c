// SPDX-License-Identifier: GPL-2.0-only
/* The release agent of version 1. cgroups(7) "Cgroups v1 release notification" */
#include "helpers/nscheck.h"

#define GROUP "cgroup.v1"

#define AGENT "/tmp/v1/release_agent"

/* A hierarchy without controllers, on /tmp/v1; it goes with its last mount. */
static void mount_hierarchy(const char *name)
{
	MUST(cgroup_v1_mount("/tmp/v1", name));
}

CASE(release_agent_is_writable_only_by_init_userns_admin)
{
	mount_hierarchy("nscheck_agent");
	OK(file_write(AGENT, "/of_root"));
	IS(file_read(AGENT), "/of_root");
	MUST(chmod(AGENT, 0666));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, file_write(AGENT, "/bad"));
	}
	EXITS(user, 0);
	CHILD(root, 0) {
		MUST(cap_drop(CAP_SYS_ADMIN));
		FAILS(EPERM, file_write(AGENT, "/bad"));
	}
	EXITS(root, 0);
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		HOLDS(cap_effective_full());
		FAILS(EPERM, file_write(AGENT, "/bad"));
		OK(unshare(CLONE_NEWCGROUP));
		FAILS(EPERM, file_write(AGENT, "/bad"));
		MUST(dir_make("/tmp/own"));
		FAILS(EINVAL,
		      mount("none", "/tmp/own", "cgroup", 0, "none,name=nscheck_agent,release_agent=/bad"));
		OK(mount("none", "/tmp/own", "cgroup", 0, "none,name=nscheck_agent")); /* control */
		FAILS(EINVAL, mount(NULL, "/tmp/own", NULL, MS_REMOUNT,
				    "none,name=nscheck_agent,release_agent=/bad"));
	}
	EXITS(box, 0);
	IS(file_read(AGENT), "/of_root");
}

CASE(release_agent_fd_opened_in_userns_stays_powerless)
{
	mount_hierarchy("nscheck_agent_fd");
	OK(file_write(AGENT, "/of_root"));
	MUST(chmod(AGENT, 0666));
	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		GIVE_FD(box, MUST(open(AGENT, O_WRONLY | O_CLOEXEC)));
	}
	int theirs = TAKE_FD(box), own = MUST(open(AGENT, O_WRONLY | O_CLOEXEC));
	EXITS(box, 0);
	FAILS(EPERM, write(theirs, "/bad", 4));
	IS(file_read(AGENT), "/of_root");
	IS(write(own, "/good", 5), 5); /* control */
	IS(file_read(AGENT), "/good");
}

CASE(release_agent_file_exists_only_in_the_hierarchy_root)
{
	mount_hierarchy("nscheck_agent_file");
	OK(access(AGENT, F_OK)); /* control */
	MUST(mkdir("/tmp/v1/x", 0755));
	CHILD(box, NS_MNT) {
		MUST(file_write("/tmp/v1/x/cgroup.procs", "0"));
		OK(unshare(CLONE_NEWCGROUP));
		OK(cgroup_v1_mount("/tmp/own", "nscheck_agent_file"));
		FAILS(ENOENT, access("/tmp/own/release_agent", F_OK));
		OK(access("/tmp/own/notify_on_release", F_OK));
	}
	EXITS(box, 0);
	MUST(rmdir("/tmp/v1/x"));
}
