// SPDX-License-Identifier: GPL-2.0-only
/* Processes of a container, from inside and from the host. pid_namespaces(7), OCI config.md "process" */
#include "helpers/container.h"
#include "helpers/nscheck.h"

#define GROUP "runtime.pid"

PAYLOAD(first)
{
	IS(getpid(), 1);
	IS(getppid(), 0);
	IS(link_read("/proc/self"), "1");
	IS(file_read("/proc/1/comm"), "probe");
	TELL(outer, getpid());
	HEAR(outer);
}

CASE(payload_is_pid_1)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, first, .map = f->map);
		IS(HEAR(box), 1);
		long long pids[8];
		HOLDS(box->pid > 1);
		IS(proc_status_numbers(box->pid, "NSpid", pids, 8), 2);
		IS(pids[1], 1);
		DISMISS(box);
	}
}
