// SPDX-License-Identifier: GPL-2.0-only
/* Clocks of a container. time_namespaces(7), OCI config-linux.md "Time Namespace" */
#include <time.h>

#include "helpers/timens.h"
#include "suites/runtime/eyes.h"

#define GROUP     "runtime.time"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

#define DAY 86400LL

PAYLOAD(clocks)
{
	TELL(outer, clock_seconds(CLOCK_MONOTONIC));
	TELL(outer, clock_seconds(CLOCK_BOOTTIME));
	TELL(outer, file_number("/proc/uptime"));
	HEAR(outer);
}

static void claim_offsets(struct child *process)
{
	IS_NEARLY(HEAR(process), clock_seconds(CLOCK_MONOTONIC) + 3 * DAY);
	IS_NEARLY(HEAR(process), clock_seconds(CLOCK_BOOTTIME) + 7 * DAY);
	IS_NEARLY(HEAR(process), file_number("/proc/uptime") + 7 * DAY);
}

CASE(offsets_as_configured)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, clocks, .map = f->map, .monotonic = 3 * DAY, .boottime = 7 * DAY);
		claim_offsets(box);
		OTHER_NS(box, 0, NS_TIME);
		if (runtime_claims(RUNTIME_EXEC)) {
			CONTAINER_EXEC(command, box, clocks);
			claim_offsets(command);
			SAME_NS(command, box, NS_TIME);
			DISMISS(command);
		}
		DISMISS(box);
	}
}
