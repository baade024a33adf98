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

/* Starts a child in a cgroup and reaps it. 0; -1 with errno. */
static int start_in(const char *cgroup)
{
	int fd = MUST(open(cgroup_file(cgroup), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)fd};
	pid_t pid = ns_clone3_raw(&args, sizeof(args));
	int err = errno;

	if (pid == 0)
		_exit(0);
	close(fd);
	errno = err;
	return pid < 0 || waitpid(pid, NULL, 0) < 0 ? -1 : 0;
}

CASE(clone_into_outer_cgroup_is_enoent)
{
	MUST(cgroup_make("a/b/c"));
	MUST(cgroup_make("a/s"));
	OK(start_in("a/s")); /* control: from outside */
	CHILD(box, 0) {
		OK(cgroup_become_root("a/b"));
		FAILS(ENOENT, start_in("a/s"));
		FAILS(ECHILD, waitpid(-1, NULL, 0));
		OK(start_in("a/b/c"));
	}
	EXITS(box, 0);
}

CASE(namespace_at_open_time_decides)
{
	const char *procs = cgroup_file("a/s/cgroup.procs");

	MUST(cgroup_make("a/b"));
	MUST(cgroup_make("a/s"));
	CHILD(parent, 0) {
		MUST(cgroup_move(0, "a/b"));
		CHILD(inside, NS_CGROUP) {
			IS(cgroup_of(0), "/");
			GIVE_FD(inside, MUST(open(procs, O_WRONLY | O_CLOEXEC)));
		}
		int theirs = TAKE_FD(inside);
		EXITS(inside, 0);
		FAILS(ENOENT, write(theirs, "0", 1));
		IS(cgroup_of(0), cgroup_name("a/b"));
		int own = MUST(open(procs, O_WRONLY | O_CLOEXEC));
		IS(write(own, "0", 1), 1);
		IS(cgroup_of(0), cgroup_name("a/s"));
	}
	EXITS(parent, 0);
}

CASE(kernel_lists_delegatable_files, .unsabotaged = "it reads two files and makes no namespace")
{
	static const char *const names[] = {"cgroup.procs\n", "cgroup.threads\n", "cgroup.subtree_control"};
	const char *delegate = OK(file_read("/sys/kernel/cgroup/delegate"));

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		OK(strstr(delegate, names[i]));
	OK(strstr(OK(file_read("/sys/kernel/cgroup/features")), "nsdelegate"));
}

/* Whether the mount of cgroup v2 shows the option to the caller. */
static bool nsdelegate_is_on(void)
{
	return strstr(OK(mnt_at("/sys/fs/cgroup"))->super, "nsdelegate");
}

CASE(off_allows_migration_and_writes_across_the_boundary)
{
	MUST(cgroup_make("a/b"));
	MUST(cgroup_make("a/s"));
	MUST(file_write(cgroup_file("a/cgroup.subtree_control"), "+pids"));
	CHILD(outsider, 0) {
		HEAR(outsider);
	}
	MUST(cgroup_nsdelegate(false));
	HOLDS(!nsdelegate_is_on());
	CHILD(box, 0) {
		OK(cgroup_become_root("a/b"));
		IS(cgroup_of(0), "/");
		for (int i = 0; i < 3; i++) {
			NOTE("%s", controls[i].file);
			OK(file_write(cgroup_file(path("a/b/%s", controls[i].file)), controls[i].value));
		}
		NOTE_END();
		OK(cgroup_move(0, "a/s"));
		IS(cgroup_of(0), "/../s");
		OK(cgroup_move(0, "a/b"));
		OK(cgroup_move(outsider->pid, "a/b"));
		IS(cgroup_of(outsider->pid), "/");
	}
	EXITS(box, 0);
	MUST(cgroup_nsdelegate(true));
	DISMISS(outsider);
}

CASE(option_is_settable_from_the_initial_cgroup_namespace_only)
{
	MUST(cgroup_make("a/b"));
	CHILD(box, NS_MNT) {
		OK(cgroup_become_root("a/b"));
		IS(cgroup_of(0), "/");
		OK(cgroup_nsdelegate(false));
		HOLDS(nsdelegate_is_on());
		TELL(box);
		HEAR(box);
		OK(cgroup_nsdelegate(true));
		HOLDS(!nsdelegate_is_on());
	}
	HEAR(box);
	HOLDS(nsdelegate_is_on());
	OK(cgroup_nsdelegate(false));
	HOLDS(!nsdelegate_is_on());
	DISMISS(box);
	HOLDS(!nsdelegate_is_on());
	OK(cgroup_nsdelegate(true));
	HOLDS(nsdelegate_is_on());

	MUST(dir_make("/tmp/cg"));
	OK(mount("cgroup2", "/tmp/cg", "cgroup2", 0, NULL));
	HOLDS(!nsdelegate_is_on());
	MUST(cgroup_nsdelegate(true));
}
