// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/proc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "helpers/file.h"

const char *proc_path(pid_t pid, const char *file)
{
	return pid ? path("/proc/%d/%s", pid, file) : path("/proc/self/%s", file);
}

const char *proc_status(pid_t pid, const char *field)
{
	char *status = (char *)file_read(proc_path(pid, "status"));
	size_t length = strlen(field);

	if (!status)
		return NULL;
	for (char *rest = status, *line; (line = strsep(&rest, "\n"));)
		if (strncmp(line, field, length) == 0 && line[length] == ':')
			return line + length + 1 + strspn(line + length + 1, " \t");
	errno = ENOENT;
	return NULL;
}

int proc_status_numbers(pid_t pid, const char *field, long long *numbers, int max)
{
	const char *text = proc_status(pid, field);
	int count = 0;

	if (!text)
		return -1;
	for (char *end;; text = end) {
		long long number = strtoll(text, &end, 10);
		if (end == text)
			return count;
		if (count < max)
			numbers[count] = number;
		count++;
	}
}

int proc_state(pid_t pid)
{
	const char *stat = file_read(proc_path(pid, "stat"));
	const char *name_end = stat ? strrchr(stat, ')') : NULL;

	return name_end ? name_end[2] : -1;
}

pid_t proc_self(void)
{
	const char *target = link_read("/proc/self");

	return target ? (pid_t)strtol(target, NULL, 10) : -1;
}

int proc_mount(const char *dir)
{
	return mount("proc", dir, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

static int by_value(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

int proc_list(const char *proc, pid_t *pids, int max)
{
	DIR *dir = opendir(proc);
	int count = 0;

	if (!dir)
		return -1;
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (count < max)
			pids[count] = (pid_t)strtol(entry->d_name, NULL, 10);
		count++;
	}
	closedir(dir);
	qsort(pids, (size_t)(count < max ? count : max), sizeof(*pids), by_value);
	return count;
}
