// SPDX-License-Identifier: GPL-2.0-only
#include "runner/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"

#define DATA_LEVELS 3 /* build/nscheck, build/fuzz/x: the tree is at most this far up */

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int open_regular(const char *path, struct stat *st, struct fault *fault)
{
	/* O_NONBLOCK: a FIFO must be refused, not waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return fault_set(fault, EXIT_BAD_INPUT, "cannot read %s: %s", path, strerror(errno));
	if (fstat(fd, st) < 0 || !S_ISREG(st->st_mode)) {
		close(fd);
		return fault_set(fault, EXIT_BAD_INPUT, "%s is not a regular file", path);
	}
	return fd;
}

static int read_all(int fd, const char *path, struct bytes *out, struct fault *fault)
{
	size_t done = 0;

	while (done < out->len) {
		ssize_t n = read(fd, out->data + done, out->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_set(fault, EXIT_BAD_INPUT, "cannot read %s: %s", path, strerror(errno));
		if (n == 0)
			break;
		done += (size_t)n;
	}
	out->len = done; /* less when the file shrank meanwhile */
	return 0;
}

int file_read(const char *path, size_t max, struct bytes *out, struct fault *fault)
{
	struct stat st = {0};
	int fd = open_regular(path, &st, fault);

	*out = (struct bytes){0};
	if (fd < 0)
		return -1;
	if ((unsigned long long)st.st_size > max) {
		close(fd);
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s has %lld bytes, more than the %zu that are allowed for it", path,
				 (long long)st.st_size, max);
	}
	out->len = (size_t)st.st_size;
	out->data = mem_need(malloc(out->len + 1)); /* one more: an empty file has data too */
	int rc = read_all(fd, path, out, fault);
	close(fd);
	if (rc < 0)
		bytes_free(out);
	return rc;
}

int file_map(const char *path, struct bytes *out, struct fault *fault)
{
	struct stat st = {0};
	int fd = open_regular(path, &st, fault);

	*out = (struct bytes){0};
	if (fd < 0)
		return -1;
	void *p = st.st_size ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	close(fd);
	if (p == MAP_FAILED)
		return fault_set(fault, EXIT_UNFINISHED, "cannot map %s: %s", path, strerror(errno));
	*out = (struct bytes){.data = p, .len = (size_t)st.st_size};
	return 0;
}

void file_unmap(struct bytes *bytes)
{
	if (bytes->data)
		munmap(bytes->data, bytes->len);
	*bytes = (struct bytes){0};
}

int fault_writing(struct fault *fault, const char *path, int error)
{
	if (error == ENOSPC || error == EDQUOT)
		return fault_set(
			fault, EXIT_UNFINISHED,
			"no space left to write %s: free some, or set NSCHECK_CACHE to a folder with space",
			path);
	return fault_set(fault, EXIT_UNFINISHED, "cannot write %s: %s", path, strerror(error));
}

static int write_all(int fd, const char *data, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(fd, data + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

int file_begin(const char *dir, char **tmp, struct fault *fault)
{
	/* Unnamed, so that no violent end leaves it behind. */
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	*tmp = NULL;
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		*tmp = mem_printf("%s/XXXXXX", dir);
		fd = mkostemp(*tmp, O_CLOEXEC);
	}
	if (fd >= 0)
		return fd;
	free(*tmp);
	*tmp = NULL;
	return fault_writing(fault, dir, errno);
}

/* A rename replaces what has the name already, a link does not. */
static int name_temporary(int fd, const char *tmp, const char *path)
{
	char self[64];

	if (tmp)
		return rename(tmp, path);
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	char *link = mem_printf("%s.%d.tmp", path, (int)getpid());
	unlink(link); /* of one that was killed */
	int rc = linkat(AT_FDCWD, self, AT_FDCWD, link, AT_SYMLINK_FOLLOW);
	if (rc == 0)
		rc = rename(link, path);
	if (rc < 0)
		unlink(link);
	free(link);
	return rc;
}

int file_end(int fd, char *tmp, const char *path, struct fault *fault)
{
	int rc = 0;

	if (path && (fdatasync(fd) < 0 || name_temporary(fd, tmp, path) < 0))
		rc = fault_writing(fault, path, errno);
	if (tmp && (!path || rc < 0))
		unlink(tmp);
	close(fd);
	free(tmp);
	return rc;
}

int file_store(const char *path, const void *data, size_t len, struct fault *fault)
{
	char *dir = mem_strdup(path), *slash = strrchr(dir, '/'), *tmp;

	if (slash)
		slash[slash == dir] = '\0';
	int fd = file_begin(slash ? dir : ".", &tmp, fault), rc = fd < 0 ? -1 : 0;
	free(dir);
	if (rc == 0 && write_all(fd, data, len) < 0)
		rc = fault_writing(fault, path, errno);
	if (fd >= 0 && file_end(fd, tmp, rc == 0 ? path : NULL, fault) < 0)
		rc = -1;
	return rc;
}

void file_used(const char *path)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};

	utimensat(AT_FDCWD, path, times, 0);
}

