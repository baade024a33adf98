/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_FOLDER_H
#define RUNNER_HOST_FOLDER_H

#include "runner/base/fault.h"

/* The folder of one run. */
struct folder {
	char *id; /* UTC time and a short random part */
	char *path;
	char *runs; /* where runs land, or NULL with --output */
};

/*
 * The folder that runs land in when --output does not say otherwise: results/runs of the source tree that the program was
 * built in, or nscheck/runs among the user's state ($XDG_STATE_HOME) when it is installed.
 * program: the folder of its executable
 */
char *folder_runs(const char *program);

/* A name for a new folder: UTC time and a short random part; to free. */
char *folder_new_id(void);

/* Makes a folder and its parents; one that is there already is fine. -1 with errno set. */
int folder_create(const char *path);

/*
 * Makes the run's folder.
 * output: --output, which may name an empty one but not one that holds something; NULL: a new one in folder_runs(program)
 */
int folder_make(struct folder *f, const char *output, const char *program, struct fault *fault);

/* The folder of a run that is resumed. */
void folder_again(struct folder *f, const char *path, const char *id);

/* Lets results/runs/latest point to it. */
void folder_publish(const struct folder *f);

void folder_free(struct folder *f);

#endif
