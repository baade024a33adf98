// SPDX-License-Identifier: GPL-2.0-only
/* crun(1): an OCI runtime in C. */
#include "helpers/oci.h"

static void run(const struct container *container);
static void exec(const struct container *container, const struct container_process *process);
static int signal_to(const struct container *container, int sig);

/* Domain names are there since 1.7, OCI's timeOffsets since 1.8.4, an annotation for them before. */
RUNTIME(crun, .program = "crun", .claims = OCI_CLAIMS | RUNTIME_DOMAINNAME | RUNTIME_TIME, .run = run,
	.exec = exec, .signal = signal_to);

static const char *const *options_of(const struct container *container)
{
	static const char *const own[] = {"--cgroup-manager=cgroupfs", NULL};
	static const char *const none[] = {"--cgroup-manager=disabled", NULL};

	return container->cgroup ? own : none;
}

static void run(const struct container *container)
{
	oci_run(&crun_driver, container, options_of(container));
}

static void exec(const struct container *container, const struct container_process *process)
{
	oci_exec(&crun_driver, container, process, options_of(container));
}

static int signal_to(const struct container *container, int sig)
{
	return oci_signal(&crun_driver, container, sig);
}
