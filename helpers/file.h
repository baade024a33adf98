/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_FILE_H
#define HELPERS_FILE_H

#include <stdbool.h>
#include <sys/types.h>

/* Files by path. Paths and texts given back stay valid until the eighth such call after it in this process. */

/* A path made from a format, in a static buffer. */
const char *path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Makes a file (mode 0644) that holds its own path as text, so that a reader can tell it from any other. -1 with errno. */
int file_make(const char *file);

/* The same with an owner and a mode. */
int file_make_owned(const char *file, uid_t uid, gid_t gid, mode_t mode);

/* Makes or replaces a file with this text. -1 with errno. */
int file_put(const char *file, const char *text);

/* Writes `text` to an existing file in one write(2), as files of proc, sysctl and cgroup want it. -1 with errno. */
int file_write(const char *file, const char *text);

/* The whole text of a file (at most 64 KiB) without its last newline; NULL with errno. */
const char *file_read(const char *file);

/* The text up to the first newline; NULL with errno. */
const char *file_line(const char *file);

/* The first number in a file (decimal); -1 with errno. */
long long file_number(const char *file);

/* True if access(2) F_OK works. */
bool file_exists(const char *file);

/* mkdir(2) with mode 0755 for each missing part. -1 with errno. */
int dir_make(const char *dir);

/* The number of entries of a directory but "." and ".."; -1 with errno. */
int dir_count(const char *dir);

/* The target of a symbolic link; NULL with errno. */
const char *link_read(const char *file);

#endif
