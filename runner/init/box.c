// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nothing leaves a cgroup by setsid, double fork or a nested PID namespace: the box is how a test's
 * processes are found and ended. Without cgroup2 only what is left to PID 1 as an orphan is.
 */
#include "runner/init/box.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/contract.h"
#include "runner/init/suites.h"

#define ROOT     "/sys/fs/cgroup"
#define HERE     ROOT "/" BOX_NAME
#define CHILDREN "/proc/1/task/1/children"

static bool put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return done;
}

static size_t get(const char *file, char *text, size_t size)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got > 0 ? (size_t)got : 0;
}

/*
 * Takes back the controllers that a test had handed down (needs.c): a process that is charged for its memory
 * pays a quarter more for each page and each fork.
 */
static void take_back_controllers(void)
{
	char list[256], *rest = list, order[64];

	get(ROOT "/cgroup.subtree_control", list, sizeof(list));
	for (char *name; (name = strsep(&rest, " \n"));)
		if (*name && snprintf(order, sizeof(order), "-%s", name) > 0)
			put(ROOT "/cgroup.subtree_control", order);
}

/* Before the test, if anybody but the server can be there at all: PID 1's children, who are not the test's. */
static bool has_others;
static char others[4096];

void box_has_others(void)
{
	has_others = true;
}

static bool is_other(pid_t pid)
{
	char list[sizeof(others)], *rest = list;

	memcpy(list, others, sizeof(list));
	for (char *other; (other = strsep(&rest, " "));)
		if (atoi(other) == pid)
			return true;
	return false;
}

void box_make(void)
{
	if (has_others)
		get(CHILDREN, others, sizeof(others));
	mkdir(HERE, 0755);
	mkdir(HERE "/" BOX_MAIN, 0755); /* also where the box itself could not be removed */
}

/* Calls `each` for the cgroup and all below it, the deepest first. */
static void each_cgroup(const char *dir, void (*each)(const char *dir, void *context), void *context)
{
	DIR *d = opendir(dir);

	for (struct dirent *entry; d && (entry = readdir(d));) {
		char below[512];
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", dir, entry->d_name);
		each_cgroup(below, each, context);
	}
	if (d) {
		closedir(d);
		each(dir, context);
	}
}

static void each_process(const char *dir, void (*each)(pid_t pid, const char *dir, void *context),
			 void *context)
{
	char file[600], list[4096], *rest = list;

	snprintf(file, sizeof(file), "%s/cgroup.procs", dir);
	get(file, list, sizeof(list));
	for (char *pid; (pid = strsep(&rest, "\n"));)
		if (atoi(pid) > 0)
			each(atoi(pid), dir, context);
}

static void list_process(pid_t pid, const char *dir, void *context)
{
	FILE *out = context;
	char file[64], name[64];

	snprintf(file, sizeof(file), "/proc/%d/comm", pid);
	get(file, name, sizeof(name));
	name[strcspn(name, "\n")] = '\0';
	fprintf(out, SAYS_LEFT "process %d (%s) in cgroup %s\n", pid, name, dir + strlen(ROOT));
}

static void list_cgroup(const char *dir, void *context)
{
	each_process(dir, list_process, context);
}

/* Orphans that left the box come to PID 1 (proc(5), /proc/PID/task/TID/children). They are told to `out`, or ended if it is NULL. */
static void list_orphans(FILE *out)
{
	char list[4096], *rest = list;

	get(CHILDREN, list, sizeof(list));
	for (char *pid; (pid = strsep(&rest, " "));) {
		if (atoi(pid) <= 0 || atoi(pid) == suites_server() || is_other(atoi(pid)))
			continue;
		if (out)
			list_process(atoi(pid), ROOT "/ (outside its box)", out);
		else
			kill(atoi(pid), SIGKILL);
	}
}

static bool populated(void)
{
	char events[256];

	get(HERE "/cgroup.events", events, sizeof(events));
	return strstr(events, "populated 1") != NULL;
}

void box_tell(FILE *out)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		; /* what already ended is not left */
	if (populated())
		each_cgroup(HERE, list_cgroup, out);
	list_orphans(out);
}

static void kill_process(pid_t pid, const char *dir, void *context)
{
	(void)dir;
	(void)context;
	kill(pid, SIGKILL);
}

static void kill_cgroup(const char *dir, void *context)
{
	each_process(dir, kill_process, context);
}

static void remove_cgroup(const char *dir, void *context)
{
	(void)context;
	rmdir(dir);
}

/* Waits until nobody is left in the box; each change of cgroup.events wakes poll (cgroups(7)). */
static void wait_empty(void)
{
	struct pollfd events = {.fd = open(HERE "/cgroup.events", O_RDONLY | O_CLOEXEC), .events = POLLPRI};
	char text[256];

	while (events.fd >= 0 && pread(events.fd, text, sizeof(text) - 1, 0) > 0 && populated()) {
		poll(&events, 1, 1000);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	if (events.fd >= 0)
		close(events.fd);
}

/* Whether there is nothing below the box but what box_make put there. */
static bool as_made(void)
{
	char stat[512];

	get(HERE "/cgroup.stat", stat, sizeof(stat));
	return strncmp(stat, "nr_descendants 1\n", strlen("nr_descendants 1\n")) == 0;
}

void box_destroy(bool keep)
{
	list_orphans(NULL);
	bool killed = populated();
	if (killed && !put(HERE "/cgroup.kill", "1")) { /* before 5.14 */
		put(HERE "/cgroup.freeze", "1");
		while (populated()) {
			each_cgroup(HERE, kill_cgroup, NULL);
			put(HERE "/cgroup.freeze", "0");
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
		}
	}
	wait_empty();
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	/*
	 * Some kernels, 6.16.12, 6.18.15 and 7.0.13 among them, compare how often the parent's cgroup was killed with how often
	 * that was which the child is born into (kill_seq in cgroup_css_set_fork()): whoever is born into a box that was killed
	 * once dies at once. A new box knows of no kill.
	 */
	if (keep && !killed && as_made())
		return;
	each_cgroup(HERE, remove_cgroup, NULL);
	take_back_controllers();
}
