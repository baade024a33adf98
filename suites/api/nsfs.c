// SPDX-License-Identifier: GPL-2.0-only
/* What an open namespace file tells. ioctl_nsfs(2) */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/statfs.h>

#include "helpers/nscheck.h"

#define GROUP "api.nsfs"

#define NSFS_MAGIC 0x6e736673

CASE(file_attributes, .unsabotaged = "what a namespace file is like does not depend on which namespace it is")
{
	FOR_EACH_NS_HERE(t) {
		const char *file = strdupa(proc_path(0, path("ns/%s", t->name)));
		struct statfs fs;
		struct stat st;
		char byte;
		NOTE("%s", t->name);
		int fd = OK(open(file, O_RDONLY | O_CLOEXEC));
		OK(fstat(fd, &st));
		IS(st.st_mode, 0100444);
		IS(st.st_size, 0);
		IS(st.st_nlink, 1);
		IS(st.st_uid, 0);
		OK(fstatfs(fd, &fs));
		IS(fs.f_type, NSFS_MAGIC);
		FAILS(EPERM, open(file, O_RDWR));
		FAILS(EPERM, truncate(file, 0));
		FAILS(EPERM, fchmod(fd, 0644));
		FAILS(EPERM, fchown(fd, 1, 1));
		FAILS(EINVAL, read(fd, &byte, 1));
		FAILS(ENODEV, (long)mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0));
		FAILS(ESPIPE, lseek(fd, 0, SEEK_SET));
		close(fd);
	}
}

CASE(bind_mount_shows_in_mountinfo)
{
	struct mountinfo line;

	CHILD(box, NS_UTS) {
		HEAR(box);
	}
	long long id = MUST(ns_id(box->pid, "uts"));
	OTHER_NS(id, 0, NS_UTS);
	MUST(file_put("/tmp/uts", ""));
	OK(bind_make(proc_path(box->pid, "ns/uts"), "/tmp/uts"));
	OK(mountinfo_find("/proc/self/mountinfo", "/tmp/uts", &line));
	IS(line.root, path("uts:[%lld]", id));
	IS(line.type, "nsfs");
	OK(umount("/tmp/uts"));
	DISMISS(box);
}

CASE(mount_namespace_file_loop_einval)
{
	MUST(file_put("/tmp/ns", ""));
	int older = MUST(ns_open(0, "mnt"));
	CHILD(younger, NS_MNT) {
		FAILS(EINVAL, bind_make(path("/proc/self/fd/%d", older), "/tmp/ns"));
		HEAR(younger);
	}
	FAILS(EINVAL, bind_make("/proc/self/ns/mnt", "/tmp/ns"));
	OK(bind_make(proc_path(younger->pid, "ns/mnt"), "/tmp/ns"));
	DISMISS(younger);
}

CASE(get_nstype)
{
	MUST(file_put("/tmp/ns", ""));
	CHILD(box, ns_all()) {
		HEAR(box);
	}
	FOR_EACH_NS_HERE(t) {
		NOTE("%s", t->name);
		OTHER_NS(box, 0, t->flag);
		IS(ioctl(MUST(ns_open(box->pid, t->name)), NS_GET_NSTYPE), t->flag);
		IS(ioctl(MUST(ns_open(box->pid, t->next)), NS_GET_NSTYPE), t->flag);
		MUST(bind_make(proc_path(box->pid, path("ns/%s", t->name)), "/tmp/ns"));
		int fd = MUST(open("/tmp/ns", O_RDONLY | O_CLOEXEC));
		IS(ioctl(fd, NS_GET_NSTYPE), t->flag);
		close(fd);
		MUST(umount("/tmp/ns"));
	}
	DISMISS(box);
}

CASE(get_userns)
{
	CHILD(box, NS_USER | NS_UTS) {
		HEAR(box);
	}
	int uts = MUST(ns_open(box->pid, "uts")), user = MUST(ns_open(box->pid, "user"));
	int owner = OK(ioctl(uts, NS_GET_USERNS));
	OTHER_NS(BEHIND(owner), 0, NS_USER);
	SAME_NS(BEHIND(owner), BEHIND(user), NS_USER);
	IS(fcntl(owner, F_GETFD), FD_CLOEXEC);
	IS(fcntl(owner, F_GETFL) & O_ACCMODE, O_RDONLY);
	SAME_NS(ns_relative(user, NS_GET_USERNS), 0, NS_USER);
	FOR_EACH_NS_TYPE(t) {
		NOTE("%s", t->name);
		if (ns_supported(t->flag) && t->flag != NS_USER)
			SAME_NS(ns_relative(MUST(ns_open(0, t->name)), NS_GET_USERNS), 0, NS_USER);
	}
	DISMISS(box);
}

CASE(get_userns_out_of_scope_eperm)
{
	CHILD(sibling, NS_USER | NS_UTS) {
		HEAR(sibling);
	}
	int user = MUST(ns_open(0, "user")), uts = MUST(ns_open(0, "uts"));
	int of_sibling = MUST(ns_open(sibling->pid, "uts"));
	FAILS(EPERM, ns_relative(user, NS_GET_USERNS));
	OK(ns_relative(uts, NS_GET_USERNS)); /* control */
	OK(ns_relative(of_sibling, NS_GET_USERNS));
	CHILD(inside, 0) {
		OK(unshare(CLONE_NEWUSER));
		FAILS(EPERM, ns_relative(uts, NS_GET_USERNS));
		FAILS(EPERM, ns_relative(of_sibling, NS_GET_USERNS));
	}
	EXITS(inside, 0);
	DISMISS(sibling);
}

