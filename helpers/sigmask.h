/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_SIGMASK_H
#define HELPERS_SIGMASK_H

#include <signal.h>

/* Blocks a signal, and gives the set that has it alone, for sigwaitinfo(2). */
sigset_t signal_block(int sig);

/* Blocks all signals that can be. */
void signal_block_all(void);

#endif
