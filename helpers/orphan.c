// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/orphan.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A dying process gives its children away before it becomes a zombie, all under one lock, so whoever sees the
 * pidfd readable sees the new parent too.
 */
pid_t orphan_parent(struct child *orphan)
{
	int parent = (int)syscall(SYS_pidfd_open, getppid(), 0);

	if (parent < 0)
		return -1;
	TELL(orphan);
	AWAIT(parent);
	close(parent);
	return getppid();
}

void orphan_leave(struct child *orphan)
{
	HEAR(orphan);
	_exit(EXIT_SUCCESS);
}

void orphan_bequeath(struct child *self, struct child *orphan)
{
	TELL(self, orphan->pid);
	_exit(EXIT_SUCCESS);
}

pid_t orphan_inherited(struct child *parent)
{
	pid_t orphan = (pid_t)HEAR(parent);

	EXITS(parent, 0);
	return orphan;
}

int orphan_reaped(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	if (!WIFEXITED(status)) {
		errno = EINTR;
		return -1;
	}
	return WEXITSTATUS(status);
}
