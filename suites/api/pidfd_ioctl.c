// SPDX-License-Identifier: GPL-2.0-only
/* The namespaces of a process out of its pidfd. linux/pidfd.h PIDFD_GET_CGROUP_NAMESPACE and what follows it */
#include <sys/ioctl.h>
#include <sys/pidfd.h>

#include "helpers/nscheck.h"

#define GROUP "api.pidfd_ioctl"

/* In the order of their numbers, which begin at 1. */
static const struct {
	const char *name;
	int flag;
} entries[] = {{"cgroup", NS_CGROUP}, {"ipc", NS_IPC},
	       {"mnt", NS_MNT},       {"net", NS_NET},
	       {"pid", NS_PID},       {"pid_for_children", NS_PID},
	       {"time", NS_TIME},     {"time_for_children", NS_TIME},
	       {"user", NS_USER},     {"uts", NS_UTS}};

static int get(int pidfd, const char *entry, unsigned long argument)
{
	unsigned int nr = 0;

	while (strcmp(entries[nr].name, entry) != 0)
		nr++;
	return ioctl(pidfd, _IO(0xFF, nr + 1), argument);
}

CASE(get_namespace_descriptors)
{
	CHILD(box, ns_all()) {
		if (ns_supported(NS_TIME))
			MUST(unshare(NS_TIME)); /* another one for its children than its own */
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const char *name = entries[i].name;
		NOTE("%s", name);
		if (!ns_supported(entries[i].flag))
			continue;
		OTHER_NS(ns_id(box->pid, name), ns_id(0, name), entries[i].flag);
		int ns = OK(get(box->pidfd, name, 0));
		SAME_NS(BEHIND(ns), ns_id(box->pid, name), entries[i].flag);
		IS(fcntl(ns, F_GETFD), FD_CLOEXEC);
		OK(ns_try_setns(ns, 0));
	}
	DISMISS(box);
}

static void gone(int pidfd)
{
	FAILS(ESRCH, get(pidfd, "uts", 0));
	FAILS(ESRCH, get(pidfd, "user", 0));
	FAILS(ESRCH, get(pidfd, "pid", 0));
}

CASE(errors)
{
	CHILD(box, NS_UTS) {
		HEAR(box);
	}
	int pidfd = MUST(dup(box->pidfd));
	OTHER_NS(BEHIND(OK(get(pidfd, "uts", 0))), 0, NS_UTS); /* control */
	FAILS(EINVAL, get(pidfd, "uts", 1));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		OK(get(MUST(pidfd_open(getpid(), 0)), "uts", 0)); /* control */
		FAILS(EACCES, get(pidfd, "uts", 0));
	}
	EXITS(user, 0);
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EACCES, get(pidfd, "uts", 0));
	}
	EXITS(root, 0);
	TELL(box);
	AWAIT_ZOMBIE(box);
	NOTE("a zombie");
	gone(pidfd);
	EXITS(box, 0);
	NOTE("reaped");
	gone(pidfd);
}
