// SPDX-License-Identifier: GPL-2.0-only
/* How deep namespaces nest. pid_namespaces(7), user_namespaces(7) "Nested namespaces" */
#include "helpers/nscheck.h"

#define GROUP "nesting.depth"

static void claim_plain_fork_works(void)
{
	pid_t pid = OK(fork());

	if (pid == 0)
		_exit(0);
	IS(waitpid(pid, NULL, 0), pid);
}

/* Makes a PID namespace whose init does the same, until there are as many as the kernel allows. */
static void nest(int depth)
{
	int status;

	NOTE("%d deep", depth);
	if (depth == 32) {
		FAILS(ENOSPC, ns_clone(CLONE_NEWPID));
		FAILS(ENOSPC, ns_clone3(CLONE_NEWPID));
		FAILS(ENOSPC, unshare(CLONE_NEWPID));
		claim_plain_fork_works();
		return;
	}
	pid_t pid = OK(ns_clone3(CLONE_NEWPID));
	if (pid == 0) {
		IS(getpid(), 1);
		nest(depth + 1);
		_exit(0);
	}
	IS(waitpid(pid, &status, 0), pid);
	IS(status, 0);
}

CASE(pid_namespaces_nest_32_deep)
{
	nest(0);
}

CASE(user_namespaces_nest_33_deep)
{
	CHILD(nester, 0) {
		for (int depth = 1; depth <= 33; depth++) {
			long long outer = ns_id(0, "user");
			NOTE("%d deep", depth);
			OK(unshare(CLONE_NEWUSER));
			IS_NOT(ns_id(0, "user"), outer);
			OK(idmap_write(0, "0 0 1"));
		}
		FAILS(ENOSPC, unshare(CLONE_NEWUSER));
		OK(unshare(CLONE_NEWUTS)); /* control: it is about user namespaces */
	}
	EXITS(nester, 0);
}
