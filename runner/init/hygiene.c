// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of the initial namespaces as texts, compared after each test. It is a third of what the emptiest test
 * costs, so every file is opened once and read in place, and a text that is as it was is neither kept nor cut.
 */
#include "runner/init/hygiene.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "runner/contract.h"
#include "runner/init/die.h"

/* Something with a text: a file, or the names in a directory. */
struct source {
	char *what; /* for messages: "mount", "sysctl kernel/shmmax" */
	int fd;     /* of a file; -1 for a directory or the names of the system */
	const char *dir;
	unsigned char type; /* of the directory's entries */
	size_t room; /* of a file: as much is asked for first; for a sysctl the kernel clears that much memory */
	int columns; /* of a file: how many words of a line matter, the rest being counters; 0: all */
	bool late;   /* the kernel takes away what nobody holds a moment after; only lines that stay count */
};

enum { TEXT_MAX = 65535, SYSCTL_USUAL = 1023, SPARE = 16, LATE_TRIES = 20, LATE_US = 10000 };

/* Taints that come with a module, which a test may be the first to load (admin-guide/tainted-kernels.rst): P F C O E K. */
#define TAINTS_OF_MODULES (1UL << 0 | 1UL << 1 | 1UL << 10 | 1UL << 12 | 1UL << 13 | 1UL << 15)

#define KEYS "/proc/keys"

struct hygiene {
	char **texts; /* one for each source */
};

static struct source *sources;
static size_t source_count;

static struct source *add_source(const char *what)
{
	struct source *s;

	sources = reallocarray(sources, source_count + 1, sizeof(*sources));
	if (!sources)
		die("out of memory");
	s = &sources[source_count++];
	*s = (struct source){.what = strdup(what), .fd = -1};
	if (!s->what)
		die("out of memory");
	return s;
}

static void add_file(const char *what, const char *file, size_t room, int columns)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return; /* this kernel has no such thing to leave behind */
	struct source *s = add_source(what);
	s->fd = fd;
	s->room = room;
	s->columns = columns;
}

static void add_dir(const char *what, const char *dir, unsigned char type)
{
	struct source *s = add_source(what);

	s->dir = dir;
	s->type = type;
}

