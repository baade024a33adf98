// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/self.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static int exe_fd = -1;

/* Whoever started this program may have ignored or blocked what tests count on. */
static void reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void self_prepare(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	exe_fd = fcntl(fd, F_DUPFD_CLOEXEC, 200);
	close(fd);
	reset_signals();
}

int self_exe(void)
{
	return exe_fd;
}
