// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/base/file.h"

#define MAGIC "nscheck-snapshot-1"
enum { HEADER_SIZE = 4096, BLOCK = 256 << 10 };

struct header {
	char magic[24];
	char key[65];
	char release[65];
	char boot[40]; /* boot_id of the machine that wrote it */
	uint8_t serial;
	int64_t length; /* of the whole file */
	uint64_t inode;
	int64_t seconds, nanoseconds; /* time of last change */
	uint64_t checksum;            /* of what follows the header */
};

static void boot_id(char out[40])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	memset(out, 0, 40);
	if (f && fgets(out, 40, f))
		out[strcspn(out, "\n")] = '\0';
	if (f)
		fclose(f);
}

int snapshots_init(struct snapshots *s, const char *cache, long limit_mib, struct fault *fault)
{
	*s = (struct snapshots){.fd = -1, .limit = limit_mib << 20};
	s->dir = mem_printf("%s/snapshots", cache);
	return dir_make(s->dir, fault);
}

void snapshots_close(struct snapshots *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->dir);
	*s = (struct snapshots){.fd = -1};
}

static char *snapshot_path(const struct snapshots *s, const char *key)
{
	return mem_printf("%s/%s.snap", s->dir, key);
}

/* Four lanes of multiply and xor: not for enemies, for what a disk or a crash may do to a file. */
static int checksum(int fd, uint64_t *sum)
{
	uint64_t lane[4] = {1, 2, 3, 4}, *words = mem_zalloc(BLOCK);
	off_t at = HEADER_SIZE;
	ssize_t n;

	while ((n = pread(fd, words, BLOCK, at)) > 0) {
		memset((char *)words + n, 0, (size_t)(BLOCK - n) & 31);
		for (size_t i = 0; i < ((size_t)n + 31) / 32 * 4; i++)
			lane[i & 3] = (lane[i & 3] ^ words[i]) * 0x9e3779b97f4a7c15u;
		at += n;
	}
	free(words);
	*sum = 0;
	for (int i = 0; i < 4; i++)
		*sum = (*sum ^ (lane[i] >> 29) ^ lane[i]) * 0x9e3779b97f4a7c15u;
	return n < 0 ? -1 : 0;
}

static bool header_matches(const struct header *h, const struct stat *st, const char *key)
{
	return !strncmp(h->magic, MAGIC, sizeof(h->magic)) && !strncmp(h->key, key, sizeof(h->key)) &&
	       S_ISREG(st->st_mode) && st->st_uid == geteuid() && !(st->st_mode & 077) &&
	       h->length == st->st_size && h->inode == st->st_ino && h->seconds == st->st_mtim.tv_sec &&
	       h->nanoseconds == st->st_mtim.tv_nsec && !h->release[sizeof(h->release) - 1];
}

static bool is_sound(int fd, const char *key, struct header *h)
{
	char boot[40];
	struct stat st;
	uint64_t sum;

	if (fstat(fd, &st) || pread(fd, h, sizeof(*h), 0) != sizeof(*h) || !header_matches(h, &st, key))
		return false;
	boot_id(boot);
	if (*boot && !strncmp(boot, h->boot, sizeof(boot)))
		return true;
	return !checksum(fd, &sum) && sum == h->checksum;
}

static void mark_used(int fd)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};

	futimens(fd, times);
}

/* Opens the snapshot that s->key names. */
static bool find(struct snapshots *s)
{
	char *path = snapshot_path(s, s->key);
	struct header h;

	if (s->fd >= 0)
		close(s->fd);
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (s->fd >= 0 && !is_sound(s->fd, s->key, &h)) {
		close(s->fd);
		s->fd = -1;
		unlink(path);
	}
	free(path);
	if (s->fd < 0)
		return false;
	s->length = h.length;
	s->serial = h.serial;
	memcpy(s->release, h.release, sizeof(s->release));
	mark_used(s->fd);
	return true;
}

