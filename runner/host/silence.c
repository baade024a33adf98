// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/silence.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"

/*
 * Under emulation each kernel that gets as far as its console complains about the processor's clock there, within two
 * seconds of the processor's time; thirty leave room for a kernel full of checks.
 */
enum { BUSY_SECONDS = 30, SLEEP_LOOKS = 10 };

/* A monitor whose processor stands still uses less of a second than this. */
#define IDLE_SHARE 0.05

/* State and seconds used, of a file as proc_pid_stat(5) has it. The name in it may hold anything, also brackets. */
static bool read_stat(const char *path, char *state, double *used)
{
	char line[1024];
	unsigned long user, system;
	FILE *f = fopen(path, "re");
	size_t got = f ? fread(line, 1, sizeof(line) - 1, f) : 0;

	if (f)
		fclose(f);
	line[got] = '\0';
	const char *rest = strrchr(line, ')');
	if (!rest || sscanf(rest + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", state, &user,
			    &system) != 3)
		return false;
	*used = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
	return true;
}

/* Whether every thread waits for something; one that would run, but gets no processor, does not. */
static bool all_asleep(pid_t pid)
{
	char *dir = mem_printf("/proc/%d/task", (int)pid);
	DIR *d = opendir(dir);
	bool all = d;

	for (struct dirent *entry; all && (entry = readdir(d));) {
		char *file = mem_printf("%s/%s/stat", dir, entry->d_name);
		char state;
		double used;
		if (entry->d_name[0] != '.')
			all = read_stat(file, &state, &used) && state == 'S';
		free(file);
	}
	if (d)
		closedir(d);
	free(dir);
	return all;
}

const char *silence_look(struct silence *silence, pid_t pid, double patience)
{
	char *file = mem_printf("/proc/%d/stat", (int)pid);
	double before = silence->used;
	char state;
	bool told = read_stat(file, &state, &silence->used);

	free(file);
	if (!told)
		return NULL;
	if (silence->used > BUSY_SECONDS * patience)
		return "the kernel is busy and says nothing on its console (has it a serial console, "
		       "CONFIG_SERIAL_8250_CONSOLE=y?)";
	bool idle = silence->used - before < IDLE_SHARE * patience * SILENCE_LOOK / 1000 && all_asleep(pid);
	silence->asleep = idle ? silence->asleep + 1 : 0;
	return silence->asleep < SLEEP_LOOKS
		       ? NULL
		       : "the kernel stands still and has said nothing on its console (is "
			 "it damaged, or has it no serial console?)";
}
