/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INIT_TEST_H
#define RUNNER_INIT_TEST_H

#include "runner/init/orders.h"
#include "runner/init/port.h"

/* Runs one test and prints its result. flags: those of the order, for the server of the tests. */
void test_run(struct ports *ports, struct orders *orders, double factor, const char *flags, const char *id);

/* What was not a test has changed the system: what it left is nobody's leak. */
void test_system_changed(void);

#endif