bool snapshot_find(struct snapshots *s, const char *key)
{
	snprintf(s->key, sizeof(s->key), "%s", key);
	return find(s);
}

int snapshot_open(const struct snapshots *s)
{
	char *path;
	int fd;

	if (s->fd < 0)
		return -1;
	path = mem_printf("/proc/self/fd/%d", s->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	if (fd >= 0 && lseek(fd, HEADER_SIZE, SEEK_SET) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int snapshot_begin(const struct snapshots *s)
{
	int fd = open(s->dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 && lseek(fd, HEADER_SIZE, SEEK_SET) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The file gets a name of its own first, then the one it is looked for by: a rename replaces, a link does not. */
static int name_file(int fd, const char *path)
{
	char *self = mem_printf("/proc/self/fd/%d", fd), *tmp = mem_printf("%s.%d.tmp", path, (int)getpid());
	int ret = linkat(AT_FDCWD, self, AT_FDCWD, tmp, AT_SYMLINK_FOLLOW);

	if (!ret)
		ret = rename(tmp, path);
	if (ret)
		unlink(tmp);
	free(self);
	free(tmp);
	return ret;
}

static int write_header(int fd, const char *key, bool serial, const char *release)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_sec = time(NULL)}};
	struct header h = {.magic = MAGIC, .serial = serial};
	struct stat st;

	if (fstat(fd, &st) || st.st_size <= HEADER_SIZE || checksum(fd, &h.checksum))
		return -1;
	snprintf(h.key, sizeof(h.key), "%s", key);
	snprintf(h.release, sizeof(h.release), "%s", release);
	boot_id(h.boot);
	h.length = st.st_size;
	h.inode = st.st_ino;
	h.seconds = times[1].tv_sec;
	if (pwrite(fd, &h, sizeof(h), 0) != sizeof(h))
		return -1;
	return futimens(fd, times);
}

/* One file of the folder that may have to go. */
struct entry {
	char *path;
	off_t size;
	struct timespec used;
};

static int older_first(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
	return x->used.tv_nsec < y->used.tv_nsec ? -1 : x->used.tv_nsec > y->used.tv_nsec;
}

static size_t list_entries(const char *dir, struct entry **entries, off_t *total)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t count = 0;

	*entries = NULL;
	*total = 0;
	while (d && (e = readdir(d))) {
		struct stat st;
		char *path = mem_printf("%s/%s", dir, e->d_name);

		if (*e->d_name == '.' || lstat(path, &st) || !S_ISREG(st.st_mode)) {
			free(path);
			continue;
		}
		*entries = mem_realloc(*entries, (count + 1) * sizeof(**entries));
		(*entries)[count++] = (struct entry){path, st.st_size, st.st_atim};
		*total += st.st_size;
	}
	if (d)
		closedir(d);
	return count;
}

static void make_room(const char *dir, off_t limit)
{
	struct entry *entries;
	off_t total;
	size_t count = list_entries(dir, &entries, &total);

	if (count)
		qsort(entries, count, sizeof(*entries), older_first);
	for (size_t i = 0; i < count; i++) {
		if (total > limit && !unlink(entries[i].path))
			total -= entries[i].size;
		free(entries[i].path);
	}
	free(entries);
}

int snapshot_commit(struct snapshots *s, int fd, bool serial, const char *release)
{
	char *path = snapshot_path(s, s->key);
	int ret = write_header(fd, s->key, serial, release);
	off_t size = lseek(fd, 0, SEEK_END);

	if (!ret && size > s->limit) {
		ret = -1;
		errno = EFBIG;
	}
	if (!ret) {
		make_room(s->dir, s->limit - size);
		ret = name_file(fd, path);
	}
	free(path);
	close(fd);
	if (!ret && !find(s)) {
		ret = -1;
		errno = EIO;
	}
	return ret;
}

void snapshot_discard(struct snapshots *s)
{
	char *path = snapshot_path(s, s->key);

	unlink(path);
	free(path);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
