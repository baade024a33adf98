/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_CREDS_H
#define HELPERS_CREDS_H

#include <stdbool.h>
#include <sys/capability.h>
#include <sys/types.h>

/* The id that stands for "an ordinary user" in tests; no process of the VM has it otherwise. */
#define UNPRIVILEGED 1000

/*
 * Becomes an ordinary user for good: real, effective and saved ids `id` (uid and gid), no supplementary
 * groups, no capabilities in any set; dumpable, so that its own files in /proc stay its own (proc(5)).
 * -1 with errno.
 */
int become_unprivileged(uid_t id);

/* setgroups(2) with an empty list. -1 with errno. */
int setgroups_none(void);

/* True if the capability is in the caller's effective set (capabilities(7)). */
bool cap_effective(cap_value_t cap);

/* True if the caller's effective set holds every capability the kernel knows. */
bool cap_effective_full(void);

/* Takes one capability out of the effective, permitted and inheritable set. -1 with errno. */
int cap_drop(cap_value_t cap);

/* Leaves nothing but one capability in the effective and the permitted set. -1 with errno. */
int cap_keep_only(cap_value_t cap);

/* Clears all sets. -1 with errno. */
int cap_drop_all(void);

/* Puts one capability into the inheritable and the ambient set. -1 with errno. */
int cap_make_ambient(cap_value_t cap);

/* The sets of no and of every capability as /proc/PID/status writes them. */
#define CAPS_NONE "0000000000000000"
const char *caps_all(void);

/* The caller's real, effective and saved ids: "0 0 0"; texts as in file.h. */
const char *uids_now(void);
const char *gids_now(void);

/*
 * Who the caller is and what it may do: "uid 5 7 7, gid 5 5 5, no capabilities", or "all capabilities", or
 * "capabilities" and the permitted and the effective set in hexadecimal; a text as in file.h.
 */
const char *creds_now(void);

#endif
