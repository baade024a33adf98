// SPDX-License-Identifier: GPL-2.0-only
#include "vm/deb.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "vm/boot.h"
#include "runner/base/file.h"

#define CHUNK       65536
#define CONTROL_MAX (1 << 20)
#define FILE_MAX    (512LL << 20) /* the largest module with debug information is far below */
#define TOTAL_MAX   (4LL << 30)
#define COUNT_MAX   100000 /* entries; a package of all modules has about 5000 */
#define PATH_LIMIT  1024

/* One tar inside the package: `inner` reads the bytes of the member at which `outer` stands. */
struct package {
	const char *name;
	struct archive *outer, *inner;
	char chunk[CHUNK];
	long long total; /* bytes given out so far */
	long count;
};

struct member {
	struct deb_file file;
	struct package *package;
	long long size;
};

static int damaged(const struct package *p, struct archive *a, struct fault *fault)
{
	const char *why = archive_error_string(a);

	if (archive_errno(a) == ENOMEM)
		return fault_set(fault, EXIT_UNFINISHED, "no memory left to read %s", p->name);
	return fault_set(fault, EXIT_BAD_INPUT, "%s is a damaged package: %s; fetch it again", p->name,
			 why ? why : "it ends too early");
}

static la_ssize_t pull(struct archive *a, void *arg, const void **buffer)
{
	struct package *p = arg;
	la_ssize_t n = archive_read_data(p->outer, p->chunk, sizeof(p->chunk));

	if (n < 0)
		archive_set_error(a, EIO, "%s",
				  archive_error_string(p->outer) ? archive_error_string(p->outer) : "cut");
	*buffer = p->chunk;
	return n < 0 ? ARCHIVE_FATAL : n;
}

static void package_close(struct package *p)
{
	archive_read_free(p->inner);
	archive_read_free(p->outer);
	free(p);
}

static int outer_open(struct package *p, const struct deb_source *source, struct fault *fault)
{
	int rc;

	archive_read_support_format_ar(p->outer);
	if (source->path)
		rc = archive_read_open_filename(p->outer, source->path, CHUNK);
	else
		rc = archive_read_open_memory(p->outer, source->data, source->len);
	return rc == ARCHIVE_OK ? 0 : damaged(p, p->outer, fault);
}

/* Goes to the ar member whose name starts with prefix ("control.tar", "data.tar"). */
static int outer_find(struct package *p, const char *prefix, struct fault *fault)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(p->outer, &entry)) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(entry);

		if (name && !strncmp(name, prefix, strlen(prefix)))
			return 0;
	}
	if (rc != ARCHIVE_EOF)
		return damaged(p, p->outer, fault);
	return fault_set(fault, EXIT_BAD_INPUT, "%s is not a Debian package: it has no %s", p->name, prefix);
}

static int inner_open(struct package *p, struct fault *fault)
{
	archive_read_support_format_tar(p->inner);
	archive_read_support_filter_xz(p->inner);
	archive_read_support_filter_zstd(p->inner);
	archive_read_support_filter_gzip(p->inner);
	if (archive_read_open(p->inner, p, NULL, pull, NULL) != ARCHIVE_OK)
		return damaged(p, p->inner, fault);
	return 0;
}

static struct package *package_open(const struct deb_source *source, const char *prefix, struct fault *fault)
{
	struct package *p = mem_zalloc(sizeof(*p));

	p->name = source->name;
	p->outer = mem_need(archive_read_new());
	p->inner = mem_need(archive_read_new());
	if (outer_open(p, source, fault) == 0 && outer_find(p, prefix, fault) == 0 &&
	    inner_open(p, fault) == 0)
		return p;
	package_close(p);
	return NULL;
}

/* The next entry of the tar; NULL at its end or with a fault. */
static struct archive_entry *package_next(struct package *p, struct fault *fault)
{
	struct archive_entry *entry;
	int rc = archive_read_next_header(p->inner, &entry);

	if (rc == ARCHIVE_EOF)
		return NULL;
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN) {
		damaged(p, p->inner, fault);
		return NULL;
	}
	if (++p->count > COUNT_MAX) {
		fault_set(fault, EXIT_BAD_INPUT, "%s holds more than %d files: no sound package does",
			  p->name, COUNT_MAX);
		return NULL;
	}
	return entry;
}

