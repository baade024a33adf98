// SPDX-License-Identifier: GPL-2.0-only
/* Joining a namespace by its descriptor. setns(2) "fd refers to a /proc/[pid]/ns/ link" */
#include <sys/mman.h>
#include <sys/prctl.h>

#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP "api.setns"

/* Joins one type after `joined` others; the links of all these, and no other, have moved since `before`. */
static int join(const struct ns_type *t, int fd, bool exact, int joined, const struct ns_ids *before)
{
	struct ns_ids after;

	NOTE("%s namespace, nstype %s", t->label, exact ? "its flag" : "0");
	joined |= t->flag;
	OK(setns(fd, exact ? t->flag : 0));
	MUST(ns_ids(0, &after));
	IS(ns_differ(before, &after), joined & ~NS_PID);
	IS(ns_differ_next(before, &after), joined);
	return joined;
}

/* Joins all types of `host`, the user namespace last. */
static void join_all(pid_t host, bool exact)
{
	const struct ns_type *user = ns_type(NS_USER);
	struct ns_ids before, after, its;
	int fds[NS_TYPES], joined = 0;

	MUST(ns_ids(0, &before));
	MUST(ns_ids(host, &its));
	FOR_EACH_NS_TYPE(t)
		fds[t - ns_types] = ns_supported(t->flag) ? MUST(ns_open(host, t->name)) : -1;
	FOR_EACH_NS_TYPE(t)
		if (t != user && fds[t - ns_types] >= 0)
			joined = join(t, fds[t - ns_types], exact, joined, &before);
	join(user, fds[user - ns_types], exact, joined, &before);
	MUST(ns_ids(0, &after));
	IS(ns_differ(&after, &its), NS_PID);
	IS(ns_differ_next(&after, &its), 0);
}

CASE(joins_each_type_by_nsfs_fd)
{
	CHILD(host, ns_all()) {
		HEAR(host);
	}
	CHILD(guest, 0) {
		join_all(host->pid, false);
	}
	EXITS(guest, 0);
	CHILD(exact, 0) {
		join_all(host->pid, true);
	}
	EXITS(exact, 0);
	DISMISS(host);
}

