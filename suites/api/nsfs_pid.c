// SPDX-License-Identifier: GPL-2.0-only
/* PIDs as a PID namespace's file translates them. linux/nsfs.h NS_GET_PID_FROM_PIDNS */
/* Goes on from nsfs.c. */
#include <sys/ioctl.h>

#include "helpers/nscheck.h"

#define GROUP "api.nsfs"

/* The file of the PID namespace that `init` is the first process of. */
static int translator(const struct child *init)
{
	return MUST(ns_open(init->pid, "pid"));
}

CASE(pid_translation)
{
	int outer = MUST(ns_open(0, "pid"));

	CHILD(init, NS_PID) {
		pid_t thread = MUST(thread_run(NULL)), outside = (pid_t)HEAR(init);
		IS(getpid(), 1);
		TELL(init, thread);
		HEAR(init);
		IS(ioctl(outer, NS_GET_PID_IN_PIDNS, 1), outside);
		IS(ioctl(outer, NS_GET_PID_FROM_PIDNS, outside), 1);
	}
	TELL(init, init->pid);
	int inner = translator(init), inside = (int)HEAR(init);
	IS(ioctl(inner, NS_GET_PID_FROM_PIDNS, 1), init->pid);
	IS(ioctl(inner, NS_GET_TGID_FROM_PIDNS, 1), init->pid);
	IS(ioctl(inner, NS_GET_PID_IN_PIDNS, init->pid), 1);
	IS(ioctl(inner, NS_GET_TGID_IN_PIDNS, init->pid), 1);

	NOTE("a thread");
	int thread = OK(ioctl(inner, NS_GET_PID_FROM_PIDNS, inside));
	OK(access(proc_path(init->pid, path("task/%d", thread)), F_OK));
	IS_NOT(thread, init->pid);
	IS(ioctl(inner, NS_GET_TGID_FROM_PIDNS, inside), init->pid);
	IS(ioctl(inner, NS_GET_PID_IN_PIDNS, thread), inside);
	IS(ioctl(inner, NS_GET_TGID_IN_PIDNS, thread), 1);
	DISMISS(init);
}

CASE(pid_translation_errors)
{
	int outer = MUST(ns_open(0, "pid")), uts = MUST(ns_open(0, "uts")), elsewhere = getpid();

	CHILD(init, NS_PID) {
		HEAR(init);
		FAILS(ESRCH, ioctl(outer, NS_GET_PID_FROM_PIDNS, elsewhere));
	}
	int inner = translator(init);
	OK(ioctl(inner, NS_GET_PID_FROM_PIDNS, 1)); /* control */
	OK(ioctl(outer, NS_GET_PID_IN_PIDNS, elsewhere));
	FAILS(ESRCH, ioctl(inner, NS_GET_PID_IN_PIDNS, elsewhere));
	FAILS(ESRCH, ioctl(inner, NS_GET_TGID_IN_PIDNS, elsewhere));
	FAILS(ESRCH, ioctl(inner, NS_GET_PID_FROM_PIDNS, 9999));
	FAILS(ESRCH, ioctl(inner, NS_GET_TGID_FROM_PIDNS, 9999));
	FAILS(EINVAL, ioctl(uts, NS_GET_PID_FROM_PIDNS, 1));
	FAILS(EINVAL, ioctl(uts, NS_GET_TGID_FROM_PIDNS, 1));
	FAILS(EINVAL, ioctl(uts, NS_GET_PID_IN_PIDNS, 1));
	FAILS(EINVAL, ioctl(uts, NS_GET_TGID_IN_PIDNS, 1));
	DISMISS(init);
}
