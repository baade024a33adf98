// SPDX-License-Identifier: GPL-2.0-only
/* How long time namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include <time.h>

#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.time"

static long long boottime(void)
{
	struct timespec now;

	MUST(clock_gettime(CLOCK_BOOTTIME, &now));
	return now.tv_sec;
}

CASE(freed_when_last_process_leaves)
{
	freed_with_its_last_process(NS_TIME);
}

CASE(open_fd_keeps_state)
{
	const long long days = 10 * 24 * 60 * 60;

	ORDERED(box, NS_TIME, 1) {
		CHILD(member, 0) {
			OK(unshare(NS_TIME));
			MUST(file_write("/proc/self/timens_offsets", path("boottime %lld 0", days)));
			TELL(member);
			HEAR(member);
		}
		int ns = descriptor_left_by(member, "time_for_children", NS_TIME);
		CHILD(visitor, 0) {
			long long before = boottime();
			OK(setns(ns, NS_TIME));
			HOLDS(boottime() >= before + days);
		}
		EXITS(visitor, 0);
		freed_by_close(ns, NS_TIME);
	}
	EXITS(box, 0);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_TIME);
}
