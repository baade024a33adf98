/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_SESSION_H
#define RUNNER_HOST_SESSION_H

#include "runner/host/accel.h"
#include "runner/host/debugger.h"
#include "runner/host/options.h"
#include "runner/host/pool.h"

/* All that a run or a shell needs before the first VM starts, in the order in which it is got. */
struct session {
	const struct options *options;
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
	void *suites;
	bool kvm_opens;
	int64_t qemu_ms, kernel_ms, image_ms, snapshot_ms; /* how long these took */
};

/* Resolves the kernel, builds the image, chooses the accelerator. */
int session_open(struct session *s, const struct options *o, struct fault *fault);
void session_close(struct session *s);

/* How a run goes about its jobs. */
struct pool_config session_pool_config(const struct session *s);

#endif
