/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_IDMAP_H
#define HELPERS_IDMAP_H

#include <sys/types.h>

/* Root inside is this id outside, and 65536 ids follow: the usual map of a container. */
#define CONTAINER_ID  100000
#define CONTAINER_MAP "0 100000 65536"

/*
 * Writes both id maps of a process's user namespace (user_namespaces(7)), `map` in the kernel's own form:
 * "INSIDE OUTSIDE COUNT", one extent a line. Pid 0 is the caller. A writer who is not uid 0 first denies
 * setgroups, as the kernel demands. -1 with errno of the write that was refused.
 */
int idmap_write(pid_t pid, const char *map);

/* One of the maps or setgroups: `file` is "uid_map", "gid_map" or "setgroups". -1 with errno of the write. */
int idmap_write_file(pid_t pid, const char *file, const char *text);

#endif
