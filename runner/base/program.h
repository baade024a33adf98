/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_BASE_PROGRAM_H
#define RUNNER_BASE_PROGRAM_H

#include <stdio.h>
#include <sys/types.h>

/* A program that is run for what it says, which is read to its end. */
struct program {
	pid_t pid;
	FILE *says;
};

/* How it is run; 0: by its path, with our environment, its standard output is read, its errors go where ours do. */
enum {
	PROGRAM_BY_NAME = 1, /* looked up in PATH when it is no path */
	PROGRAM_BARE = 2,    /* with an empty environment */
	PROGRAM_QUIET = 4,   /* its errors go nowhere */
	PROGRAM_ERRORS = 8,  /* its errors are what is read; its output goes to our standard error */
};

/*
 * Starts a program.
 * argv: its words, the first of which is the program
 * how: some of PROGRAM_*, or 0
 * Returns 0, to be followed by program_end(), or the errno that says why it cannot be run.
 */
int program_start(struct program *program, char *const argv[], unsigned int how);

/* Waits for its end and closes what was read. Returns the status as wait(2) gives it. */
int program_end(struct program *program);

#endif
