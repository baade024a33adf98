// SPDX-License-Identifier: GPL-2.0-only
/* What a restored VM must not have from its snapshot; runner/tests/vm/restore.sh compares two of them. */
#include <sys/random.h>
#include <time.h>

#include "helpers/nscheck.h"

#define GROUP     "selftest.restore"
#define GROUP_OWN (NS_IPC | NS_NET)

CASE(tells_what_differs)
{
	unsigned long long bytes;
	struct timespec now;
	char uuid[40];

	MUST(getrandom(&bytes, sizeof(bytes), 0));
	MUST(clock_gettime(CLOCK_REALTIME, &now));
	snprintf(uuid, sizeof(uuid), "%.36s", file_read("/proc/sys/kernel/random/uuid"));
	SKIP("random %llx uuid %s boot %.36s stack %p clock %ld", bytes, uuid,
	     file_read("/proc/sys/kernel/random/boot_id"), (void *)&now, (long)now.tv_sec);
}
