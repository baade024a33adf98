// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/idmap.h"

#include <stdio.h>
#include <unistd.h>

#include "helpers/file.h"
#include "helpers/proc.h"

int idmap_write_file(pid_t pid, const char *file, const char *text)
{
	return file_write(proc_path(pid, file), text);
}

int idmap_write(pid_t pid, const char *map)
{
	if (geteuid() != 0 && idmap_write_file(pid, "setgroups", "deny") < 0)
		return -1;
	if (idmap_write_file(pid, "gid_map", map) < 0)
		return -1;
	return idmap_write_file(pid, "uid_map", map);
}