CASE(works_through_a_bind_mount)
{
	struct stat before, after;

	CHILD(box, NS_UTS) {
		OK(hostname_set("boxed"));
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	MUST(file_put("/tmp/uts", ""));
	OK(bind_make(proc_path(box->pid, "ns/uts"), "/tmp/uts"));
	MUST(stat(proc_path(box->pid, "ns/uts"), &before));
	KILL(box);
	IS_NOT(hostname(), "boxed");
	int fd = OK(open("/tmp/uts", O_RDONLY | O_CLOEXEC));
	OK(fstat(fd, &after));
	IS(after.st_dev, before.st_dev);
	IS(after.st_ino, before.st_ino);
	OK(setns(fd, 0));
	IS(hostname(), "boxed");
}

CASE(ebadf)
{
	int closed = MUST(open("/proc/self/ns/uts", O_RDONLY));
	int handle = MUST(open("/proc/self/ns/uts", O_PATH | O_CLOEXEC));

	MUST(close(closed));
	FAILS(EBADF, setns(-1, 0));
	FAILS(EBADF, setns(closed, 0));
	FAILS(EBADF, setns(handle, 0));
	OK(setns(OK(open(path("/proc/self/fd/%d", handle), O_RDONLY | O_CLOEXEC)), 0));
}

CASE(einval_for_non_namespace_files)
{
	int ends[2];

	MUST(pipe(ends));
	const struct {
		const char *what;
		int fd;
	} files[] = {
		{"a regular file", MUST(open("/tmp/file", O_RDWR | O_CREAT, 0644))},
		{"a directory", MUST(open("/tmp", O_RDONLY | O_DIRECTORY))},
		{"a pipe", ends[0]},
		{"a memfd", MUST(memfd_create("memfd", 0))},
		{"/proc/self", MUST(open("/proc/self", O_RDONLY | O_DIRECTORY))},
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		NOTE("%s", files[i].what);
		FAILS(EINVAL, setns(files[i].fd, 0));
		FAILS(EINVAL, setns(files[i].fd, CLONE_NEWUTS));
	}
	NOTE_END();
	OK(setns(MUST(ns_open(0, "uts")), CLONE_NEWUTS)); /* control */
}

CASE(einval_for_type_mismatch)
{
	CHILD(host, ns_all()) {
		HEAR(host);
	}
	CHILD(guest, 0) {
		struct ns_ids before, after;
		MUST(ns_ids(0, &before));
		FOR_EACH_NS_TYPE(t) {
			int fd = ns_supported(t->flag) ? MUST(ns_open(host->pid, t->name)) : -1;
			FOR_EACH_NS_TYPE(wrong) {
				NOTE("%s namespace, nstype of a %s namespace", t->label, wrong->label);
				if (fd >= 0 && t != wrong)
					FAILS(EINVAL, setns(fd, wrong->flag));
			}
		}
		NOTE_END();
		int uts = MUST(ns_open(host->pid, "uts"));
		FAILS(EINVAL, setns(uts, -1));
		FAILS(EINVAL, setns(uts, CLONE_VM));
		FAILS(EINVAL, setns(uts, CLONE_NEWUTS | CLONE_NEWNET));
		MUST(ns_ids(0, &after));
		IS(ns_differ(&before, &after), 0);
		IS(ns_differ_next(&before, &after), 0);
		OK(setns(uts, CLONE_NEWUTS)); /* control */
	}
	EXITS(guest, 0);
	DISMISS(host);
}

CASE(reentering_own_namespaces)
{
	CHILD(root, 0) {
		FOR_EACH_NS_TYPE(t) {
			NOTE("%s namespace", t->label);
			if (ns_supported(t->flag) && t->flag != NS_USER)
				OK(setns(MUST(ns_open(0, t->name)), 0));
		}
		NOTE_END();
		FAILS(EINVAL, setns(MUST(ns_open(0, "user")), 0));
		MUST(cap_drop(CAP_SYS_ADMIN));
		FAILS(EINVAL, setns(MUST(ns_open(0, "user")), 0));
	}
	EXITS(root, 0);
}

static void refuse_all(const int fds[NS_TYPES])
{
	FOR_EACH_NS_TYPE(t) {
		NOTE("%s namespace", t->label);
		if (fds[t - ns_types] >= 0)
			FAILS(EPERM, ns_try_setns(fds[t - ns_types], t->flag));
	}
}

CASE(eperm_without_sys_admin)
{
	int fds[NS_TYPES];

	FOR_EACH_NS_TYPE(t) {
		NOTE("%s namespace", t->label);
		fds[t - ns_types] = -1;
		if (!ns_supported(t->flag) || t->flag == NS_USER)
			continue;
		fds[t - ns_types] = MUST(ns_open(0, t->name));
		OK(ns_try_setns(fds[t - ns_types], t->flag)); /* control */
	}
	CHILD(root, 0) {
		MUST(cap_drop(CAP_SYS_ADMIN));
		refuse_all(fds);
	}
	EXITS(root, 0);
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		refuse_all(fds);
	}
	EXITS(user, 0);
	CHILD(inside, 0) {
		MUST(unshare(CLONE_NEWUSER));
		HOLDS(cap_effective_full());
		refuse_all(fds);
	}
	EXITS(inside, 0);
}

CASE(eperm_for_the_owner_outside)
{
	int fds[NS_TYPES];

	CHILD(creator, 0, .uid = UNPRIVILEGED) {
		MUST(prctl(PR_SET_DUMPABLE, 1)); /* or nobody may open what belongs to its child */
		CHILD(box, ns_all()) {
			HEAR(box);
		}
		FOR_EACH_NS_TYPE(t)
			fds[t - ns_types] = ns_supported(t->flag) && t->flag != NS_USER
						    ? MUST(ns_open(box->pid, t->name))
						    : -1;
		refuse_all(fds);
		OK(setns(MUST(ns_open(box->pid, "user")), CLONE_NEWUSER));
		FOR_EACH_NS_TYPE(t) {
			NOTE("%s namespace, from inside", t->label);
			if (fds[t - ns_types] >= 0)
				OK(ns_try_setns(fds[t - ns_types], t->flag)); /* control */
		}
		DISMISS(box);
	}
	EXITS(creator, 0);
}

