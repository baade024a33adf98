// SPDX-License-Identifier: GPL-2.0-only
/* Who may join a cgroup namespace or a cgroup. setns(2) "Cgroup namespaces", clone(2) CLONE_INTO_CGROUP */
#include "helpers/nscheck.h"

#define GROUP "cgroup.perm"

CASE(setns_needs_caps_in_both_user_namespaces)
{
	int home = MUST(ns_open(0, "cgroup"));

	CHILD(beside, NS_USER | NS_CGROUP, .map = CONTAINER_MAP) {
		HEAR(beside);
	}
	int sibling = MUST(ns_open(beside->pid, "cgroup"));
	CHILD(box, NS_USER | NS_CGROUP, .map = CONTAINER_MAP) {
		HOLDS(cap_effective_full());
		FAILS(EPERM, setns(home, CLONE_NEWCGROUP));
		FAILS(EPERM, setns(sibling, CLONE_NEWCGROUP));
		OK(setns(MUST(ns_open(0, "cgroup")), CLONE_NEWCGROUP)); /* control */
	}
	CHILD(host_root, 0) {
		long long before = ns_id(0, "cgroup");
		OK(setns(sibling, CLONE_NEWCGROUP));
		OTHER_NS(0, before, NS_CGROUP);
		FAILS(EINVAL, setns(sibling, CLONE_NEWUTS));
		MUST(cap_drop(CAP_SYS_ADMIN));
		FAILS(EPERM, setns(sibling, CLONE_NEWCGROUP)); /* its own by now */
		FAILS(EPERM, setns(home, CLONE_NEWCGROUP));
	}
	EXITS(host_root, 0);
	EXITS(box, 0);
	DISMISS(beside);
}

CASE(writes_use_credentials_of_the_opener, .unsabotaged = "it is about credentials and makes no namespace")
{
	const char *procs = cgroup_file("a/s/cgroup.procs");

	MUST(cgroup_make("a/s"));
	MUST(chown(procs, UNPRIVILEGED, UNPRIVILEGED));
	CHILD(root, 0) {
		MUST(seteuid(UNPRIVILEGED));
		int lesser = MUST(open(procs, O_WRONLY | O_CLOEXEC));
		MUST(seteuid(0));
		FAILS(EACCES, write(lesser, "0", 1));
		IS(cgroup_of(0), cgroup_name("main"));
		OK(cgroup_move(0, "a/s")); /* control: opened as root */
		IS(cgroup_of(0), cgroup_name("a/s"));
	}
	EXITS(root, 0);
}

/* Starts a child in the cgroup behind a descriptor. -1 with errno. */
static pid_t start_in(int cgroup)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)cgroup};

	return ns_clone3_raw(&args, sizeof(args));
}

CASE(clone_into_cgroup_needs_write_permission,
     .unsabotaged = "it is about permissions and makes no namespace")
{
	MUST(cgroup_make("a/b"));
	int cgroup = MUST(open(cgroup_file("a/b"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	CHILD(inside, 0, .cgroup = cgroup) {
		IS(cgroup_of(0), cgroup_name("a/b"));
	}
	EXITS(inside, 0);
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EACCES, start_in(cgroup));
		FAILS(ECHILD, waitpid(-1, NULL, 0));
	}
	EXITS(user, 0);
	int closed = MUST(dup(cgroup));
	MUST(close(closed));
	FAILS(EBADF, start_in(closed));
}

CASE(file_handle_of_outer_cgroup_does_not_open_from_userns)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} outer = {.handle.handle_bytes = MAX_HANDLE_SZ};
	int mount_id;

	MUST(cgroup_make("a/b"));
	MUST(cgroup_make("a/s"));
	MUST(name_to_handle_at(AT_FDCWD, cgroup_file("a/s"), &outer.handle, &mount_id, 0));
	int host = MUST(open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	OK(close(OK(open_by_handle_at(host, &outer.handle, O_RDONLY)))); /* control */
	CHILD(root, 0) {
		MUST(cgroup_move(0, "a/b"));
		CHILD(box, NS_USER | NS_CGROUP | NS_MNT, .map = CONTAINER_MAP) {
			OK(cgroup_mount("/tmp/cg"));
			int own = MUST(open("/tmp/cg", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
			FAILS(EPERM, open_by_handle_at(own, &outer.handle, O_RDONLY));
		}
		EXITS(box, 0);
	}
	EXITS(root, 0);
}
