/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_MACHINE_H
#define RUNNER_HOST_MACHINE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "runner/host/console.h"
#include "runner/host/loop.h"
#include "runner/host/snapshot.h"
#include "runner/host/spawn.h"
#include "vm/kernel.h"
#include "vm/monitor.h"

/* What the user wants of each VM. */
struct machine_config {
	const char *program; /* the monitor's */
	const char *append;  /* more for the kernel's command line */
	char *const *more;   /* words for the monitor's command line, as they are */
	size_t more_count;
	int memory_mib, cpus;
	bool dumped;        /* a guest that died or hangs can be dumped */
	bool shell;         /* boots to a shell instead of serving */
	char *const *setup; /* shell lines that are run before the tests */
	size_t setups;
	double test_factor;  /* time limits of tests are multiplied by it */
	double patience;     /* those of what the harness itself waits for; at least 1 */
	bool debugged;       /* a debugger may stop the guest: nothing in it has a time limit */
	bool kvm_on_trial;   /* KVM was not asked for: that it works is seen at hello */
	const char *runtime; /* the container runtime that the guest's tests are about, or NULL */
};

/* What all VMs of a run share; it outlives them. */
struct machine {
	struct machine_config config;
	struct loop *loop;
	const struct monitor *monitor;
	const char *monitor_version;
	const struct kernel *kernel;
	const char *initrd;
	enum accel accel; /* never auto */
	struct identity identity;
	int kernel_fd,
		initrd_fd; /* for a monitor that may not read the paths, or an image without one; else -1 */
	int debugger_fd;   /* that a debugger connects to, or -1 */
	struct snapshots *snapshots;
	bool snapshots_wanted;
	FILE *console_log;
	FILE *setup_log; /* what the setup lines print, or NULL */
	const struct splat_allow *allow;
	const char *suites; /* the guest program's bytes */
	size_t suites_len;
};

/* The channels to a started monitor: those of enum monitor_fd that are socket pairs, then its output and errors. */
enum { CHANNEL_ERRORS = MONITOR_SAVED, CHANNELS };

/* A monitor that was started. */
struct started {
	pid_t pid;
	int process;            /* a pidfd */
	int channels[CHANNELS]; /* our ends, which do not block */
};

/*
 * Starts a VM.
 * saved: a file to restore it from, or -1 to boot it; stays the caller's
 * errors: where the monitor's own words go, or -1: to a channel
 * started: receives what is the caller's from now on
 * Returns -1 with a fault when it cannot be started.
 */
int machine_start(const struct machine *machine, int saved, int errors, struct started *started,
		  struct fault *fault);

/* The monitor's command line as a user could type it; the caller frees. NULL with a fault. */
char *vm_command(const struct machine *machine, struct fault *fault);

/* What snapshots of this machine are named by. */
int machine_snapshot_key(const struct machine *machine, char key[65], struct fault *fault);

#endif
