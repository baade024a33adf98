/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_OPTIONS_H
#define RUNNER_HOST_OPTIONS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "runner/base/fault.h"
#include "runner/base/mem.h"
#include "vm/kernel.h"
#include "vm/monitor.h"
#include "vm/runtime.h"

#define NSCHECK_VERSION "1.0"

/* What the program is started for: one thing at a time. */
enum task {
	TASK_RUN,    /* the selected tests on one kernel */
	TASK_MATRIX, /* on several kernels or runtimes, or a part of all tests */
	TASK_LIST,
	TASK_KERNELS,
	TASK_RUNTIMES,
	TASK_FETCH,
	TASK_REPORT,
	TASK_RESUME,
	TASK_COMPARE,
	TASK_LINT,
	TASK_MERGE,
	TASK_SHELL,
	TASK_BISECT,
	TASKS,
};

struct option_row;

/* An option as it was given; value is NULL for one without. */
struct given {
	const struct option_row *row;
	const char *value;
};

/*
 * What the user asked for, checked. Each option has a row in options_table.c, which says what of this it sets; strings are
 * the command line's or owned by this struct. Only main.c and the entry functions of the tasks know it.
 */
struct options {
	enum task task;
	struct strings selection;       /* the words: tests; folders for --merge; two runs for --compare */
	struct strings kernels;         /* each --kernel */
	struct strings runtimes;        /* each --runtime */
	struct strings setup;           /* each --setup */
	struct strings qemu_args;       /* each --qemu-arg */
	struct kernel_request kernel;   /* spec: the one of them that this run is about */
	struct runtime_request runtime; /* name: the one of them that this run is about, or NULL */
	enum accel accel;
	int memory, cpus; /* MiB; a number */
	int jobs;         /* 0: as many as make sense */
	int repeat;
	int reruns;        /* of a failed test, alone in booted VMs */
	int fail_fast;     /* unexpected verdicts after which a run stops; 0: never */
	int shard, shards; /* which part of how many; 0: all */
	int cache_size;    /* MiB of snapshots */
	double timeout_factor;
	bool in_order, cold, fresh_vm, sabotage;
	bool json, missing;   /* --list */
	bool common;          /* --compare: only what both have counts */
	bool matrix;          /* all of vm/kernels.list */
	bool github, timings; /* annotations of GitHub Actions; where the time went */
	bool watch;           /* again whenever a file of the user's has changed */
	bool dump;            /* the memory of a guest that died or hangs is kept */
	bool gdb;             /* the VM waits for a debugger */
	bool quiet, verbose;  /* only what went wrong, and the summary; all that was said */
	bool silent;          /* a run prints nothing: whoever started it tells the outcome; no option */
	const char *append, *qemu, *guest, *init, *cache;
	const char *output, *baseline, *update_baseline;
	const char *share;                    /* a folder for --shell, or NULL */
	const char *only_failed;              /* the run or matrix whose failures are run again, or NULL */
	const char *times;                    /* where --shard knows durations from, or NULL */
	const char *report, *resume, *bisect; /* what the task of that name is about */
	const char *door;                     /* what the user started, so that any folder will do */
	char *home;                           /* folder of the program's own executable */
	char **argv;                          /* the command line itself */
	int argc;
	struct given *given;
	size_t given_count;
	struct strings own;  /* values that are nobody else's */
	struct strings line; /* the command line, where it is not the user's own */
};

/*
 * Fills options from the command line; a fault is for main to print. Ends the program for --help, and with bad_status for
 * an option that is none.
 */
int options_parse(struct options *options, int argc, char **argv, int bad_status, struct fault *fault);

/*
 * The same for the command line of an earlier run, and then the options that were given beside --resume now, which win.
 * Prints nothing and ends no program.
 */
int options_parse_again(struct options *options, int argc, char **argv, const struct options *now,
			struct fault *fault);

/*
 * Adds to a command line, as --NAME=VALUE, what was given in another one and goes into what a run's tests meet: all that
 * the facts tell or a command that repeats a test has, but for what `now` gives itself, also by another kernel or runtime,
 * and for programs of this machine: whoever wrote that line starts none here.
 * argc, argv: that other command line
 * folder: where it was given; a file that is named from there is named whole
 */
int options_inherit(struct strings *line, const struct options *now, int argc, char **argv,
		    const char *folder, struct fault *fault);

/* A path that was given in a folder (NULL: this one) as it is found from here, to free; what is no file stays as it is. */
char *options_path_from(const char *path, const char *folder);

/* Adds what was given to a command line, but for the option of that name, and no words. */
void options_repeat(struct strings *line, const struct options *options, const char *but);

/*
 * The options that a command needs to repeat a test of this run, but for the kernel and the runtime, each with a blank
 * before it; to free. They hold in any folder.
 */
char *options_remembered(const struct options *options);

/* What a run's facts tell of its options: a JSON object, the caller's. */
json_t *options_told(const struct options *options);

void options_free(struct options *options);

#endif