static int last_used_first(const void *a, const void *b)
{
	struct stat x = {0}, y = {0};

	stat(*(char *const *)a, &x);
	stat(*(char *const *)b, &y);
	if (x.st_atim.tv_sec != y.st_atim.tv_sec)
		return x.st_atim.tv_sec > y.st_atim.tv_sec ? -1 : 1;
	return x.st_atim.tv_nsec > y.st_atim.tv_nsec ? -1 : x.st_atim.tv_nsec < y.st_atim.tv_nsec;
}

void dir_prune(const char *dir, const char *ending, size_t kept)
{
	char *pattern = mem_printf("%s/*%s", dir, ending);
	glob_t found;

	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
		qsort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv), last_used_first);
		for (size_t i = kept; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
		globfree(&found);
	}
	free(pattern);
}

int file_lock(const char *path, struct fault *fault)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return fault_writing(fault, path, errno);
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR) {
			close(fd);
			return fault_set(fault, EXIT_UNFINISHED, "cannot lock %s: %s", path, strerror(errno));
		}
	return fd;
}

int dir_make(const char *path, struct fault *fault)
{
	char *part = mem_strdup(path);
	int rc = 0;

	for (char *p = part + 1; rc == 0; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			rc = fault_writing(fault, part, errno);
		*p = c;
		if (!c)
			break;
	}
	free(part);
	return rc;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

void dir_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

char *file_absolute(const char *path)
{
	const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
	bool is_folder = !*last || !strcmp(last, ".") || !strcmp(last, "..");

	if (*path == '/')
		return mem_strdup(path);
	char *folder = is_folder ? mem_strdup(path)
		       : slash   ? mem_strndup(path, (size_t)(slash - path))
				 : mem_strdup(".");
	char *real = realpath(folder, NULL), *here = getcwd(NULL, 0), *absolute;
	if (!real) /* it is not there yet */
		absolute = mem_printf("%s/%s", here ? here : "", path);
	else if (is_folder)
		absolute = mem_strdup(real);
	else
		absolute = mem_printf("%s/%s", strcmp(real, "/") != 0 ? real : "", last);
	free(folder);
	free(real);
	free(here);
	return absolute;
}

static char *look_upwards(char *dir, const char *name)
{
	for (int level = 0; level < DATA_LEVELS; level++) {
		char *slash = strrchr(dir, '/');

		if (!slash)
			break;
		*slash = '\0';
		char *path = mem_printf("%s/%s", dir, name);
		if (file_exists(path))
			return path;
		free(path);
	}
	return NULL;
}

char *data_path(const char *name, struct fault *fault)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n > 0) {
		exe[n] = '\0';
		char *path = look_upwards(exe, name);
		if (path)
			return path;
	}
	if (file_exists(name))
		return mem_strdup(name);
	fault_set(fault, EXIT_UNFINISHED,
		  "%s is missing: run nscheck from its source tree, or install it whole", name);
	return NULL;
}
