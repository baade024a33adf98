// SPDX-License-Identifier: GPL-2.0-only
#include "vm/cpio.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SEGMENT 512
#define HEADER  110 /* magic and 13 fields */

struct node {
	char *path;
	mode_t mode;
	unsigned int major, minor;
	struct bytes content;
};

struct cpio {
	void *paths;      /* tree of struct node, by path */
	struct bytes out; /* as large as it will become, len being what is written */
	size_t size;      /* at most, of all entries */
	unsigned int inode;
};

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->path, ((const struct node *)b)->path);
}

struct cpio *cpio_new(void)
{
	return mem_need(calloc(1, sizeof(struct cpio)));
}

static void node_free(void *p)
{
	struct node *e = p;

	bytes_free(&e->content);
	free(e->path);
	free(e);
}

void cpio_free(struct cpio *c)
{
	tdestroy(c->paths, node_free);
	bytes_free(&c->out);
	free(c);
}

/* Returns the new entry, or NULL when the path is there already. */
static struct node *add(struct cpio *c, const char *path, mode_t mode)
{
	struct node *e = mem_need(calloc(1, sizeof(*e)));

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

void cpio_file(struct cpio *c, const char *path, mode_t permissions, const void *data, size_t len)
{
	struct node *e = add_below(c, path, S_IFREG | permissions);

	if (e)
		bytes_append(&e->content, data, len);
}

void cpio_symlink(struct cpio *c, const char *path, const char *target)
{
	struct node *e = add_below(c, path, S_IFLNK | 0777);

	if (e)
		bytes_append(&e->content, target, strlen(target));
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

static void emit(struct bytes *out, const void *data, size_t len)
{
	if (len)
		memcpy(out->data + out->len, data, len);
	out->len += len;
}

static void pad(struct bytes *out, size_t to)
{
	static const char zeros[SEGMENT];

	emit(out, zeros, (to - out->len % to) % to);
}

/* What put() writes at most. */
static size_t room_for(const struct node *e)
{
	return HEADER + strlen(e->path) + 1 + e->content.len + 2 * 3;
}

static void put(struct bytes *out, const struct node *e, unsigned int inode)
{
	char header[HEADER + 1];

	snprintf(header, sizeof(header), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", inode,
		 e->mode, 0, 0, S_ISDIR(e->mode) ? 2 : 1, 0, (unsigned int)e->content.len, 0, 0, e->major,
		 e->minor, (unsigned int)strlen(e->path) + 1, 0);
	emit(out, header, HEADER);
	emit(out, e->path, strlen(e->path) + 1);
	pad(out, 4);
	emit(out, e->content.data, e->content.len);
	pad(out, 4);
}

static void measure_node(const void *slot, VISIT visit, void *closure)
{
	struct cpio *c = closure;

	if (visit == postorder || visit == leaf)
		c->size += room_for(*(struct node *const *)slot);
}

/* A parent sorts before its children, being a prefix of them. */
static void visit_node(const void *slot, VISIT visit, void *closure)
{
	struct cpio *c = closure;

	if (visit == postorder || visit == leaf)
		put(&c->out, *(struct node *const *)slot, ++c->inode);
}

struct bytes cpio_bytes(struct cpio *c)
{
	struct node trailer = {.path = "TRAILER!!!"};

	c->inode = 0;
	c->size = room_for(&trailer) + SEGMENT;
	twalk_r(c->paths, measure_node, c);
	c->out = (struct bytes){.data = mem_need(malloc(c->size))};
	twalk_r(c->paths, visit_node, c);
	put(&c->out, &trailer, 0);
	pad(&c->out, SEGMENT);
	struct bytes out = c->out;
	c->out = (struct bytes){0};
	return out;
}
