/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_THREAD_H
#define HELPERS_THREAD_H

#include <sys/types.h>

/*
 * Further threads of the calling process. They end with it, so they belong into the block of a CHILD: what a
 * process may do changes with its second thread, and changes back at no certain moment after that has gone.
 */

/*
 * A thread that calls `act` (NULL: nothing) and then stays, idle; gives its thread id once `act` is done.
 * -1 with errno.
 */
pid_t thread_run(void (*act)(void));

/*
 * A thread made by clone(2) with CLONE_THREAD, what that depends on, and `flags`; like thread_run otherwise.
 * It has no thread-local storage of its own: `act` may make system calls that work and little else. One a
 * process. -1 with errno.
 */
pid_t thread_clone(int flags, void (*act)(void));

/*
 * Not a thread, but a process that shares the caller's memory (CLONE_VM), idle until it is killed; its PID,
 * -1 with errno. Not beside a thread_clone.
 */
pid_t thread_partner(void);

#endif
