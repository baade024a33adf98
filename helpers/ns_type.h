/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_NS_TYPE_H
#define HELPERS_NS_TYPE_H

#include <sched.h>
#include <stdbool.h>

#include "helpers/compat.h"

/* The eight types of namespaces(7), by the names of their files in /proc/PID/ns. */
#define NS_CGROUP CLONE_NEWCGROUP
#define NS_IPC    CLONE_NEWIPC
#define NS_MNT    CLONE_NEWNS
#define NS_NET    CLONE_NEWNET
#define NS_PID    CLONE_NEWPID
#define NS_TIME   CLONE_NEWTIME
#define NS_USER   CLONE_NEWUSER
#define NS_UTS    CLONE_NEWUTS
#define NS_ALL    (NS_CGROUP | NS_IPC | NS_MNT | NS_NET | NS_PID | NS_TIME | NS_USER | NS_UTS)

struct ns_type {
	const char *name; /* "pid": the file that tells where the process is */
	const char
		*next; /* "pid_for_children": the file that unshare and setns change; else the same as name */
	int flag;      /* CLONE_NEW* */
	const char *label; /* "PID": for messages */
};

#define NS_TYPES 8
extern const struct ns_type ns_types[NS_TYPES];
#define FOR_EACH_NS_TYPE(t) for (const struct ns_type *t = ns_types; t < ns_types + NS_TYPES; t++)
/* Only those that the running kernel has. */
#define FOR_EACH_NS_HERE(t)                                                                                  \
	FOR_EACH_NS_TYPE(t)                                                                                  \
		if (ns_supported((t)->flag))

/* The type of a CLONE_NEW* flag; NULL if it is none. */
const struct ns_type *ns_type(int flag);

/* True if the running kernel has this type of namespace (its file exists in /proc/self/ns). */
bool ns_supported(int flag);

/* NS_ALL without what the running kernel lacks. */
int ns_all(void);

#endif
