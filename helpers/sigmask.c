// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/sigmask.h"

#include <stddef.h>

sigset_t signal_block(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return set;
}

void signal_block_all(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
}
