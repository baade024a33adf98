/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SUITES_RUNTIME_EYES_H
#define SUITES_RUNTIME_EYES_H

#include <sys/types.h>

#include "helpers/container.h"
#include "helpers/nscheck.h"
#include "helpers/runtime.h"

/* What the host sees of a container, to be held against what its payload says. */

/*
 * The processes that descend from this one: all that its containers have anywhere, since it is the subreaper of what
 * a runtime leaves (prctl(2)). How many there are, at most `max`.
 */
int started_here(pid_t *pids, int max);
#define STARTED_MAX 512

/* The processes in the PID namespace of a process, zombies too: how many there are, at most `max` stored. -1 with errno. */
int members_of(pid_t first, pid_t *pids, int max);

/* The host's number of a process that is `inside` in the PID namespace of `first`; -1 with ESRCH. */
pid_t host_pid(pid_t first, pid_t inside);

/* How many of the processes in there are zombies. */
int zombies_in(pid_t first);

/* Waits until a process is in a state (letter of /proc/PID/stat). */
void await_state(pid_t pid, int state);

/* The types of namespaces that two processes do not share. */
int not_shared(pid_t a, pid_t b);

/* True if a call gave -1 for want of a right or because of a read-only mount (EPERM, EACCES, EROFS). */
bool refused(long result);

/* The caller's device and inode of a path as one text, "8:2"; NULL with errno. */
const char *identity(const char *file);

/*
 * For payloads. Looks at every other process in there, again and again until it is told to stop; tells first that it
 * has begun, and last how often `look` gave 1.
 */
void watch_others(struct child *outer, int (*look)(pid_t pid));

/*
 * Executes four processes in a container whose payload is in watch_others, and claims that it saw one of them: the
 * control of what it must not see.
 */
void exec_while_watched(struct child *box);

/* Gives a container an address of its own, on its loopback device: to be an observation, it needs no bridge. */
void give_address(const struct child *box);

/* Claims to be in all namespaces of the container's init, which is called "box", has that address and an image. */
void claim_joined(void);

#endif
