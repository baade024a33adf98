/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_BASE_FILE_H
#define RUNNER_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/fault.h"
#include "runner/base/mem.h"

/* Files of the host: what is read, what lands in the cache, and where nscheck's own data files are. */

bool file_exists(const char *path);

/*
 * The whole of a regular file.
 * path: the file
 * max: more bytes than that are refused
 * out: receives the bytes; free with bytes_free()
 * A fault is bad input: the file is named by the user, or comes with the host's packages.
 */
int file_read(const char *path, size_t max, struct bytes *out, struct fault *fault);

/* Like file_read(), but mapped and read-only, for files of any size; free with file_unmap(). */
int file_map(const char *path, struct bytes *out, struct fault *fault);
void file_unmap(struct bytes *bytes);

/*
 * Writes a file so that it is there whole or not at all.
 * A fault is EXIT_UNFINISHED and says what to do about a full disk.
 */
int file_store(const char *path, const void *data, size_t len, struct fault *fault);

/*
 * The same in two steps, for what is too large to be held in memory: a descriptor to write to and read from, of a file
 * that has no name yet.
 * dir: where it will be
 * tmp: receives its temporary name, or NULL where the file system can do without; to free
 */
int file_begin(const char *dir, char **tmp, struct fault *fault);

/* Gives the file its name, or with path NULL drops it. Closes it and frees tmp. */
int file_end(int fd, char *tmp, const char *path, struct fault *fault);

/* Marks a file of the cache as one that was of use just now: by its access time, which leaves its content's time alone. */
void file_used(const char *path);

/* Removes those files of a folder of the cache whose names have that ending, but for the last used ones. */
void dir_prune(const char *dir, const char *ending, size_t kept);

/* Makes a directory and its parents, mode 0700. */
int dir_make(const char *path, struct fault *fault);

/*
 * Waits for a lock that other nschecks on the same cache respect, on a file that is made for it.
 * Returns a descriptor, whose closing unlocks, or -1 with a fault.
 */
int file_lock(const char *path, struct fault *fault);

/* Removes a directory with all in it; says nothing when it cannot, for it is used on temporary ones. */
void dir_remove(const char *path);

/* Fills a fault for an errno met while writing `path` into the cache. Returns -1. */
int fault_writing(struct fault *fault, const char *path, int error);

/*
 * A path that is the same from any folder, to free: the current folder is put before it, and its own folder has no links
 * any more. The last part of it stays, a link too.
 */
char *file_absolute(const char *path);

/*
 * A data file of nscheck's own tree, e.g. "vm/kernels.list".
 * It is looked for from the running program's folder upwards, then from the current one, so that it is found
 * from build/ wherever the tree is. Returns a name to free, or NULL with a fault.
 */
char *data_path(const char *name, struct fault *fault);

#endif
