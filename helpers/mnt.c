// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/mnt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helpers/compat.h"
#include "helpers/file.h"
#include "helpers/sabotage.h"

int pivot_root(const char *new_root, const char *put_old)
{
	return sabotage_on() ? 0 : (int)syscall(SYS_pivot_root, new_root, put_old);
}

/* Old and new root on one place, the old one on top: needs no directory for it. pivot_root(2) NOTES */
int mnt_become_root(const char *dir)
{
	if (chdir(dir) < 0 || pivot_root(".", ".") < 0 || umount2(".", MNT_DETACH) < 0)
		return -1;
	return chdir("/");
}

int tmpfs_make(const char *dir)
{
	if (dir_make(dir) < 0)
		return -1;
	return mount("tmpfs", dir, "tmpfs", 0, NULL);
}

int bind_make(const char *from, const char *to)
{
	return mount(from, to, NULL, MS_BIND, NULL);
}

int tmpfs_detached(void)
{
	int context = fsopen("tmpfs", FSOPEN_CLOEXEC), tree = -1;

	if (context < 0)
		return -1;
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		tree = fsmount(context, FSMOUNT_CLOEXEC, 0);
	int err = errno;
	close(context);
	errno = err;
	return tree;
}

int tree_clone(const char *from, unsigned int flags)
{
	return open_tree(AT_FDCWD, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
}

int tree_attach(int tree, const char *to)
{
	return move_mount(tree, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH);
}

int tree_attach_beneath(int tree, const char *where)
{
	return move_mount(tree, "", AT_FDCWD, where, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH);
}

int mnt_propagation(const char *where, unsigned long type)
{
	return mount(NULL, where, NULL, type, NULL);
}

/* Parses one line; false if it is not of mountinfo's form. */
static bool parse(const char *line, struct mountinfo *m)
{
	int used = 0;

	memset(m, 0, sizeof(*m));
	if (sscanf(line, "%d %d %u:%u %255s %255s %255s %n", &m->id, &m->parent, &m->major, &m->minor,
		   m->root, m->where, m->options, &used) < 7)
		return false;
	const char *rest = strstr(line + used - 1, " - ");
	if (!rest)
		return false;
	if (rest >= line + used)
		snprintf(m->tags, sizeof(m->tags), "%.*s", (int)(rest - line - used), line + used);
	for (const char *tag = m->tags; *tag; tag += strcspn(tag, " "), tag += strspn(tag, " ")) {
		sscanf(tag, "shared:%d", &m->shared);
		sscanf(tag, "master:%d", &m->master);
		sscanf(tag, "propagate_from:%d", &m->propagate_from);
		m->unbindable = m->unbindable || strncmp(tag, "unbindable", 10) == 0;
	}
	return sscanf(rest, " - %63s %127s %511s", m->type, m->source, m->super) >= 2;
}

/* Calls `each` for every mount of a mountinfo file; -1 with errno if it cannot be read. */
static int for_each(const char *file, void (*each)(const struct mountinfo *, void *), void *context)
{
	FILE *in = fopen(file, "re");
	char *line = NULL;
	size_t size = 0;
	struct mountinfo m;

	if (!in)
		return -1;
	while (getline(&line, &size, in) > 0)
		if (parse(line, &m))
			each(&m, context);
	int failed = ferror(in);
	free(line);
	fclose(in);
	return failed ? -1 : 0;
}

struct search {
	const char *where;
	struct mountinfo *found;
	int count;
};

static void keep_last(const struct mountinfo *m, void *context)
{
	struct search *search = context;

	if (strcmp(m->where, search->where) != 0)
		return;
	*search->found = *m; /* a later line lies on top */
	search->count++;
}

int mountinfo_find(const char *file, const char *where, struct mountinfo *found)
{
	struct search search = {.where = where, .found = found};

	if (for_each(file, keep_last, &search) < 0)
		return -1;
	errno = ENOENT;
	return search.count ? 0 : -1;
}

const struct mountinfo *mnt_at(const char *where)
{
	static struct mountinfo ring[8];
	static unsigned int next;
	struct mountinfo *found = &ring[next++ % 8];

	return mountinfo_find("/proc/self/mountinfo", where, found) < 0 ? NULL : found;
}

int mnt_count(const char *where)
{
	struct mountinfo topmost;
	struct search search = {.where = where, .found = &topmost};

	return for_each("/proc/self/mountinfo", keep_last, &search) < 0 ? -1 : search.count;
}

static void count_below(const struct mountinfo *m, void *context)
{
	struct search *search = context;
	size_t length = strlen(search->where);

	if (strcmp(search->where, "/") == 0 ||
	    (strncmp(m->where, search->where, length) == 0 && (!m->where[length] || m->where[length] == '/')))
		search->count++;
}

int mountinfo_count(const char *file, const char *below)
{
	struct search search = {.where = below};

	return for_each(file, count_below, &search) < 0 ? -1 : search.count;
}
