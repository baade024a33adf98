// SPDX-License-Identifier: GPL-2.0-only
/* procfs for a PID namespace that a file names. Documentation/filesystems/proc.rst "pidns" */
/* Goes on from proc.c. */
#include "helpers/nscheck.h"

#define GROUP "pid.proc"

/* A procfs in the making for the PID namespace behind a file. -1 with errno of fsconfig(2). */
static int begin(int pidns)
{
	int context = MUST(fsopen("proc", FSOPEN_CLOEXEC));

	return fsconfig(context, FSCONFIG_SET_FD, "pidns", NULL, pidns) < 0 ? -1 : context;
}

static void mount_by_descriptor(const char *dir, pid_t pid)
{
	int context = OK(begin(MUST(ns_open(pid, "pid"))));

	OK(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	MUST(tree_attach(OK(fsmount(context, FSMOUNT_CLOEXEC, 0)), dir));
}

static int mount_by_path(const char *dir, pid_t pid)
{
	return mount("proc", dir, "proc", 0, path("pidns=/proc/%d/ns/pid", pid));
}

CASE(mount_option_pidns_selects_the_namespace)
{
	static const char *const dirs[] = {"/tmp/by_path", "/tmp/by_descriptor"};
	pid_t pids[8];

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		HEAR(init);
	}
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		MUST(dir_make(dirs[i]));
	OK(mount_by_path(dirs[0], init->pid));
	mount_by_descriptor(dirs[1], init->pid);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		NOTE("%s", dirs[i]);
		IS(proc_list(dirs[i], pids, 8), 1);
		IS(pids[0], 1);
		FAILS(ENOENT, link_read(path("%s/self", dirs[i])));
	}
	NOTE_END();
	IS(MUST(link_read("/proc/self")), path("%d", getpid())); /* control */
	DISMISS(init);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		HOLDS(!file_exists(path("%s/1", dirs[i])));
}

CASE(mount_option_pidns_is_refused_when_not_permitted)
{
	int own = MUST(ns_open(0, "pid"));

	MUST(dir_make("/tmp/proc"));
	FAILS(EINVAL, begin(MUST(ns_open(0, "uts"))));
	FAILS(EINVAL, begin(MUST(open("/proc/self/status", O_RDONLY | O_CLOEXEC))));
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		OK(begin(MUST(ns_open(0, "pid")))); /* control */
		FAILS(EINVAL, begin(own));
		HEAR(init);
	}
	CHILD(root_elsewhere, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		FAILS(EPERM, begin(own));
		CHILD(member, NS_PID) {
			HEAR(member);
		}
		OK(begin(MUST(ns_open(member->pid, "pid")))); /* control: its own */
		DISMISS(member);
	}
	EXITS(root_elsewhere, 0);

	MUST(mount_by_path("/tmp/proc", init->pid));
	FAILS(EBUSY, mount(NULL, "/tmp/proc", NULL, MS_REMOUNT, "pidns=/proc/self/ns/pid"));
	FAILS(ENOENT, link_read("/tmp/proc/self")); /* as before */
	int context = MUST(begin(MUST(ns_open(init->pid, "pid"))));
	OK(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	FAILS(EBUSY, fsconfig(context, FSCONFIG_SET_FD, "pidns", NULL, own));
	DISMISS(init);
}
