// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/ns_type.h"

#include <stdio.h>
#include <unistd.h>

const struct ns_type ns_types[NS_TYPES] = {
	{"cgroup", "cgroup", NS_CGROUP, "cgroup"},
	{"ipc", "ipc", NS_IPC, "IPC"},
	{"mnt", "mnt", NS_MNT, "mount"},
	{"net", "net", NS_NET, "network"},
	{"pid", "pid_for_children", NS_PID, "PID"},
	{"time", "time_for_children", NS_TIME, "time"},
	{"user", "user", NS_USER, "user"},
	{"uts", "uts", NS_UTS, "UTS"},
};

const struct ns_type *ns_type(int flag)
{
	FOR_EACH_NS_TYPE(t)
		if (t->flag == flag)
			return t;
	return NULL;
}

bool ns_supported(int flag)
{
	const struct ns_type *t = ns_type(flag);
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", t ? t->name : "");
	return t && access(path, F_OK) == 0;
}

int ns_all(void)
{
	int flags = 0;

	FOR_EACH_NS_TYPE(t)
		flags |= ns_supported(t->flag) ? t->flag : 0;
	return flags;
}
