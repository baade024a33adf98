/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INIT_SYSRQ_H
#define RUNNER_INIT_SYSRQ_H

#include <stdbool.h>

/* Obeys an order for what the kernel can tell of itself, the only one that is allowed while a test runs; false for any other. */
bool sysrq_obey(const char *line);

#endif
