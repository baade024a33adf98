// SPDX-License-Identifier: GPL-2.0-only
/* The state of the initial namespaces as a list of lines, taken before and after each test. */
#include "runner/guest/guest.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

struct hygiene {
	char **lines;
	size_t count, room;
};

static void add(struct hygiene *h, const char *what, const char *text)
{
	if (h->count == h->room) {
		h->room = h->room ? 2 * h->room : 256;
		h->lines = reallocarray(h->lines, h->room, sizeof(*h->lines));
	}
	if (!h->lines || asprintf(&h->lines[h->count++], "%s %s", what, text) < 0)
		die("out of memory");
}

/* Each line of a file; with `columns`, only that many of its words, where the rest is counters. */
static void add_file(struct hygiene *h, const char *what, const char *file, int columns)
{
	FILE *in = fopen(file, "re");
	char *line = NULL;
	size_t size = 0;

	while (in && getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		char *end = line + strspn(line, " ");
		for (int i = 0; columns && i < columns; i++) {
			end += strcspn(end, " \t:");
			if (i + 1 < columns)
				end += strspn(end, " \t:");
		}
		if (columns)
			*end = '\0';
		add(h, what, line);
	}
	free(line);
	if (in)
		fclose(in);
}

/* Values that change without anybody's doing. */
static bool restless(const char *name)
{
	static const char *const names[] = {"ns_last_pid", "perf_event_max_sample_rate", "random", "pty", "tainted",
					    "sched_domain", "keys", "auto_msgmni", "timer_migration", "tracepoint_printk"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The files of one directory of /proc/sys and their values. */
static void add_sysctls(struct hygiene *h, const char *dir)
{
	DIR *d = opendir(dir);

	for (struct dirent *entry; d && (entry = readdir(d));) {
		char file[512], value[512], line[1024];
		if (entry->d_name[0] == '.' || entry->d_type == DT_DIR || restless(entry->d_name))
			continue;
		snprintf(file, sizeof(file), "%s/%s", dir, entry->d_name);
		int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		ssize_t got = fd < 0 ? -1 : read(fd, value, sizeof(value) - 1);
		if (fd >= 0)
			close(fd);
		if (got < 0)
			continue;
		value[got] = '\0';
		value[strcspn(value, "\n")] = '\0';
		snprintf(line, sizeof(line), "%s = %s", file + strlen("/proc/sys/"), value);
		add(h, "sysctl", line);
	}
	if (d)
		closedir(d);
}

static void add_names(struct hygiene *h, const char *what, const char *dir, unsigned char type)
{
	DIR *d = opendir(dir);

	for (struct dirent *entry; d && (entry = readdir(d));)
		if (entry->d_name[0] != '.' && entry->d_type == type && strcmp(entry->d_name, BOX_NAME) != 0)
			add(h, what, entry->d_name);
	if (d)
		closedir(d);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct hygiene *hygiene_look(void)
{
	struct hygiene *h = calloc(1, sizeof(*h));
	struct utsname names;

	if (!h || uname(&names) < 0)
		die("out of memory");
	add(h, "hostname", names.nodename);
	add(h, "domainname", names.domainname);
	add_file(h, "mount", "/proc/1/mountinfo", 0);
	add_file(h, "link", "/proc/1/net/dev", 1);
	add_file(h, "shared memory", "/proc/sysvipc/shm", 2);
	add_file(h, "semaphores", "/proc/sysvipc/sem", 2);
	add_file(h, "message queue", "/proc/sysvipc/msg", 2);
	add_names(h, "POSIX message queue", "/dev/mqueue", DT_REG);
	add_names(h, "cgroup", "/sys/fs/cgroup", DT_DIR);
	add_sysctls(h, "/proc/sys/kernel");
	add_sysctls(h, "/proc/sys/user");
	add_sysctls(h, "/proc/sys/fs/mqueue");
	add_sysctls(h, "/proc/sys/net/core");
	add_sysctls(h, "/proc/sys/net/ipv4");
	qsort(h->lines, h->count, sizeof(*h->lines), by_text);
	return h;
}

/* A line for the stream: what is not printable ASCII could be anything. */
static void print_leak(FILE *out, char sign, const char *line)
{
	fprintf(out, "# leak: %c ", sign);
	for (; *line; line++)
		fputc(isprint((unsigned char)*line) ? *line : '?', out);
	fputc('\n', out);
}

bool hygiene_differs(const struct hygiene *before, const struct hygiene *after, FILE *out)
{
	size_t b = 0, a = 0;
	bool differs = false;

	while (b < before->count || a < after->count) {
		int order = b == before->count  ? 1
			    : a == after->count ? -1
						: strcmp(before->lines[b], after->lines[a]);
		if (order)
			differs = true;
		if (order < 0)
			print_leak(out, '-', before->lines[b]);
		if (order > 0)
			print_leak(out, '+', after->lines[a]);
		b += order <= 0;
		a += order >= 0;
	}
	return differs;
}

void hygiene_free(struct hygiene *h)
{
	for (size_t i = 0; h && i < h->count; i++)
		free(h->lines[i]);
	if (h)
		free(h->lines);
	free(h);
}
