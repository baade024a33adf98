// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/cgroup.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "helpers/file.h"
#include "helpers/ns.h"
#include "helpers/proc.h"
#include "runner/contract.h"

#define MOUNT "/sys/fs/cgroup"
#define OWN   "/" BOX_NAME
/* The number of the initial cgroup namespace, fixed in the kernel's ABI (include/linux/proc_ns.h). */
#define INITIAL_CGROUP_NS 0xEFFFFFFBLL

bool cgroup_here(void)
{
	return file_exists(MOUNT OWN "/" BOX_MAIN "/cgroup.procs");
}

const char *cgroup_file(const char *name)
{
	return path(MOUNT OWN "%s%s", *name ? "/" : "", name);
}

const char *cgroup_name(const char *name)
{
	return path(OWN "%s%s", *name ? "/" : "", name);
}

int cgroup_control(const char *controller)
{
	char order[64];

	snprintf(order, sizeof(order), "+%s", controller);
	return file_write(MOUNT "/cgroup.subtree_control", order) < 0
		       ? -1
		       : file_write(cgroup_file("cgroup.subtree_control"), order);
}

int cgroup_make(const char *name)
{
	return dir_make(cgroup_file(name));
}

int cgroup_move(pid_t pid, const char *name)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return file_write(path("%s/cgroup.procs", cgroup_file(name)), text);
}

int cgroup_become_root(const char *name)
{
	return cgroup_move(0, name) < 0 ? -1 : unshare(CLONE_NEWCGROUP);
}

int cgroup_mount(const char *dir)
{
	if (ns_id(0, "cgroup") == INITIAL_CGROUP_NS) {
		errno = EPERM;
		return -1;
	}
	return dir_make(dir) < 0 ? -1 : mount("cgroup2", dir, "cgroup2", 0, NULL);
}

int cgroup_nsdelegate(bool on)
{
	return mount(NULL, MOUNT, NULL, MS_REMOUNT, on ? "nsdelegate" : NULL);
}

int cgroup_v1_mount(const char *dir, const char *name)
{
	return dir_make(dir) < 0 ? -1 : mount("none", dir, "cgroup", 0, path("none,name=%s", name));
}

/* The path in the line of /proc/PID/cgroup whose hierarchy is written so (":name=NAME:"); NULL with errno. */
static const char *path_in(pid_t pid, const char *hierarchy)
{
	char *text = (char *)file_read(proc_path(pid, "cgroup"));

	if (!text)
		return NULL;
	for (char *line; (line = strsep(&text, "\n"));) {
		char *colon = strchr(line, ':');
		if (colon && strncmp(colon, hierarchy, strlen(hierarchy)) == 0)
			return colon + strlen(hierarchy);
	}
	errno = ENOENT;
	return NULL;
}

const char *cgroup_v1_of(pid_t pid, const char *name)
{
	return path_in(pid, path(":name=%s:", name));
}

const char *cgroup_of(pid_t pid)
{
	return path_in(pid, "::");
}