static long member_read(struct deb_file *file, void *buffer, size_t size, struct fault *fault)
{
	struct member *m = (struct member *)file; /* file is its first field */
	struct package *p = m->package;
	la_ssize_t n = archive_read_data(p->inner, buffer, size);

	if (n < 0)
		return damaged(p, p->inner, fault);
	m->size += n;
	p->total += n;
	if (m->size > FILE_MAX || p->total > TOTAL_MAX)
		return fault_set(fault, EXIT_BAD_INPUT, "%s unpacks to an absurd size: no sound package does",
				 p->name);
	return n;
}

/* Does a path stay below the root it is relative to? */
static bool path_stays(const char *path)
{
	if (*path == '/')
		return false;
	for (const char *p = path; p; p = strchr(p, '/')) {
		p += *p == '/';
		if (!strncmp(p, "..", 2) && (p[2] == '/' || !p[2]))
			return false;
	}
	return true;
}

static const char *skip(const char *path, const char *prefix)
{
	return path && !strncmp(path, prefix, strlen(prefix)) ? path + strlen(prefix) : NULL;
}

static bool is_module(const char *path)
{
	static const char *const ends[] = {".ko", ".ko.xz", ".ko.zst", ".ko.gz"};
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t n = strlen(ends[i]);

		if (len > n && !strcmp(path + len - n, ends[i]))
			return true;
	}
	return false;
}

/* What stands below lib/modules/RELEASE/: since 6.19 the image and the configuration as well. */
static char *module_member(const char *path)
{
	const char *rest = strchr(path, '/');

	if (!rest++)
		return NULL;
	if (!strcmp(rest, "vmlinuz") || !strcmp(rest, "config"))
		return mem_strdup(rest);
	if (skip(rest, "kernel/") && is_module(rest))
		return mem_printf("modules/%s", rest);
	return NULL;
}

static bool is_boot_file(const char *rest)
{
	return rest && release_valid(rest);
}

static char *kernel_member(void *arg, const char *path)
{
	(void)arg;
	if (is_boot_file(skip(path, "boot/vmlinuz-")))
		return mem_strdup("vmlinuz");
	if (is_boot_file(skip(path, "boot/config-")))
		return mem_strdup("config");
	if (skip(path, "lib/modules/"))
		return module_member(skip(path, "lib/modules/"));
	if (skip(path, "usr/lib/modules/"))
		return module_member(skip(path, "usr/lib/modules/"));
	return NULL;
}

/* A path without "./" before it; NULL when it leads out of the package. */
static const char *sound_path(const char *path)
{
	if (!path || strlen(path) > PATH_LIMIT || !path_stays(path))
		return NULL;
	for (const char *rest; (rest = skip(path, "./"));)
		path = rest;
	return path;
}

int deb_member(const char *path, char **out)
{
	const char *sound = sound_path(path);

	*out = sound ? kernel_member(NULL, sound) : NULL;
	return sound ? 0 : -1;
}

static int take_entry(struct package *p, struct archive_entry *entry, const struct deb_visitor *visitor,
		      struct fault *fault)
{
	const char *path = sound_path(archive_entry_pathname(entry));
	bool link = visitor->links && archive_entry_filetype(entry) == AE_IFLNK;
	int rc = 0;

	if (!path)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s holds a file that would land outside of it: do not trust it", p->name);
	char *name = visitor->name(visitor->arg, path);
	if (!name)
		return 0;
	struct member m = {.file = {.name = name,
				    .mode = archive_entry_perm(entry),
				    .link = link ? archive_entry_symlink(entry) : NULL,
				    .read = member_read},
			   .package = p};
	if (archive_entry_hardlink(entry) || (archive_entry_filetype(entry) != AE_IFREG && !m.file.link))
		rc = fault_set(fault, EXIT_BAD_INPUT,
			       "%s holds a link or a special file in place of %s: do not trust it", p->name,
			       name);
	if (rc == 0)
		rc = visitor->take(visitor->arg, &m.file, fault);
	free(name);
	return rc;
}

int deb_visit(const struct deb_source *source, const struct deb_visitor *visitor, struct fault *fault)
{
	struct package *p = package_open(source, "data.tar", fault);
	struct archive_entry *entry;
	int rc = 0;

	if (!p)
		return -1;
	while (rc == 0 && (entry = package_next(p, fault)))
		rc = take_entry(p, entry, visitor, fault);
	package_close(p);
	return fault->status ? -1 : rc;
}

