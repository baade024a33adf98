/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_ACCEL_H
#define RUNNER_HOST_ACCEL_H

#include <stdbool.h>

#include "vm/monitor.h"

/*
 * What --accel auto learned on this machine: CACHE/accel holds one line for the running host kernel (its boot
 * id) and version of the monitor, so that a broken KVM is tried once a boot.
 */
struct accel_memory {
	char *path;
	char *key;
};

void accel_init(struct accel_memory *m, const char *cache, const char *monitor_version);
void accel_free(struct accel_memory *m);

/* KVM was found broken. */
void accel_remember_broken(const struct accel_memory *m);

/* The accelerator to start with. */
enum accel accel_choose(const struct accel_memory *m, enum accel wish, bool kvm_opens);

const char *accel_name(enum accel accel);

#endif
