/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_HANG_H
#define RUNNER_HOST_HANG_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/host/orders.h"
#include "vm/monitor.h"

/*
 * A guest that does not answer in time is asked where it hangs, step by step, before its VM is killed: what its kernel
 * says to that is in the console's log. All zero: nothing was asked yet.
 */
struct hang {
	size_t steps;
	char *about; /* one line: that it hangs */
};

void hang_free(struct hang *h);

/* Forgets that there was one: a test begins. */
void hang_clear(struct hang *h);

/* Whether something was asked. */
bool hang_began(const struct hang *h);

/*
 * Asks for the next thing.
 * splat: a complaint of the kernel in the test that hangs, or NULL
 * Returns for how many milliseconds to listen, or -1: there is nothing left to ask for.
 */
int hang_step(struct hang *h, struct orders *orders, const struct monitor *monitor, struct monitor_talk *talk,
	      const char *splat);

/* The monitor has sent a break to the console: the key follows. */
void hang_break_sent(const struct hang *h, int console_fd);

#endif
