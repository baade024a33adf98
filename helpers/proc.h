/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_PROC_H
#define HELPERS_PROC_H

#include <stdbool.h>
#include <sys/types.h>

/* What procfs says. Texts given back are of the kind in file.h. Pid 0 is the caller. */

/* "/proc/PID/FILE" or "/proc/self/FILE". */
const char *proc_path(pid_t pid, const char *file);

/*
 * One field of /proc/PID/status ("NSpid", "Uid", "CapEff"), its values separated by single tabs as the
 * kernel writes them; NULL with errno, ENOENT if there is no such field. proc_pid_status(5)
 */
const char *proc_status(pid_t pid, const char *field);

/* The numbers of a status field: how many there are, at most `max` of them stored; -1 with errno. */
int proc_status_numbers(pid_t pid, const char *field, long long *numbers, int max);

/* The state letter of /proc/PID/stat ('R', 'S', 'T', 'Z'...); -1 with errno. */
int proc_state(pid_t pid);

/*
 * The caller's PID as the procfs on /proc numbers it ("/proc/self"): where that was mounted in an outer PID
 * namespace, the PID out there. -1 with errno.
 */
pid_t proc_self(void);

/*
 * Mounts a new procfs of the caller's PID namespace on a directory that exists. The caller's mount
 * namespace must be its own. -1 with errno.
 */
int proc_mount(const char *dir);

/*
 * The processes that a procfs lists: how many there are, at most `max` stored in rising order; -1 with
 * errno.
 */
int proc_list(const char *proc, pid_t *pids, int max);

#endif
