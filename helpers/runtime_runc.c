// SPDX-License-Identifier: GPL-2.0-only
/* runc(8): the OCI runtime that most engines use. */
#include "helpers/oci.h"

static void run(const struct container *container);
static void exec(const struct container *container, const struct container_process *process);
static int signal_to(const struct container *container, int sig);

/* Time namespaces and domain names came with 1.2 and version 1.1 of the specification. */
RUNTIME(runc, .program = "runc", .claims = OCI_CLAIMS, .run = run, .exec = exec, .signal = signal_to);

static const char *const no_options[] = {NULL};

static void run(const struct container *container)
{
	oci_run(&runc_driver, container, no_options);
}

static void exec(const struct container *container, const struct container_process *process)
{
	oci_exec(&runc_driver, container, process, no_options);
}

static int signal_to(const struct container *container, int sig)
{
	return oci_signal(&runc_driver, container, sig);
}
