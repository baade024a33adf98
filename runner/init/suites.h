/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INIT_SUITES_H
#define RUNNER_INIT_SUITES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "runner/init/orders.h"

/* Takes the test binary, `size` bytes that follow in the orders, and starts its server. */
void suites_take(struct orders *orders, size_t size);

/* Sends the server of the tests a line: "FACTOR FLAGS ID" starts a test, whose main process is its child in the box. */
bool suites_ask(const char *request);

/* Where its answers are read, without waiting; what it says of a test ends with SAYS_END. */
int suites_answers(void);

/* Ends the server, if there is one, and gives its wait status; the next test starts another. */
int suites_stop(void);

/* The server, a child of this process; 0: none. */
pid_t suites_server(void);

#endif
