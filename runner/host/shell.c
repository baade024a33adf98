// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/shell.h"

#include "runner/host/session.h"

int shell_run(const struct options *o, struct fault *fault)
{
	struct session s;

	if (!session_open(&s, o, fault))
		fault_set(fault, EXIT_UNFINISHED, "no shell yet");
	session_close(&s);
	return fault->status;
}
