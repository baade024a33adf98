// SPDX-License-Identifier: GPL-2.0-only
#include "results/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/facts.h"
#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/base/file.h"

#define JOURNAL "journal.ndjson"

int journal_create(struct journal *j, const char *dir, struct fault *fault)
{
	char *path = mem_printf("%s/" JOURNAL, dir);

	*j = (struct journal){.dir = mem_strdup(dir)};
	j->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
	if (j->fd < 0)
		fault_set(fault, EXIT_BAD_INPUT, "cannot write results to %s: %s", path, strerror(errno));
	else
		flock(j->fd, LOCK_EX | LOCK_NB); /* tells journal_open() that somebody writes it */
	free(path);
	if (j->fd >= 0)
		return 0;
	journal_close(j);
	return -1;
}

/* Where the last whole line ends. */
static off_t whole_lines(int fd)
{
	off_t at = lseek(fd, 0, SEEK_END);
	char block[4096];

	while (at > 0) {
		size_t len = at < (off_t)sizeof(block) ? (size_t)at : sizeof(block);

		if (pread(fd, block, len, at - (off_t)len) != (ssize_t)len)
			return -1;
		while (len > 0 && block[len - 1] != '\n')
			len--, at--;
		if (len > 0)
			break;
	}
	return at;
}

int journal_open(struct journal *j, const char *dir, struct fault *fault)
{
	char *path = mem_printf("%s/" JOURNAL, dir);
	off_t end;

	*j = (struct journal){.dir = mem_strdup(dir)};
	j->fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
	if (j->fd < 0)
		fault_set(fault, EXIT_BAD_INPUT, "cannot write results to %s: %s", path, strerror(errno));
	else if (flock(j->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		fault_set(fault, EXIT_BAD_INPUT, "another nscheck is writing to %s", path);
	else if ((end = whole_lines(j->fd)) < 0 || ftruncate(j->fd, end))
		fault_set(fault, EXIT_UNFINISHED, "cannot go on with %s: %s", path, strerror(errno));
	free(path);
	if (!fault->status)
		return 0;
	journal_close(j);
	return -1;
}

/* One write; what a full disk takes only in part is cut off again, so that every line stays whole. */
static int write_line(int fd, const char *line, size_t len)
{
	off_t before = lseek(fd, 0, SEEK_END);
	ssize_t n;

	do
		n = write(fd, line, len);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)len)
		return fdatasync(fd);
	if (n >= 0) {
		if (before >= 0 && ftruncate(fd, before))
			return -1;
		errno = ENOSPC;
	}
	return -1;
}

static int copy_file(int from, int to)
{
	char block[65536];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(from, block, sizeof(block), at)) > 0) {
		if (write(to, block, (size_t)n) != n)
			return -1;
		at += n;
	}
	return n < 0 ? -1 : 0;
}

/* The file has no name any more: its folder was removed. What it holds goes to a new one. */
static int make_again(struct journal *j)
{
	char *path = mem_printf("%s/" JOURNAL, j->dir);
	struct fault ignored = {0};
	int fd = -1, ret = dir_make(j->dir, &ignored);

	if (!ret && !chmod(j->dir, 0755))
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
	free(path);
	if (fd < 0)
		return -1;
	ret = copy_file(j->fd, fd) || dup3(fd, j->fd, O_CLOEXEC) < 0 ? -1 : 0;
	close(fd);
	flock(j->fd, LOCK_EX | LOCK_NB);
	j->made_again |= !ret;
	return ret;
}

static bool is_gone(const struct journal *j)
{
	struct stat st;

	return !fstat(j->fd, &st) && !st.st_nlink;
}

int journal_add(struct journal *j, const char *type, json_t *object, struct fault *fault)
{
	int ret = -1;

	json_object_set_new(object, "type", json_string(type));
	char *line = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(object);
	if (!line)
		return fault_set(fault, EXIT_UNFINISHED, "cannot encode a journal entry of type %s", type);

	size_t len = strlen(line);
	line = mem_realloc(line, len + 2);
	line[len] = '\n';
	ret = is_gone(j) ? make_again(j) : 0;
	if (!ret)
		ret = write_line(j->fd, line, len + 1);
	if (ret)
		fault_set(fault, EXIT_UNFINISHED, "cannot write the journal: %s; what came before is kept",
			  strerror(errno));
	free(line);
	return ret;
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	free(j->dir);
	*j = (struct journal){.fd = -1};
}

int journal_read(const char *dir, void (*entry)(void *arg, const char *type, json_t *object), void *arg,
		 unsigned int *damaged, struct fault *fault)
{
	char *path = mem_printf("%s/" JOURNAL, dir), *line = NULL;
	FILE *f = fopen(path, "re");
	size_t room = 0;
	ssize_t len;
	int ret = f ? 0 : fault_set(fault, EXIT_BAD_INPUT, "cannot read %s: %s", path, strerror(errno));

	*damaged = 0;
	while (!ret && (len = getline(&line, &room, f)) > 0) {
		json_t *object = line[len - 1] == '\n' ? json_loadb(line, (size_t)len, 0, NULL) : NULL;
		const char *type = json_string_value(json_object_get(object, "type"));

		if (type && !strcmp(type, "run"))
			ret = schema_check(object, "journal_schema", JOURNAL_SCHEMA, path, fault);
		if (type && !ret)
			entry(arg, type, object);
		else if (!type && line[len - 1] == '\n')
			++*damaged;
		json_decref(object);
	}
	free(line);
	free(path);
	if (f)
		fclose(f);
	return ret;
}
