// SPDX-License-Identifier: GPL-2.0-only
/* Who may make a PID namespace. clone(2), unshare(2), user_namespaces(7) */
/* Goes on from create.c. */
#include "helpers/nscheck.h"

#define GROUP "pid.create"

/* Makes a namespace whose init ends at once. -1 with errno. */
static int joined(pid_t pid)
{
	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : orphan_reaped(pid);
}

static int by_clone(unsigned long long flags)
{
	return joined(ns_clone(flags));
}

static int by_clone3(unsigned long long flags)
{
	return joined(ns_clone3(flags));
}

static int by_unshare(unsigned long long flags)
{
	return unshare((int)flags);
}

static const struct call {
	const char *name;
	int (*make)(unsigned long long flags);
} calls[] = {{"clone", by_clone}, {"clone3", by_clone3}, {"unshare", by_unshare}};

CASE(needs_cap_sys_admin)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		NOTE("%s", calls[i].name);
		CHILD(capable, 0) {
			OK(calls[i].make(CLONE_NEWPID)); /* control */
		}
		EXITS(capable, 0);
		CHILD(incapable, 0) {
			MUST(cap_drop(CAP_SYS_ADMIN));
			FAILS(EPERM, calls[i].make(CLONE_NEWPID));
			FAILS(ECHILD, waitpid(-1, NULL, 0));
		}
		EXITS(incapable, 0);
	}
}

CASE(newuser_in_same_call_grants_privilege)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, by_clone(CLONE_NEWPID));
		CHILD(box, NS_USER | NS_PID) {
			IS(getpid(), 1);
			HEAR(box);
		}
		int ns = MUST(ns_open(box->pid, "pid"));
		SAME_NS(ns_relative(ns, NS_GET_USERNS), box, NS_USER);
		OTHER_NS(box, 0, NS_USER);
		DISMISS(box);
	}
	EXITS(user, 0);
}

CASE(einval_when_userns_is_not_below_owner_of_current_pidns)
{
	CHILD(container, NS_USER | NS_PID, .map = CONTAINER_MAP) {
		IS(getpid(), 1);
		OK(by_clone(CLONE_NEWPID)); /* control: of the owner */
		TELL(container);
		HEAR(container);
	}
	HEAR(container);
	VISITOR(joiner, container, NS_PID) {
		CHILD(injected, 0) { /* in the initial user namespace, above the owner */
			FAILS(EINVAL, unshare(CLONE_NEWPID));
			FAILS(EINVAL, by_clone(CLONE_NEWPID));
			FAILS(EINVAL, by_clone(CLONE_NEWUSER | CLONE_NEWPID));
			OK(unshare(CLONE_NEWUTS)); /* control */
		}
		EXITS(injected, 0);
	}
	EXITS(joiner, 0);
	DISMISS(container);
}

CASE(einval_without_kernel_support, .without = NS_PID)
{
	FAILS(EINVAL, by_clone(CLONE_NEWPID));
	FAILS(EINVAL, unshare(CLONE_NEWPID));
}
