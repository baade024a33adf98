// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces by file handle: who may come back with one. open_by_handle_at(2) with FD_NSFS_ROOT */
#include "helpers/nscheck.h"

#define GROUP "api.handle"

/* The handle of the namespace behind a descriptor. */
static struct ns_handle handle_of(int ns)
{
	struct ns_handle h;

	OK(ns_handle(ns, &h));
	IS(h.head.handle_bytes, 16);
	IS(h.head.handle_type, 0xf1);
	return h;
}

static struct ns_handle handles[NS_TYPES];

/* Those of all namespaces of a process, 0 is the caller. */
static void take_handles(pid_t pid)
{
	FOR_EACH_NS_HERE(t)
		handles[t - ns_types] = handle_of(MUST(ns_open(pid, t->name)));
}

/* The caller comes back by handle to all namespaces of a process. */
static void all_open(pid_t pid)
{
	struct stat opened, direct;

	take_handles(pid);
	FOR_EACH_NS_HERE(t) {
		NOTE("%s", t->name);
		MUST(stat(proc_path(pid, path("ns/%s", t->name)), &direct));
		OK(fstat(OK(ns_handle_open(&handles[t - ns_types], O_RDONLY)), &opened));
		IS(opened.st_dev, direct.st_dev);
		IS(opened.st_ino, direct.st_ino);
	}
	NOTE_END();
}

static void all_stale(void)
{
	FOR_EACH_NS_HERE(t) {
		NOTE("%s", t->name);
		FAILS(ESTALE, ns_handle_open(&handles[t - ns_types], O_RDONLY));
	}
	NOTE_END();
}

CASE(encode_and_reopen)
{
	struct ns_ids mine, its;

	CHILD(box, ns_all()) {
		HEAR(box);
	}
	MUST(ns_ids(0, &mine));
	MUST(ns_ids(box->pid, &its));
	IS(ns_differ(&mine, &its), ns_all());
	all_open(box->pid);
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		all_open(0);
	}
	EXITS(user, 0);
	DISMISS(box);
}

CASE(open_flags)
{
	static const struct {
		int flags, err;
	} refused[] = {{O_WRONLY, EPERM},  {O_RDWR, EPERM},     {O_TRUNC, EPERM},
		       {O_DIRECT, EINVAL}, {O_TMPFILE, EINVAL}, {O_DIRECTORY, ENOTDIR}};
	int ns = MUST(ns_new(NS_UTS));
	struct ns_handle h = handle_of(ns);

	OTHER_NS(BEHIND(ns), 0, NS_UTS);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		NOTE("flags %#o", (unsigned int)refused[i].flags);
		FAILS(refused[i].err, ns_handle_open(&h, refused[i].flags));
	}
	NOTE_END();
	SAME_NS(BEHIND(OK(ns_handle_open(&h, O_RDONLY))), BEHIND(ns), NS_UTS);
	SAME_NS(ns_id_of(OK(ns_handle_open(&h, O_PATH))), BEHIND(ns), NS_UTS);
}

CASE(foreign_namespace_estale)
{
	CHILD(box, ns_all()) {
		HEAR(box);
	}
	all_open(box->pid); /* control */
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		all_stale();
	}
	EXITS(user, 0);
	CHILD(root, (unsigned int)ns_all(), .map = CONTAINER_MAP) {
		HOLDS(cap_effective_full());
		all_stale();
	}
	EXITS(root, 0);
	FOR_EACH_NS_TYPE(t)
		handles[t - ns_types].head.handle_bytes = 8;
	all_stale();

	take_handles(0);
	CHILD(inside, (unsigned int)ns_all(), .map = CONTAINER_MAP) {
		all_stale();
	}
	EXITS(inside, 0);
	DISMISS(box);
}

CASE(userns_root_cannot_reopen_left_namespace)
{
	CHILD(root, NS_USER | NS_UTS, .map = CONTAINER_MAP) {
		int left = MUST(ns_open(0, "uts"));
		struct ns_handle h = handle_of(left);
		SAME_NS(BEHIND(OK(ns_handle_open(&h, O_RDONLY))), BEHIND(left), NS_UTS); /* control */
		OK(unshare(CLONE_NEWUTS));
		FAILS(ESTALE, ns_handle_open(&h, O_RDONLY));
	}
	EXITS(root, 0);
}