CASE(mnt_needs_sys_chroot)
{
	CHILD(root, 0) {
		int mnt = MUST(ns_open(0, "mnt")), uts = MUST(ns_open(0, "uts"));
		OK(setns(mnt, CLONE_NEWNS)); /* control */
		MUST(cap_drop(CAP_SYS_CHROOT));
		FAILS(EPERM, setns(mnt, CLONE_NEWNS));
		OK(setns(uts, CLONE_NEWUTS));
	}
	EXITS(root, 0);
}

CASE(mnt_resets_root_and_cwd)
{
	int mnt = MUST(ns_new(NS_MNT));
	char cwd[64];

	CHILD(guest, 0) {
		MUST(file_make("/tmp/here"));
		MUST(chdir("/tmp"));
		OK(access("here", F_OK));
		FAILS(ENOENT, access("tmp", F_OK));
		MUST(chroot("/tmp"));
		FAILS(ENOENT, access("/proc", F_OK));
		OK(setns(mnt, CLONE_NEWNS));
		IS(getcwd(cwd, sizeof(cwd)), "/");
		FAILS(ENOENT, access("here", F_OK));
		OK(access("tmp", F_OK));
		OK(access("/proc", F_OK));
	}
	EXITS(guest, 0);
}

CASE(shared_fs_einval_for_mnt_and_user)
{
	int mnt = MUST(ns_new(NS_MNT)), uts = MUST(ns_new(NS_UTS));

	CHILD(host, NS_USER) {
		HEAR(host);
	}
	CHILD(guest, 0) {
		CHILD(partner, CLONE_FS) {
			HEAR(partner);
		}
		FAILS(EINVAL, setns(mnt, 0));
		FAILS(EINVAL, setns(MUST(ns_open(host->pid, "user")), 0));
		OK(setns(uts, 0));
		DISMISS(partner);
		OK(setns(mnt, 0));
	}
	EXITS(guest, 0);
	DISMISS(host);
}

CASE(multithreaded_rules)
{
	CHILD(host, ns_all()) {
		HEAR(host);
	}
	CHILD(guest, 0) {
		int user = MUST(ns_open(host->pid, "user")), mnt = MUST(ns_open(host->pid, "mnt"));
		MUST(thread_run(NULL));
		FAILS(EINVAL, setns(user, 0));
		FAILS(EUSERS, setns(MUST(ns_open(host->pid, "time")), 0));
		FAILS(EINVAL, setns(mnt, 0));
		OK(setns(MUST(ns_open(host->pid, "cgroup")), 0));
		OK(setns(MUST(ns_open(host->pid, "ipc")), 0));
		OK(setns(MUST(ns_open(host->pid, "net")), 0));
		OK(setns(MUST(ns_open(host->pid, "pid")), 0));
		OK(setns(MUST(ns_open(host->pid, "uts")), 0));
		MUST(unshare(CLONE_FS));
		OK(setns(mnt, 0));
		FAILS(EINVAL, setns(user, 0));
	}
	EXITS(guest, 0);
	DISMISS(host);
}

CASE(user_rules)
{
	CHILD(host, NS_USER, .map = CONTAINER_MAP) {
		HEAR(host);
	}
	CHILD(beside, NS_USER, .map = CONTAINER_MAP) {
		HEAR(beside);
	}
	int its = MUST(ns_open(host->pid, "user")), sibling = MUST(ns_open(beside->pid, "user"));
	int parent = MUST(ns_open(0, "user"));
	CHILD(root, 0) {
		OK(setns(its, 0));
		HOLDS(cap_effective_full());
		SAME_NS(0, BEHIND(its), NS_USER);
		FAILS(EINVAL, setns(its, 0));
		FAILS(EPERM, setns(parent, 0));
		FAILS(EPERM, setns(sibling, 0));
	}
	EXITS(root, 0);
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, setns(its, 0));
	}
	EXITS(user, 0);
	DISMISS(beside);
	DISMISS(host);
}

CASE(pid_of_dead_namespace)
{
	CHILD(init, NS_PID) {
		HEAR(init);
	}
	int dead = MUST(ns_open(init->pid, "pid")), own = MUST(ns_open(0, "pid"));
	KILL(init);
	CHILD(guest, 0) {
		OK(setns(dead, 0));
		FAILS(ENOMEM, ns_try_clone3(0));
		OK(setns(own, 0));
		OK(ns_try_clone3(0));
	}
	EXITS(guest, 0);
}
