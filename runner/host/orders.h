/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_ORDERS_H
#define RUNNER_HOST_ORDERS_H

#include <stddef.h>

#include "runner/host/loop.h"

/*
 * Orders on their way to a guest's agent: they wait here until the channel takes them. The channel is a watch of the
 * owner's, who calls orders_flush() when it can be written.
 */
struct orders {
	struct loop *loop;
	struct watch *channel; /* NULL until it is known which one the guest listens on */
	struct order *first, **end;
};

void orders_init(struct orders *o, struct loop *loop);
void orders_free(struct orders *o);

/* Sends what the channel takes now. */
void orders_flush(struct orders *o);

/* The clock, entropy, and the program of the tests, whose bytes stay the caller's until the guest has answered. */
void order_prepare(struct orders *o, const char *suites, size_t len);

/* A line for the guest's shell. */
void order_setup(struct orders *o, const char *line);

/* A test; factor: for its time limit; runtime: the container runtime it is about, or NULL. */
void order_run(struct orders *o, const char *id, double factor, bool sabotage, const char *runtime);

/* A key of the kernel's (admin-guide/sysrq.rst). */
void order_sysrq(struct orders *o, char key);

/* To power off. */
void order_bye(struct orders *o);

#endif
