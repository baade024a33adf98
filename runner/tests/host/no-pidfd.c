// SPDX-License-Identifier: GPL-2.0-only
/* In build/nscheck-plain: valgrind does not know pidfd_open(2), so a process that polls stands in for it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

long __real_syscall(long number, long a, long b, long c);
long __wrap_syscall(long number, long a, long b, long c);

static int has_ended(long pid)
{
	char name[64], state = 'Z';
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%ld/stat", pid);
	f = fopen(name, "re");
	if (f && fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	if (f)
		fclose(f);
	return state == 'Z';
}

/* The end of a pipe that can be read once the process has ended. */
static int watcher(long pid)
{
	int ends[2];

	if (pipe(ends))
		return -1;
	if (!fork()) {
		__real_syscall(SYS_close_range, 0, ends[1] - 1, 0);
		while (!has_ended(pid))
			usleep(2000);
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

long __wrap_syscall(long number, long a, long b, long c)
{
	return number == SYS_pidfd_open ? watcher(a) : __real_syscall(number, a, b, c);
}
