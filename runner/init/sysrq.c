// SPDX-License-Identifier: GPL-2.0-only
#include "runner/init/sysrq.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool sysrq_obey(const char *line)
{
	char key;

	if (sscanf(line, "sysrq %c", &key) != 1)
		return false;
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, &key, 1) < 0)
		fprintf(stderr, "sysrq %c: %s\n", key, strerror(errno));
	close(fd);
	return true;
}
