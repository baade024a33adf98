/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_SESSION_H
#define RUNNER_HOST_SESSION_H

#include "runner/host/accel.h"
#include "runner/host/debugger.h"
#include "runner/host/machine.h"
#include "vm/runtime.h"

/* What a run or a shell is to be about. */
struct session_request {
	struct kernel_request kernel;
	struct runtime_request runtime; /* name NULL: none */
	struct machine_config machine;
	enum accel accel;
	const char *init, *guest, *cache;
	const char *home;  /* the folder of the program */
	const char *share; /* a folder that the guest gets a copy of, or NULL */
	int snapshots_mib; /* room for saved VMs; 0: none is saved or restored */
};

/* All that it needs before the first VM starts, in the order in which it is got. */
struct session {
	struct kernel kernel;
	struct runtime runtime; /* its name NULL: none was asked for */
	char *initrd;
	char qemu_version[256];
	struct accel_memory accel;
	struct snapshots snapshots;
	struct splat_allow allow;
	struct loop loop;
	struct debugger debugger;
	char *hint; /* how a debugger attaches, or NULL: none was asked for */
	struct machine machine;
	struct strings setup; /* the lines of the machine's setup, where they are not the user's alone */
	void *suites;
	bool kvm_opens;
	int64_t qemu_ms, kernel_ms, image_ms, snapshot_ms; /* how long these took */
};

/*
 * Resolves the kernel, builds the image, chooses the accelerator.
 * wanted: what it points to has to outlive the session
 * Close it with session_close(), also after a fault.
 */
int session_open(struct session *s, const struct session_request *wanted, struct fault *fault);
void session_close(struct session *s);

#endif
