/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_CGROUP_H
#define HELPERS_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * The test's own piece of the cgroup v2 hierarchy (cgroups(7)). The test's processes start in its member
 * "main"; what a test makes goes beside it, and all of it is emptied and removed afterwards. Names are
 * relative to that piece ("a/b"), paths given back are absolute, in a static buffer as in file.h.
 */

/* True if the test has a cgroup of its own on a cgroup2 mount. */
bool cgroup_here(void);

/* The directory of a cgroup, or of one of its files ("a/b/cgroup.procs"); "" is the test's own piece. */
const char *cgroup_file(const char *name);

/* The path of a cgroup as /proc/PID/cgroup of the initial cgroup namespace writes it ("/test/a/b"). */
const char *cgroup_name(const char *name);

/*
 * Hands a controller ("pids") down from the root, so that the test's own piece can give it to the cgroups in it;
 * the agent takes it back after the test. The need cgroup2:CONTROLLER does this. -1 with errno.
 */
int cgroup_control(const char *controller);

/* Makes a cgroup and its missing parents. -1 with errno. */
int cgroup_make(const char *name);

/* Moves a process into a cgroup; pid 0 is the caller. -1 with errno. */
int cgroup_move(pid_t pid, const char *name);

/* Moves the caller into a cgroup and makes that the root of a new cgroup namespace (unshare(2)). -1 with errno. */
int cgroup_become_root(const char *name);

/*
 * Mounts cgroup2 on a new directory, rooted at the caller's cgroup namespace. Not from the initial one, where
 * it would clear nsdelegate for the whole kernel: there it does nothing and says EPERM. -1 with errno.
 */
int cgroup_mount(const char *dir);

/*
 * Sets or clears nsdelegate, which is one for the whole kernel: a test that clears it sets it again. Works in
 * the initial cgroup namespace only; elsewhere it is ignored by the kernel. -1 with errno.
 */
int cgroup_nsdelegate(bool on);

/*
 * Mounts a hierarchy of version 1 without controllers, by its name, on a new directory; a new one goes with
 * its last mount if all its cgroups are removed. -1 with errno, ENODEV or EINVAL where there is no version 1.
 */
int cgroup_v1_mount(const char *dir, const char *name);

/* The path of such a hierarchy in /proc/PID/cgroup, as the caller's cgroup namespace shows it; NULL with errno. */
const char *cgroup_v1_of(pid_t pid, const char *name);

/* The v2 line of /proc/PID/cgroup without "0::", as the caller's cgroup namespace shows it; NULL with errno. */
const char *cgroup_of(pid_t pid);

#endif
