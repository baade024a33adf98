/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_SYSV_H
#define HELPERS_SYSV_H

#include <sys/ipc.h>

/* System V objects (sysvipc(7)) of the caller's IPC namespace; keys are the tests' own choice. */

/* Makes a shared memory segment of a key that is free, one page, mode 0600, that holds a text. Its id; -1 with errno. */
int shm_make(key_t key, const char *text);

/* Replaces the text of a segment of shm_make. -1 with errno of shmat(2). */
int shm_put(int id, const char *text);

/* The text of a segment of shm_make, valid until the next call in this process; NULL with errno of shmat(2). */
const char *shm_text(int id);

#endif
