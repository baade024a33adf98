/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_SECCOMP_H
#define HELPERS_SECCOMP_H

/*
 * From now on one system call (SYS_*) of the calling thread gets this action (SECCOMP_RET_*, seccomp(2)); all
 * others are let through. For SECCOMP_RET_USER_NOTIF it gives the listener, else 0; -1 with errno.
 */
int seccomp_filter(int call, unsigned int action);

#endif
