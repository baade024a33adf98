/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_QEMU_H
#define VM_QEMU_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/fault.h"
#include "vm/kernel.h"

enum accel {
	ACCEL_AUTO, /* a wish of the user; whoever starts a QEMU has decided for one of the others */
	ACCEL_KVM,
	ACCEL_TCG,
};

#define QEMU_BINARY     "qemu-system-x86_64"
#define QEMU_MEMORY_MIB 512
#define QEMU_CPUS       2

/* One QEMU to start. Every descriptor but incoming_fd is one end of a connected stream socket pair. */
struct qemu_request {
	const char *binary; /* NULL: QEMU_BINARY, by PATH */
	const struct kernel *kernel;
	const char *initrd;
	const char *append;   /* more for the kernel's command line, or NULL */
	enum accel accel;     /* ACCEL_KVM or ACCEL_TCG */
	int memory_mib, cpus; /* 0: the defaults above */
	int qmp_fd;
	int console_fd;  /* TTY_CONSOLE: the kernel log */
	int results_fd;  /* virtio port PORT_RESULTS */
	int control_fd;  /* virtio port PORT_ORDERS */
	int serial2_fd;  /* TTY_CHANNEL: both directions, where the kernel has no virtio_console */
	int incoming_fd; /* a saved VM to restore, or -1 for a cold boot */
	bool shell;      /* adds WORD_SHELL to the command line */
};

/*
 * The command line for a request.
 * Returns a NULL-terminated vector to give to qemu_argv_free(), or NULL with a fault about the request.
 */
char **qemu_argv(const struct qemu_request *request, struct fault *fault);
void qemu_argv_free(char **argv);

/*
 * The first line of `qemu --version`, which is asked for once for each program.
 * A fault says that QEMU is not installed (bad input), or does not work.
 */
int qemu_version(const char *binary, const char *cache_dir, char *out, size_t size, struct fault *fault);

#endif