int deb_walk(const struct deb_source *source, deb_taker take, void *arg, struct fault *fault)
{
	const struct deb_visitor visitor = {.name = kernel_member, .take = take, .arg = arg};

	return deb_visit(source, &visitor, fault);
}

/* The value of a field of a control file, without its continuation lines; NULL when it is not there. */
static char *field(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncasecmp(line, name, len) || line[len] != ':')
			continue;
		line += len + 1;
		line += strspn(line, " \t");
		return mem_strndup(line, strcspn(line, "\r\n"));
	}
	return NULL;
}

static int control_text(struct package *p, struct bytes *text, struct fault *fault)
{
	char buffer[4096];
	la_ssize_t n;

	while ((n = archive_read_data(p->inner, buffer, sizeof(buffer))) > 0) {
		bytes_append(text, buffer, (size_t)n);
		if (text->len > CONTROL_MAX)
			return fault_set(fault, EXIT_BAD_INPUT, "%s has an absurdly large control file",
					 p->name);
	}
	if (n < 0)
		return damaged(p, p->inner, fault);
	bytes_append(text, "", 1);
	return 0;
}

static int control_find(struct package *p, struct bytes *text, struct fault *fault)
{
	struct archive_entry *entry;

	while ((entry = package_next(p, fault))) {
		const char *path = archive_entry_pathname(entry);

		if (path && (!strcmp(path, "./control") || !strcmp(path, "control")))
			return control_text(p, text, fault);
	}
	return fault_set(fault, EXIT_BAD_INPUT, "%s is not a Debian package: it has no control file",
			 p->name);
}

int deb_control(const struct deb_source *source, struct deb *deb, struct fault *fault)
{
	struct package *p = package_open(source, "control.tar", fault);
	struct bytes text = {0};

	*deb = (struct deb){0};
	if (!p)
		return -1;
	int rc = control_find(p, &text, fault);
	if (rc == 0) {
		const char *s = (const char *)text.data;

		*deb = (struct deb){.package = field(s, "Package"),
				    .version = field(s, "Version"),
				    .architecture = field(s, "Architecture"),
				    .depends = field(s, "Depends")};
		if (!deb->package || !deb->version || !deb->architecture)
			rc = fault_set(fault, EXIT_BAD_INPUT,
				       "%s is a damaged package: its control file lacks a field", p->name);
	}
	bytes_free(&text);
	package_close(p);
	if (rc < 0)
		deb_free(deb);
	return rc;
}

void deb_free(struct deb *deb)
{
	free(deb->package);
	free(deb->version);
	free(deb->architecture);
	free(deb->depends);
	*deb = (struct deb){0};
}

static int copy_out(struct deb_file *file, int fd, const char *path, struct fault *fault)
{
	char buffer[CHUNK];
	long n;

	while ((n = file->read(file, buffer, sizeof(buffer), fault)) > 0) {
		for (long done = 0; done < n;) {
			ssize_t w = write(fd, buffer + done, (size_t)(n - done));

			if (w < 0 && errno == EINTR)
				continue;
			if (w < 0)
				return fault_writing(fault, path, errno);
			done += w;
		}
	}
	return n < 0 ? -1 : 0;
}

static int make_parent(char *path, struct fault *fault)
{
	char *slash = strrchr(path, '/');

	*slash = '\0';
	int rc = dir_make(path, fault);
	*slash = '/';
	return rc;
}

static int write_file(void *arg, struct deb_file *file, struct fault *fault)
{
	char *path = mem_printf("%s/%s", (const char *)arg, file->name);
	int rc = make_parent(path, fault);

	if (rc == 0) {
		/* O_EXCL: the folder is new, so a second file of one name is a lie. */
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

		if (fd < 0 && errno == EEXIST)
			rc = fault_set(fault, EXIT_BAD_INPUT, "%s comes twice in a package: do not trust it",
				       file->name);
		else if (fd < 0)
			rc = fault_writing(fault, path, errno);
		else
			rc = copy_out(file, fd, path, fault);
		if (fd >= 0)
			close(fd);
	}
	free(path);
	return rc;
}

int deb_unpack(const char *path, const char *dir, struct fault *fault)
{
	struct deb_source source = {.name = path, .path = path};

	return deb_walk(&source, write_file, (void *)dir, fault);
}
