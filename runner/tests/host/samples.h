/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_TESTS_HOST_SAMPLES_H
#define RUNNER_TESTS_HOST_SAMPLES_H

#include <check.h>
#include <jansson.h>
#include <stddef.h>
#include <sys/types.h>

/* Whole runs of build/nscheck-fake against build/fake-machine, in a folder of the test's own. */

extern char dir[64];
extern char build[4096]; /* the folder of the programs */
extern char *output;     /* what the last run printed, both streams */

/* The fixture: makes and removes the folder, with a guest program of six tests in it. */
void host_setup(void);
void host_teardown(void);

/* The whole of a file of that folder; to free. */
char *slurp(const char *name);

/* The exit status of a run with that script for build/fake-machine and those arguments. */
int run(const char *script, const char *arguments);

/* A run into the folder "out", which is new each time. */
int run_out(const char *script, const char *arguments);

/* results.json in "out"; a string of one of its tests ("" when absent); how many tests have that verdict. */
json_t *results(void);
const char *fact(const char *id, const char *key);
long total(const char *verdict);

void holds(const char *text, const char *part);
size_t lines_of(const char *text);

/* A kernel for --kernel in that folder: a line with its release, and words for build/fake-machine. */
void write_kernel(const char *name, const char *line);

/* Starts a run in the background: the pid of the host program. */
pid_t start(const char *script, const char *arguments);

/* Waits until the log of a run holds a text. */
void await(const char *part);

/* Waits for its end: the exit status, or 1000 and the signal. */
int wait_status(pid_t pid);

#define IS_STATUS(got, want)                                                                                 \
	do {                                                                                                 \
		int status_ = (got);                                                                         \
		ck_assert_msg(status_ == (want), "status %d, not %d: %s", status_, want, output);            \
	} while (0)

#endif
