/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_NS_FLAGS_H
#define HELPERS_NS_FLAGS_H

#include <sched.h>

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

#endif
