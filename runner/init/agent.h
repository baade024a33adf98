/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INIT_AGENT_H
#define RUNNER_INIT_AGENT_H

#include "runner/init/port.h"

/* Says hello, then serves the host's orders until the VM ends. */
void agent_serve(struct ports *ports) __attribute__((noreturn));

#endif
