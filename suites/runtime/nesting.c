// SPDX-License-Identifier: GPL-2.0-only
/* A container in a container. namespaces(7), user_namespaces(7) */
#include "helpers/utsname.h"
#include "suites/runtime/eyes.h"

#define GROUP     "runtime.nesting"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

PAYLOAD(inner)
{
	pid_t pids[8];

	IS(getpid(), 1);
	IS(proc_list("/proc", pids, 8), 1);
	IS(hostname(), "inner");
	IS(uids_now(), "0 0 0");
	OK(link_add_dummy("inner0"));
	OK(tmpfs_make("/home"));
	TELL(outer);
	HEAR(outer);
}

PAYLOAD(middle)
{
	const char *map = HEAR(outer) ? "0 1000 1000" : NULL;
	int mounts = MUST(mountinfo_count("/proc/self/mountinfo", "/"));

	CONTAINER(box, inner, .map = map, .hostname = "inner", .capabilities = CONTAINER_ALL_CAPS,
		  .unmasked = true);
	HEAR(box);
	HOLDS(box->pid > 1);
	IS(not_shared(0, box->pid), container_of(box)->namespaces);
	IS(hostname(), "middle");
	FAILS(ENODEV, link_index("inner0"));
	IS(mountinfo_count("/proc/self/mountinfo", "/"), mounts);
	IS(proc_status(box->pid, "NSpid"), path("%d\t1", box->pid));
	TELL(outer, box->pid);
	HEAR(outer);
	DISMISS(box);
}

/* The host's number of the process that is `inside` one level below `first` and 1 in the level below that. */
static pid_t find_inner(pid_t inside)
{
	pid_t pids[STARTED_MAX];
	long long numbers[8];
	int count = started_here(pids, STARTED_MAX);

	for (int i = 0; i < count; i++)
		if (proc_status_numbers(pids[i], "NSpid", numbers, 8) == 3 && numbers[1] == inside &&
		    numbers[2] == 1)
			return pids[i];
	errno = ESRCH;
	return -1;
}

CASE(container_in_container)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, middle, .map = f->map, .hostname = "middle",
			  .capabilities = CONTAINER_ALL_CAPS, .unmasked = true);
		TELL(box, f->map != NULL);
		pid_t deep = OK(find_inner((pid_t)HEAR(box)));
		IS(not_shared(box->pid, deep), container_of(box)->namespaces);
		IS(not_shared(0, deep), container_of(box)->namespaces);
		IS(proc_status(deep, "Uid"), f->map ? "101000\t101000\t101000\t101000" : "0\t0\t0\t0");
		DISMISS(box);
	}
}