CASE(get_parent)
{
	CHILD(box, NS_USER | NS_PID) {
		FAILS(EPERM, ns_relative(MUST(ns_open(0, "pid")), NS_GET_PARENT));
		FAILS(EPERM, ns_relative(MUST(ns_open(0, "user")), NS_GET_PARENT));
		HEAR(box);
	}
	SAME_NS(ns_relative(MUST(ns_open(box->pid, "pid")), NS_GET_PARENT), 0, NS_PID);
	SAME_NS(ns_relative(MUST(ns_open(box->pid, "user")), NS_GET_PARENT), 0, NS_USER);
	FAILS(EPERM, ns_relative(MUST(ns_open(0, "pid")), NS_GET_PARENT));
	FAILS(EPERM, ns_relative(MUST(ns_open(0, "user")), NS_GET_PARENT));
	DISMISS(box);
}

CASE(get_parent_of_flat_type_einval)
{
	CHILD(box, ns_all()) {
		HEAR(box);
	}
	FOR_EACH_NS_HERE(t) {
		NOTE("%s", t->name);
		int fd = MUST(ns_open(box->pid, t->name));
		if (t->flag == NS_PID || t->flag == NS_USER)
			SAME_NS(ns_relative(fd, NS_GET_PARENT), 0, t->flag); /* control */
		else
			FAILS(EINVAL, ns_relative(fd, NS_GET_PARENT));
	}
	DISMISS(box);
}

static long long owner_uid(int fd)
{
	uid_t uid = 0;

	return ioctl(fd, NS_GET_OWNER_UID, &uid) < 0 ? -1 : (long long)uid;
}

CASE(get_owner_uid)
{
	CHILD(user, 0) {
		MUST(setresuid(2000, UNPRIVILEGED, 2000));
		CHILD(box, NS_USER) {
			GIVE_FD(box, MUST(ns_open(0, "user")));
			HEAR(box);
		}
		GIVE_FD(user, TAKE_FD(box));
		HEAR(user);
		DISMISS(box);
	}
	int made = TAKE_FD(user);
	IS(OK(owner_uid(made)), UNPRIVILEGED);
	CHILD(elsewhere, NS_USER, .map = CONTAINER_MAP) {
		IS(OK(owner_uid(made)), 65534); /* the overflow uid: not mapped there */
	}
	EXITS(elsewhere, 0);
	IS(OK(owner_uid(MUST(ns_open(0, "user")))), 0);
	FAILS(EINVAL, owner_uid(MUST(ns_open(0, "uts"))));
	FAILS(EFAULT, ioctl(made, NS_GET_OWNER_UID, 8L));
	DISMISS(user);
}

CASE(ioctl_on_other_files_enotty, .unsabotaged = "files that are no namespaces")
{
	static const char *const files[] = {"/dev/null", "/tmp", "/proc/self/ns"};
	static const unsigned long requests[] = {NS_GET_USERNS, NS_GET_PARENT, NS_GET_NSTYPE,
						 NS_GET_OWNER_UID};
	int mnt = MUST(ns_open(0, "mnt"));
	uid_t uid;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		int fd = MUST(open(files[i], O_RDONLY | O_CLOEXEC));
		NOTE("%s", files[i]);
		for (size_t j = 0; j < ARRAY_SIZE(requests); j++)
			FAILS(ENOTTY, ioctl(fd, requests[j], &uid));
	}
	NOTE_END();
	FAILS(ENOTTY, ioctl(mnt, _IO(NSIO, 99)));
	for (unsigned int nr = 0x60; nr <= 0x65; nr++)
		FAILS(ENOTTY, ioctl(mnt, _IO(0x93, nr))); /* those of autofs: AUTOFS_IOCTL */
	IS(ioctl(mnt, NS_GET_NSTYPE), CLONE_NEWNS);       /* control */
}

/* Since 6.19, which brought listns(2), those of the initial namespaces are fixed. */
static void initial_ids_are_fixed(void)
{
	static const char *const names[] = {"ipc", "uts", "user", "pid", "cgroup", "time", "net", "mnt"};

	if (!feature_here("listns"))
		return;
	for (int i = 0; i < NS_TYPES; i++) {
		NOTE("initial %s namespace", names[i]);
		IS(ns_unique_id(MUST(ns_open(1, names[i]))), i + 1);
	}
}

CASE(get_id)
{
	int uts = MUST(ns_new(NS_UTS)), net = MUST(ns_new(NS_NET));
	long long ids[NS_TYPES] = {0}, id = OK(ns_unique_id(uts));

	IS_NOT(id, ns_unique_id_here(NS_UTS));
	HOLDS(id < OK(ns_unique_id(net)));
	FAILS(EFAULT, ioctl(uts, NS_GET_ID, 8L));
	CHILD(neighbour, 0) {
		HEAR(neighbour);
	}
	FOR_EACH_NS_HERE(t) {
		NOTE("%s", t->name);
		long long own = ids[t - ns_types] = OK(ns_unique_id_here(t->flag));
		IS(ns_unique_id(MUST(ns_open(neighbour->pid, t->name))), own);
		for (const struct ns_type *other = ns_types; other < t; other++)
			IS_NOT(ids[other - ns_types], own);
	}
	DISMISS(neighbour);
	initial_ids_are_fixed();
}
