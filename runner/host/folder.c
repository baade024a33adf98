// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/mem.h"

char *folder_runs(const char *program)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *door = mem_printf("%s/../run.sh", program), *results = mem_printf("%s/../results", program);
	char *tree = access(door, F_OK) ? NULL : realpath(results, NULL);
	char *runs;

	if (tree)
		runs = mem_printf("%s/runs", tree);
	else if (state && *state == '/')
		runs = mem_printf("%s/nscheck/runs", state);
	else if (home && *home == '/')
		runs = mem_printf("%s/.local/state/nscheck/runs", home);
	else
		runs = mem_strdup("results/runs");
	free(door);
	free(results);
	free(tree);
	return runs;
}

int folder_create(const char *path)
{
	char *copy = mem_strdup(path);
	int ret = 0;

	for (char *slash = strchr(copy + 1, '/'); slash && !ret; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		ret = mkdir(copy, 0755) && errno != EEXIST ? -1 : 0;
		*slash = '/';
	}
	if (!ret)
		ret = mkdir(copy, 0755) && errno != EEXIST ? -1 : 0;
	free(copy);
	return ret;
}

static bool holds_something(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	bool found = false;

	while (d && !found && (e = readdir(d)))
		found = strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	if (d)
		closedir(d);
	return found;
}

char *folder_new_id(void)
{
	time_t now = time(NULL);
	unsigned char salt[3];
	char stamp[32];

	if (getrandom(salt, sizeof(salt), 0) != sizeof(salt))
		abort();
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", gmtime(&now));
	return mem_printf("%s-%02x%02x%02x", stamp, salt[0], salt[1], salt[2]);
}

int folder_make(struct folder *f, const char *output, const char *program, struct fault *fault)
{
	*f = (struct folder){.id = folder_new_id()};
	if (output) {
		f->path = mem_strdup(output);
	} else {
		f->runs = folder_runs(program);
		f->path = mem_printf("%s/%s", f->runs, f->id);
	}
	if (folder_create(f->path))
		return fault_set(fault, EXIT_BAD_INPUT, "cannot make the results folder %s: %m", f->path);
	if (holds_something(f->path))
		return fault_set(fault, EXIT_BAD_INPUT, "%s is not empty: give a new folder to --output",
				 f->path);
	if (access(f->path, W_OK))
		return fault_set(fault, EXIT_BAD_INPUT, "cannot write to the results folder %s: %m", f->path);
	return 0;
}

void folder_again(struct folder *f, const char *path, const char *id)
{
	*f = (struct folder){.id = mem_strdup(id), .path = mem_strdup(path)};
}

void folder_publish(const struct folder *f)
{
	char *link, *tmp;

	if (!f->runs)
		return;
	link = mem_printf("%s/latest", f->runs);
	tmp = mem_printf("%s/.latest.%s", f->runs, f->id);
	if (symlink(f->id, tmp) || rename(tmp, link))
		unlink(tmp);
	free(link);
	free(tmp);
}

void folder_free(struct folder *f)
{
	free(f->id);
	free(f->path);
	free(f->runs);
	*f = (struct folder){0};
}
