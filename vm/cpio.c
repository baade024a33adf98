// SPDX-License-Identifier: GPL-2.0-only
#include "vm/cpio.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/sha256.h"

#define SEGMENT 512
#define BLOCK   (64U << 10)
#define HEADER  110 /* magic and 13 fields */

struct node {
	char *path;
	mode_t mode;
	unsigned int major, minor;
	off_t at; /* of its content in the spool */
	size_t len;
};

struct cpio {
	void *paths; /* tree of struct node, by path */
	int spool, out;
	off_t spooled, written;
	struct sha256 sum;
	unsigned int inode;
	int error; /* errno of the first trouble; nothing is written after it */
};

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->path, ((const struct node *)b)->path);
}

struct cpio *cpio_new(int spool)
{
	struct cpio *c = mem_zalloc(sizeof(*c));

	c->spool = spool;
	return c;
}

static void node_free(void *p)
{
	struct node *e = p;

	free(e->path);
	free(e);
}

void cpio_free(struct cpio *c)
{
	tdestroy(c->paths, node_free);
	free(c);
}

/* Returns the new entry, or NULL when the path is there already. */
static struct node *add(struct cpio *c, const char *path, mode_t mode)
{
	struct node *e = mem_zalloc(sizeof(*e));

	*e = (struct node){.path = mem_strdup(path), .mode = mode};
	struct node **slot = mem_need(tsearch(e, &c->paths, by_path));
	if (*slot == e)
		return e;
	node_free(e);
	return NULL;
}

static void add_parents(struct cpio *c, const char *path)
{
	char *part = mem_strdup(path);

	for (char *slash = strchr(part, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		add(c, part, S_IFDIR | 0755);
		*slash = '/';
	}
	free(part);
}

static struct node *add_below(struct cpio *c, const char *path, mode_t mode)
{
	add_parents(c, path);
	return add(c, path, mode);
}

void cpio_dir(struct cpio *c, const char *path, mode_t permissions)
{
	add_below(c, path, S_IFDIR | permissions);
}

static void write_all(struct cpio *c, int fd, const char *data, size_t len)
{
	while (len && !c->error) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			c->error = errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
}

static void spool(struct cpio *c, struct node *e, const void *data, size_t len)
{
	e->at = c->spooled;
	e->len = len;
	c->spooled += (off_t)len;
	write_all(c, c->spool, data, len);
}

void cpio_file(struct cpio *c, const char *path, mode_t permissions, const void *data, size_t len)
{
	struct node *e = add_below(c, path, S_IFREG | permissions);

	if (e)
		spool(c, e, data, len);
}

void cpio_symlink(struct cpio *c, const char *path, const char *target)
{
	struct node *e = add_below(c, path, S_IFLNK | 0777);

	if (e)
		spool(c, e, target, strlen(target));
}

void cpio_chardev(struct cpio *c, const char *path, mode_t permissions, unsigned int major,
		  unsigned int minor)
{
	struct node *e = add_below(c, path, S_IFCHR | permissions);

	if (!e)
		return;
	e->major = major;
	e->minor = minor;
}

static void emit(struct cpio *c, const void *data, size_t len)
{
	sha256_add(&c->sum, data, len);
	write_all(c, c->out, data, len);
	c->written += (off_t)len;
}

static void pad(struct cpio *c, int to)
{
	static const char zeros[SEGMENT];

	emit(c, zeros, (size_t)((to - c->written % to) % to));
}

static void emit_content(struct cpio *c, const struct node *e)
{
	char block[BLOCK];

	for (size_t done = 0; done < e->len && !c->error;) {
		size_t want = e->len - done < BLOCK ? e->len - done : BLOCK;
		ssize_t n = pread(c->spool, block, want, e->at + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			c->error = n < 0 ? errno : EIO;
			return;
		}
		emit(c, block, (size_t)n);
		done += (size_t)n;
	}
}

static void put(struct cpio *c, const struct node *e, unsigned int inode)
{
	char header[HEADER + 1];

	snprintf(header, sizeof(header), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", inode,
		 e->mode, 0, 0, S_ISDIR(e->mode) ? 2 : 1, 0, (unsigned int)e->len, 0, 0, e->major, e->minor,
		 (unsigned int)strlen(e->path) + 1, 0);
	emit(c, header, HEADER);
	emit(c, e->path, strlen(e->path) + 1);
	pad(c, 4);
	emit_content(c, e);
	pad(c, 4);
}

/* A parent sorts before its children, being a prefix of them. */
static void visit_node(const void *slot, VISIT visit, void *closure)
{
	struct cpio *c = closure;

	if (visit == postorder || visit == leaf)
		put(c, *(struct node *const *)slot, ++c->inode);
}

int cpio_write(struct cpio *c, int fd, char sum[65])
{
	struct node trailer = {.path = "TRAILER!!!"};

	c->out = fd;
	c->inode = 0;
	c->written = 0;
	sha256_begin(&c->sum);
	twalk_r(c->paths, visit_node, c);
	put(c, &trailer, 0);
	pad(c, SEGMENT);
	sha256_end(&c->sum, sum);
	errno = c->error;
	return c->error ? -1 : 0;
}
