/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_WATCH_H
#define RUNNER_HOST_WATCH_H

#include <stdbool.h>

#include "runner/base/fault.h"
#include "runner/base/mem.h"

/*
 * Does a round at once, and another one whenever one of the files has become a whole one of other content, until a signal
 * asks to end. A round is a process of its own, which gets that signal as well.
 * files: they need not be there yet, but their folders
 * round: gets its number, from 1; returns an exit status
 * Returns the status of the last round; a fault is for the caller to print.
 */
int watch_rounds(const struct strings *files, int (*round)(void *arg, int number), void *arg,
		 struct fault *fault);

/*
 * Whether a file that somebody may be writing is there as a whole: nobody has it open for that, as far as the file system
 * can say, and it is as long as its header says. A build that writes it in several steps is waited for in this way, not by time.
 */
bool watch_is_whole(const char *path);

#endif
