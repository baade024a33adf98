// SPDX-License-Identifier: GPL-2.0-only
#include "runner/init/sysrq.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/contract.h"
#include "runner/init/words.h"

bool sysrq_obey(const char *line)
{
	const char *key = after(line, ORDER_SYSRQ);

	if (!key || !*key)
		return false;
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, key, 1) < 0)
		fprintf(stderr, "%s: %s\n", line, strerror(errno));
	close(fd);
	return true;
}
