/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_NSID_H
#define HELPERS_NSID_H

#include <linux/net_namespace.h>

/*
 * The ids by which one network namespace knows others (rtnetlink RTM_NEWNSID, ip-netns(8) "set"); all of it
 * is said from the caller's namespace. `by` says what the value is: NETNSA_FD, NETNSA_PID, NETNSA_NSID.
 */

#define NSID_NONE (-2) /* the namespace is there and has no id */
#define NSID_AUTO (-1) /* let the kernel choose */

/* Gives a namespace an id. -1 with errno. */
int nsid_assign_by(int by, int value, int id);
/* The id of a namespace, or NSID_NONE. -1 with errno. */
int nsid_by(int by, int value);

static inline int nsid_assign(int ns, int id)
{
	return nsid_assign_by(NETNSA_FD, ns, id);
}
static inline int nsid(int ns)
{
	return nsid_by(NETNSA_FD, ns);
}

/* How many ids the caller's namespace has given, at most `max` of them stored. -1 with errno. */
int nsid_list(int *ids, int max);

#endif
