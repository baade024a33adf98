// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/timens.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helpers/compat.h"
#include "helpers/file.h"
#include "helpers/proc.h"

long long clock_seconds(clockid_t clock)
{
	struct timespec now;

	return clock_gettime(clock, &now) < 0 ? -1 : now.tv_sec;
}

long long clock_seconds_raw(clockid_t clock)
{
	struct timespec now;

	return syscall(SYS_clock_gettime, clock, &now) < 0 ? -1 : now.tv_sec;
}

void timens_nearly(const char *file, int line, const struct claim_value *value,
		   const struct claim_value *expected)
{
	claim_looked(file, line, value);
	claim_looked(file, line, expected);
	if (llabs(value->number - expected->number) > 60)
		claim_is(file, line, value, expected);
}

ssize_t timens_write(pid_t pid, const char *records)
{
	int fd = open(proc_path(pid, "timens_offsets"), O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	ssize_t taken = write(fd, records, strlen(records));
	int err = errno;
	close(fd);
	errno = err;
	return taken;
}

const char *timens_offsets(pid_t pid)
{
	const char *text = file_read(proc_path(pid, "timens_offsets"));
	long long sec[2], nsec[2];

	if (!text)
		return NULL;
	if (sscanf(text, "monotonic %lld %lld boottime %lld %lld", &sec[0], &nsec[0], &sec[1], &nsec[1]) != 4)
		return text;
	return path("monotonic %lld %lld, boottime %lld %lld", sec[0], nsec[0], sec[1], nsec[1]);
}

int timens_unshare(long long monotonic, long long boottime)
{
	if (unshare(CLONE_NEWTIME) < 0)
		return -1;
	return timens_write(0, path("monotonic %lld 0\nboottime %lld 0\n", monotonic, boottime)) < 0 ? -1 : 0;
}