/* Values that change without a test's doing, or whose reading is costly. */
static bool restless(const char *name)
{
	static const char *const names[] = {"ns_last_pid",       "perf_event_max_sample_rate",
					    "auto_msgmni",       "tcp_available_congestion_control",
					    "tcp_mem",           "udp_mem",
					    "route_flush",       "dev_weight_rx_bias",
					    "dev_weight_tx_bias"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void add_sysctls(const char *dir)
{
	DIR *d = opendir(dir);

	for (struct dirent *entry; d && (entry = readdir(d));) {
		char file[512], what[512];
		if (entry->d_name[0] == '.' || entry->d_type == DT_DIR || restless(entry->d_name))
			continue;
		snprintf(file, sizeof(file), "%s/%s", dir, entry->d_name);
		snprintf(what, sizeof(what), "sysctl %s", file + strlen("/proc/sys/"));
		add_file(what, file, SYSCTL_USUAL, 0);
	}
	if (d)
		closedir(d);
}

static void find_sources(void)
{
	add_source("names"); /* uname */
	add_file("mount", "/proc/1/mountinfo", TEXT_MAX, 0);
	add_file("link", "/proc/1/net/dev", TEXT_MAX, 1);
	add_file("shared memory", "/proc/sysvipc/shm", TEXT_MAX, 2);
	add_file("semaphores", "/proc/sysvipc/sem", TEXT_MAX, 2);
	add_file("message queue", "/proc/sysvipc/msg", TEXT_MAX, 2);
	add_dir("POSIX message queue", "/dev/mqueue", DT_REG);
	add_dir("cgroup", "/sys/fs/cgroup", DT_DIR);
	add_file("key", KEYS, TEXT_MAX, 0);
	add_sysctls("/proc/sys/kernel");
	add_sysctls("/proc/sys/user");
	add_sysctls("/proc/sys/fs/mqueue");
	add_sysctls("/proc/sys/net/core");
	add_sysctls("/proc/sys/net/ipv4");
	add_sysctls("/proc/sys/net/ipv6");
	add_sysctls("/proc/sys/net/unix");
	for (size_t i = 0; i < source_count; i++)
		sources[i].late = strcmp(sources[i].what, "key") == 0;
}

/* Keeps the first words of a line, written back over it; gives the new end. */
static char *keep_words(char *to, const char *line, size_t length, int words)
{
	const char *end = line + length;

	for (int i = 0; i < words; i++) {
		while (line < end && strchr(" \t", *line))
			line++;
		if (i)
			*to++ = ' ';
		while (line < end && !strchr(" \t:", *line))
			*to++ = *line++;
	}
	return to;
}

static void keep_columns(char *text, int columns)
{
	char *to = text;

	for (char *line = text, *end; *line; line = end) {
		size_t length = strcspn(line, "\n");
		end = line + length + (line[length] == '\n');
		to = keep_words(to, line, length, columns);
		*to++ = '\n';
	}
	*to = '\0';
}

/*
 * A line of /proc/keys is "serial flags usage timeout perm uid gid type description: summary": serial, type and
 * description stay, but not of a key that nobody uses, which waits for its end.
 */
static void keep_keys(char *text)
{
	enum { USAGE = 2, TYPE = 7 };
	char *to = text;

	for (char *line = text, *end; *line; line = end) {
		size_t length = strcspn(line, "\n"), serial = strcspn(line, " ");
		char *word = line, *last = line + length;
		bool used = true;

		end = last + (*last == '\n');
		for (int i = 0; i < TYPE && word < last; i++) {
			used = used && (i != USAGE || word[0] != '0');
			word += strcspn(word, " \n");
			word += strspn(word, " ");
		}
		while (last > word && *last != ':')
			last--;
		if (!used || word >= last)
			continue;
		memmove(to, line, serial);
		to += serial;
		*to++ = ' ';
		memmove(to, word, (size_t)(last - word));
		to += last - word;
		*to++ = '\n';
	}
	*to = '\0';
}

static void names_of(const struct source *s, FILE *out)
{
	DIR *d = opendir(s->dir);

	for (struct dirent *entry; d && (entry = readdir(d));)
		if (entry->d_name[0] != '.' && entry->d_type == s->type &&
		    strcmp(entry->d_name, BOX_NAME) != 0)
			fprintf(out, "%s\n", entry->d_name);
	if (d)
		closedir(d);
}

/* Lasts until the next call. */
static const char *text_of(const struct source *s)
{
	static char buffer[TEXT_MAX + 1];

	if (s->fd >= 0) {
		ssize_t got = pread(s->fd, buffer, s->room, 0);
		if (got == (ssize_t)s->room)
			got = pread(s->fd, buffer, TEXT_MAX, 0);
		buffer[got > 0 ? got : 0] = '\0';
		if (s->columns)
			keep_columns(buffer, s->columns);
		if (s->late)
			keep_keys(buffer);
	} else {
		FILE *out = fmemopen(buffer, sizeof(buffer), "w");
		struct utsname names;
		if (!out || uname(&names) < 0)
			die("out of memory");
		if (s->dir)
			names_of(s, out);
		else
			fprintf(out, "hostname %s\ndomainname %s\n", names.nodename, names.domainname);
		fputc('\0', out);
		fclose(out);
	}
	return buffer;
}

static char *keep(const char *text)
{
	char *kept = strdup(text);

	if (!kept)
		die("out of memory");
	return kept;
}

struct hygiene *hygiene_look(void)
{
	struct hygiene *h = calloc(1, sizeof(*h));

	if (!sources)
		find_sources();
	if (!h || !(h->texts = calloc(source_count, sizeof(*h->texts))))
		die("out of memory");
	for (size_t i = 0; i < source_count; i++) {
		h->texts[i] = keep(text_of(&sources[i]));
		if (sources[i].room == SYSCTL_USUAL)
			sources[i].room = strlen(h->texts[i]) + SPARE;
	}
	return h;
}

static bool has_line(const char *text, const char *line, size_t length)
{
	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strcspn(at, "\n") == length && strncmp(at, line, length) == 0)
			return true;
	return false;
}

/* The lines of one text that the other one lacks; what is not printable ASCII could be anything. */
static void print_lines(FILE *out, char sign, const char *what, const char *text, const char *other)
{
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		if (!has_line(other, line, length)) {
			fprintf(out, SAYS_LEFT "%c %s: ", sign, what);
			for (size_t i = 0; i < length; i++)
				fputc(isprint((unsigned char)line[i]) ? line[i] : ' ', out);
			fputc('\n', out);
		}
		line += length + (line[length] == '\n');
	}
}

/* Whether a text has a line that the other one lacks. */
static bool has_more(const char *text, const char *other)
{
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		if (!has_line(other, line, length))
			return true;
		line += length + (line[length] == '\n');
	}
	return false;
}

/* Whether there is still more than before when what goes by itself had its time to go. */
static bool stays(const struct source *s, const char *before)
{
	for (int i = 0; i < LATE_TRIES; i++) {
		usleep(LATE_US);
		if (!has_more(text_of(s), before))
			return false;
	}
	return true;
}

static bool is_change(const struct source *s, const char *before, const char *after)
{
	if (s->late)
		return has_more(after, before) && stays(s, before);
	return strcmp(s->what, "sysctl kernel/tainted") != 0 ||
	       ((strtoul(before, NULL, 10) ^ strtoul(after, NULL, 10)) & ~TAINTS_OF_MODULES);
}

void hygiene_tell(struct hygiene *state, FILE *out)
{
	for (size_t i = 0; i < source_count; i++) {
		char *before = state->texts[i];
		const char *now = text_of(&sources[i]);
		if (strcmp(before, now) == 0)
			continue;
		state->texts[i] = keep(now);
		if (is_change(&sources[i], before, state->texts[i])) {
			print_lines(out, '+', sources[i].what, state->texts[i], before);
			print_lines(out, '-', sources[i].what, before, state->texts[i]);
		}
		free(before);
	}
}

void hygiene_free(struct hygiene *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < source_count; i++)
		free(h->texts[i]);
	free(h->texts);
	free(h);
}
