/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_TRACE_H
#define RESULTS_TRACE_H

/*
 * The lines of a kernel's log that say most about what a message is about, each with its line end, the caller's: the complaint
 * and what follows it, then the call trace, without registers, code, modules and the guesses of the unwinder. Where the
 * message (may be NULL) is not in the log, its last lines.
 */
char *trace_brief(const char *log, const char *message);

#endif
