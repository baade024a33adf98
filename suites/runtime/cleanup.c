// SPDX-License-Identifier: GPL-2.0-only
/* What is left of a container. namespaces(7) "Namespace lifetime" */
#include "suites/runtime/eyes.h"

#define GROUP     "runtime.cleanup"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

PAYLOAD(connected)
{
	TELL(outer, MUST(link_number("eth0", IFLA_LINK)));
	HEAR(outer);
}

/* How many processes are in one of these namespaces. */
static int processes_in(const struct ns_ids *ids, int types)
{
	pid_t pids[STARTED_MAX];
	int found = 0, count = started_here(pids, STARTED_MAX);

	for (int i = 0; i < count; i++) {
		bool inside = false;
		for (int t = 0; t < NS_TYPES; t++)
			inside |=
				(ns_types[t].flag & types) && ns_id(pids[i], ns_types[t].name) == ids->now[t];
		found += inside;
	}
	return found;
}

CASE(nothing_is_left_behind)
{
	EACH_FLAVOUR(f)
	{
		int held[NS_TYPES], watch = MUST(link_watch());
		struct ns_ids ids;
		MUST(link_add_bridge(CONTAINER_BRIDGE));
		MUST(addr_add(CONTAINER_BRIDGE, CONTAINER_BRIDGE_ADDRESS "/24"));
		MUST(link_up(CONTAINER_BRIDGE));
		int links = MUST(rtnl_count(RTM_GETLINK, AF_UNSPEC));
		char *mounts = strdup(MUST(file_read("/proc/self/mountinfo")));
		CONTAINER(box, connected, .map = f->map, .address = "10.88.0.2/24");
		IS(rtnl_count(RTM_GETLINK, AF_UNSPEC), links + 1);
		int port = (int)HEAR(box);
		MUST(ns_ids(box->pid, &ids));
		HOLDS(processes_in(&ids, container_of(box)->namespaces) > 0); /* control */
		for (int t = 0; t < NS_TYPES; t++)
			held[t] = ns_supported(ns_types[t].flag) ? MUST(ns_open(box->pid, ns_types[t].name))
								 : -1;
		DISMISS(box);
		IS(processes_in(&ids, container_of(box)->namespaces), 0);
		for (int t = 0; t < NS_TYPES; t++)
			close(held[t]);
		LINK_AWAIT_GONE(watch, port);
		IS(rtnl_count(RTM_GETLINK, AF_UNSPEC), links);
		IS(file_read("/proc/self/mountinfo"), mounts);
		HOLDS(!file_exists(cgroup_file(container_of(box)->place)));
		MUST(link_del(CONTAINER_BRIDGE));
	}
}
