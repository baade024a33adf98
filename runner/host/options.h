/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_OPTIONS_H
#define RUNNER_HOST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/text.h"
#include "vm/kernel.h"
#include "vm/monitor.h"
#include "vm/runtime.h"

#define NSCHECK_VERSION "1.0"

/* What the user asked for, checked. Strings are the command line's or owned by this struct until the end. */
struct options {
	char **selection;
	size_t selected;
	char **kernels; /* each --kernel */
	size_t kernel_count;
	struct kernel_request kernel; /* spec: the one of them that this run is about */
	char **runtimes;              /* each --runtime */
	size_t runtime_count;
	struct runtime_request runtime; /* name: the one of them that this run is about, or NULL */
	enum accel accel;
	const char *append;
	char **setup;
	size_t setups;
	const char *output, *report, *baseline, *update_baseline, *resume;
	char **argv; /* the command line itself */
	int argc;
	char **beside; /* those of its options that may go with --resume, as "--name=value" */
	size_t beside_count;
	bool other;             /* there are options that may not */
	int memory, cpus, jobs; /* jobs 0: as many as make sense */
	double timeout_factor;
	int repeat;
	int reruns; /* of a failed test, alone in booted VMs */
	bool in_order;
	bool cold, fresh_vm, sabotage, list, json, missing, lint, shell, timings;
	bool matrix; /* all of vm/kernels.list */
	bool kernel_list, fetch_only;
	int shard, shards; /* which part of how many; 0: all */
	const char *times; /* where --shard knows durations from, or NULL */
	bool merge;        /* the words of the selection are folders */
	bool compare;      /* they are the two runs to compare */
	bool github;       /* annotations of GitHub Actions */
	bool bisect;       /* one step of a bisection, about the one selected test */
	bool gdb;          /* the VM waits for a debugger */
	bool quiet;        /* a run prints nothing: whoever started it tells the outcome */
	const char *qemu;
	char *guest, *init, *cache;
	char *home;          /* folder of the program's own executable */
	long cache_size;     /* MiB of snapshots */
	struct text command; /* the options that a command needs to repeat a test of this run */
};

/* The exit status for a command line that makes no sense: git bisect would take 2 for a bad commit. */
int options_bad_status(int argc, char *const *argv);

/* Fills options from the command line; a fault is for main to print. Ends the program for --help. */
int options_parse(struct options *options, int argc, char **argv, struct fault *fault);

/* The same for the command line of an earlier run: prints nothing and ends no program. */
int options_parse_quietly(struct options *options, int argc, char **argv, struct fault *fault);
void options_free(struct options *options);

#endif
