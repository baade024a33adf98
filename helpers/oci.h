/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_OCI_H
#define HELPERS_OCI_H

#include "helpers/container.h"
#include "helpers/runtime.h"

/*
 * Runtimes that take a bundle of the OCI runtime specification and have runc's command line: the parts of a
 * driver that they share. Their state is in the container's own bundle.
 */

/* Claims of a runtime of version 1.0 of the specification; 1.1 has domain names and time namespaces as well. */
#define OCI_CLAIMS                                                                                           \
	(RUNTIME_PID1 | RUNTIME_STATUS | RUNTIME_SIGNALS | RUNTIME_EXEC | RUNTIME_SEALED |                   \
	 RUNTIME_JOIN_TYPE | RUNTIME_BOUNDING | RUNTIME_INHERITABLE | RUNTIME_PRIVATE | RUNTIME_ROOTLESS |   \
	 RUNTIME_UNPRIVILEGED | RUNTIME_JOIN | RUNTIME_INHERIT | RUNTIME_UTS | RUNTIME_CAPABILITIES |        \
	 RUNTIME_NO_NEW_PRIVS | RUNTIME_USER | RUNTIME_MASKS | RUNTIME_READONLY | RUNTIME_BINDS |            \
	 RUNTIME_DEV | RUNTIME_CGROUP | RUNTIME_SYSCTL | RUNTIME_NET)

/*
 * The whole of a driver's run, exec and signal: `PROGRAM --root DIR [options] run|exec|kill ...`; options: those
 * before the command, NULL last, at most 4.
 */
void oci_run(const struct runtime_driver *driver, const struct container *container,
	     const char *const *options) __attribute__((noreturn));
void oci_exec(const struct runtime_driver *driver, const struct container *container,
	      const struct container_process *process, const char *const *options) __attribute__((noreturn));
int oci_signal(const struct runtime_driver *driver, const struct container *container, int sig);

#endif
