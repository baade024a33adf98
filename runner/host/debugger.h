/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_DEBUGGER_H
#define RUNNER_HOST_DEBUGGER_H

#include "runner/base/fault.h"
#include "vm/kernel.h"

/*
 * Where a debugger meets the VM: a socket that this program listens on and the monitor answers, in a folder that nobody
 * else may enter. All zero but fd -1: none was asked for.
 */
struct debugger {
	int fd;
	char *dir, *path;
};

int debugger_listen(struct debugger *d, struct fault *fault);
void debugger_close(struct debugger *d);

/* What to type so that the debugger attaches, with the kernel's symbols where they are; to free. */
char *debugger_hint(const struct debugger *d, const struct kernel *kernel);

#endif
