// SPDX-License-Identifier: GPL-2.0-only
/* What the file of a mount namespace tells, and how it leads to the next one. linux/nsfs.h NS_MNT_GET_INFO */
/* Goes on from nsfs.c. */
#include <sys/ioctl.h>

#include "helpers/nscheck.h"

#define GROUP "api.nsfs"

/* NS_MNT_GET_INFO. */
static struct mnt_ns_info_first info_of(int ns)
{
	struct mnt_ns_info_first info = {0};

	OK(ioctl(ns, NS_MNT_GET_INFO, &info));
	IS(info.size, sizeof(info));
	return info;
}

CASE(mnt_get_info)
{
	int mnt = MUST(ns_open(0, "mnt")), uts = MUST(ns_open(0, "uts")), later = MUST(ns_new(NS_MNT));
	struct mnt_ns_info_first info = info_of(mnt), large[4];
	unsigned long long id;

	OK(ioctl(mnt, NS_GET_MNTNS_ID, &id));
	IS(id, info.id);
	HOLDS(info_of(later).id > info.id);
	MUST(tmpfs_make("/tmp/more"));
	IS(info_of(mnt).mounts, info.mounts + 1);
	IS(info_of(later).mounts, info.mounts);

	OK(ioctl(mnt, _IOC(_IOC_READ, NSIO, 10, sizeof(large)), large));
	IS(large[0].size, sizeof(info));
	IS(large[0].id, info.id);
	FAILS(EINVAL, ioctl(uts, NS_MNT_GET_INFO, &info));
	FAILS(EINVAL, ioctl(mnt, NS_MNT_GET_INFO, NULL));
	IS_MINUS_ONE(ioctl(mnt, _IOC(_IOC_READ, NSIO, 10, 8), &info));
	HOLDS(errno == EINVAL || errno == ENOTTY);
}

#define OURS 11

/* Goes from one of our namespaces to the end, through all that follow it here, in order. */
static void walk(const int ours[OURS], int first, int last, unsigned long request)
{
	int step = first < last ? 1 : -1, met = first, at = MUST(dup(ours[first])), next;
	unsigned long long before = info_of(at).id;
	struct mnt_ns_info_first info;

	while ((next = ioctl(at, request, &info)) >= 0) {
		close(at);
		at = next;
		HOLDS(step > 0 ? info.id > before : info.id < before);
		before = info.id;
		if (met != last && MUST(ns_id_of(at)) == MUST(ns_id_of(ours[met + step])))
			met += step;
	}
	GAVE(ENOENT);
	IS(met, last);
	close(at);
}

CASE(mnt_get_next_and_prev)
{
	int ours[OURS];
	struct mnt_ns_info_first info;

	for (int i = 0; i < OURS; i++) {
		ours[i] = MUST(ns_new(NS_MNT));
		for (int j = 0; j < i; j++)
			OTHER_NS(BEHIND(ours[i]), BEHIND(ours[j]), NS_MNT);
	}
	walk(ours, 0, OURS - 1, NS_MNT_GET_NEXT);
	walk(ours, OURS - 1, 0, NS_MNT_GET_PREV);
	int neighbour = OK(ioctl(ours[1], NS_MNT_GET_PREV, &info));
	IS(fcntl(neighbour, F_GETFD), FD_CLOEXEC);
	OK(ns_try_setns(neighbour, CLONE_NEWNS));
}

CASE(mnt_get_next_null_info)
{
	int ours = MUST(ns_open(0, "mnt")), later = MUST(ns_new(NS_MNT));
	struct mnt_ns_info_first info = info_of(ours);

	OTHER_NS(BEHIND(later), BEHIND(ours), NS_MNT);
	OK(ioctl(ours, NS_MNT_GET_NEXT, &info)); /* control */
	OK(ioctl(ours, NS_MNT_GET_NEXT, NULL));
	OK(ioctl(later, NS_MNT_GET_PREV, NULL));
}

static void looks_at_its_own_only(void)
{
	int ns = MUST(ns_open(0, "mnt"));
	struct mnt_ns_info_first info = info_of(ns);

	FAILS(EPERM, ioctl(ns, NS_MNT_GET_NEXT, &info));
	FAILS(EPERM, ioctl(ns, NS_MNT_GET_PREV, &info));
}

CASE(mnt_iteration_needs_global_root)
{
	int ns = MUST(ns_open(0, "mnt"));
	struct mnt_ns_info_first info = info_of(ns);

	OK(ioctl(ns, NS_MNT_GET_PREV, &info)); /* control */
	CHILD(root, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		looks_at_its_own_only();
	}
	EXITS(root, 0);
	CHILD(init, NS_PID | NS_MNT) {
		looks_at_its_own_only();
	}
	EXITS(init, 0);
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		looks_at_its_own_only();
	}
	EXITS(user, 0);
}
