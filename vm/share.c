// SPDX-License-Identifier: GPL-2.0-only
#include "vm/share.h"

#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/file.h"
#include "runner/base/mem.h"
#include "vm/cpio.h"

struct packing {
	struct cpio *archive;
	long long left; /* bytes that still may come */
	const char *dir;
	struct fault *fault;
};

static int too_large(struct packing *p)
{
	return fault_set(
		p->fault, EXIT_BAD_INPUT,
		"--share %s: it has more than a machine of that size has room for: share less, or give it "
		"more --memory",
		p->dir);
}

static int add_file(struct packing *p, const char *from, const char *to, const struct stat *st)
{
	struct bytes content;

	if (st->st_size > p->left)
		return too_large(p);
	if (st->st_size && file_map(from, &content, p->fault))
		return -1;
	p->left -= st->st_size;
	cpio_file(p->archive, to, st->st_mode & 0777, st->st_size ? content.data : NULL,
		  st->st_size ? content.len : 0);
	if (st->st_size)
		file_unmap(&content);
	return 0;
}

static int add_link(struct packing *p, const char *from, const char *to)
{
	char target[4096];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n < 0)
		return fault_set(p->fault, EXIT_BAD_INPUT, "cannot read %s: %m", from);
	target[n] = '\0';
	cpio_symlink(p->archive, to, target);
	return 0;
}

static int add_entry(struct packing *p, const FTSENT *e)
{
	const char *below = e->fts_path + strlen(p->dir);
	char *to = mem_printf(SHARE_PATH "%s%s", *below && *below != '/' ? "/" : "", below);
	int ret = 0;

	switch (e->fts_info) {
	case FTS_D: cpio_dir(p->archive, to, e->fts_statp->st_mode & 0777); break;
	case FTS_F: ret = add_file(p, e->fts_accpath, to, e->fts_statp); break;
	case FTS_SL:
	case FTS_SLNONE: ret = add_link(p, e->fts_accpath, to); break;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		ret = fault_set(p->fault, EXIT_BAD_INPUT, "--share: cannot read %s: %s", e->fts_path,
				strerror(e->fts_errno));
		break;
	default: break;
	}
	free(to);
	return ret;
}

static int add_all(struct packing *p)
{
	char *roots[] = {(char *)p->dir, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;
	int ret = tree ? 0 : fault_set(p->fault, EXIT_UNFINISHED, "cannot read %s: %m", p->dir);

	while (!ret && tree && (e = fts_read(tree)))
		ret = add_entry(p, e);
	if (tree)
		fts_close(tree);
	return ret;
}

static int write_all(int fd, const unsigned char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The initramfs as it is, and the archive behind it. */
static int write_image(struct packing *p, const char *initrd, int fd)
{
	struct bytes image;
	char sum[65];

	if (file_map(initrd, &image, p->fault))
		return -1;
	int ret = write_all(fd, image.data, image.len) || cpio_write(p->archive, fd, sum);
	file_unmap(&image);
	return ret ? fault_set(p->fault, EXIT_UNFINISHED, "cannot keep a copy of %s in memory: %m", p->dir)
		   : 0;
}

int share_pack(const char *dir, const char *initrd, long long most, struct fault *fault)
{
	int spool = memfd_create("spool", MFD_CLOEXEC), fd = memfd_create("share", MFD_CLOEXEC);
	char *whole = realpath(dir, NULL);
	struct packing p = {
		.archive = cpio_new(spool), .left = most, .dir = whole ? whole : dir, .fault = fault};
	struct stat st;
	int ret = -1;

	if (spool < 0 || fd < 0)
		fault_set(fault, EXIT_UNFINISHED, "cannot make a file in memory: %m");
	else if (stat(dir, &st) || !S_ISDIR(st.st_mode))
		fault_set(fault, EXIT_BAD_INPUT, "--share %s: there is no such folder", dir);
	else
		ret = add_all(&p) || write_image(&p, initrd, fd) ? -1 : 0;
	cpio_free(p.archive);
	free(whole);
	if (spool >= 0)
		close(spool);
	if (ret && fd >= 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}
