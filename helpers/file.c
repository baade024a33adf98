// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TURNS 8

static char *next_buffer(size_t size)
{
	static char *buffers[TURNS];
	static unsigned int turn;
	char **buffer = &buffers[turn++ % TURNS];

	free(*buffer);
	*buffer = malloc(size);
	return *buffer;
}

const char *path(const char *fmt, ...)
{
	char *out = next_buffer(PATH_MAX);
	va_list ap;

	if (!out)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(out, PATH_MAX, fmt, ap);
	va_end(ap);
	return out;
}

static int write_once(const char *file, int flags, const char *text)
{
	int fd = open(file, flags | O_CLOEXEC, 0644);
	size_t size = strlen(text);

	if (fd < 0)
		return -1;
	ssize_t put = write(fd, text, size);
	int err = put < 0 ? errno : EIO;
	close(fd);
	if (put == (ssize_t)size)
		return 0;
	errno = err;
	return -1;
}

int file_write(const char *file, const char *text)
{
	return write_once(file, O_WRONLY, text);
}

int file_put(const char *file, const char *text)
{
	return write_once(file, O_WRONLY | O_CREAT | O_TRUNC, text);
}

int file_make(const char *file)
{
	return file_put(file, file);
}

int file_make_owned(const char *file, uid_t uid, gid_t gid, mode_t mode)
{
	return file_make(file) < 0 || chown(file, uid, gid) < 0 ? -1 : chmod(file, mode);
}

const char *file_read(const char *file)
{
	const size_t size = 65536;
	size_t used = 0;
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	char *text = next_buffer(size);
	ssize_t got = 0;
	while (text && used < size - 1 && (got = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)got;
	int err = errno;
	close(fd);
	if (!text || got < 0) {
		errno = err;
		return NULL;
	}
	if (used && text[used - 1] == '\n')
		used--;
	text[used] = '\0';
	return text;
}

const char *file_line(const char *file)
{
	char *text = (char *)file_read(file);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

long long file_number(const char *file)
{
	const char *text = file_read(file);
	char *end;

	if (!text)
		return -1;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (end != text && !errno)
		return number;
	errno = EINVAL;
	return -1;
}

bool file_exists(const char *file)
{
	return access(file, F_OK) == 0;
}

int dir_make(const char *dir)
{
	char part[PATH_MAX];

	snprintf(part, sizeof(part), "%s", dir);
	for (char *slash = part + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -1;
	}
	return mkdir(part, 0755) < 0 && errno != EEXIST ? -1 : 0;
}

int dir_count(const char *dir)
{
	DIR *d = opendir(dir);
	int count = 0;

	if (!d)
		return -1;
	for (struct dirent *entry; (entry = readdir(d));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			count++;
	closedir(d);
	return count;
}

const char *link_read(const char *file)
{
	char *target = next_buffer(PATH_MAX);
	ssize_t got = target ? readlink(file, target, PATH_MAX - 1) : -1;

	if (got < 0)
		return NULL;
	target[got] = '\0';
	return target;
}
