// SPDX-License-Identifier: GPL-2.0-only
#include "vm/runtime.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "vm/deb.h"
#include "runner/base/file.h"
#include "runner/contract.h"
#include "vm/tools.h"

/* What is held of the packages at a time; that of the largest runtime is a quarter of it. */
#define HELD_MAX (512U << 20)

/* Of a row of the list. */
enum { ROW_NAME, ROW_SLOWNESS, ROW_SUITES, ROW_PACKAGES, ROW_FILES, ROW_COLUMNS };

#define SLOWNESS_MAX 100

/* A file of the packages that may be needed. */
struct piece {
	char *path, *link;
	unsigned int mode;
	struct bytes content;
	bool wanted;
};

struct pieces {
	const struct strings *patterns;
	struct piece *items;
	size_t count, held;
};

void runtime_free(struct runtime *runtime)
{
	free(runtime->name);
	free(runtime->path);
	free(runtime->package);
	free(runtime->version);
	strings_free(&runtime->files);
	parcel_free(&runtime->parcel);
	*runtime = (struct runtime){0};
}

typedef int row_taker(void *arg, const struct strings *columns, struct fault *fault);

/* Calls row(arg, columns) for each line of the list. */
static int read_list(row_taker *row, void *arg, struct fault *fault)
{
	char *list = data_path("vm/runtimes.list", fault);
	struct strings lines = {0};
	int rc = list ? parcel_read_lines(list, &lines, fault) : -1;

	for (size_t i = 0; rc == 0 && i < lines.count; i++) {
		struct strings columns = {0};

		if (*lines.items[i] != '#')
			strings_split(&columns, lines.items[i], " \t");
		if (columns.count && columns.count != ROW_COLUMNS)
			rc = fault_set(
				fault, EXIT_BAD_INPUT,
				"%s: want five columns: name, slowness, suites, packages, files; this has "
				"%zu: %s",
				list, columns.count, lines.items[i]);
		else if (columns.count)
			rc = row(arg, &columns, fault);
		strings_free(&columns);
	}
	strings_free(&lines);
	free(list);
	return rc;
}

static int add_name(void *arg, const struct strings *columns, struct fault *fault)
{
	(void)fault;
	strings_add(arg, columns->items[ROW_NAME]);
	return 0;
}

int runtime_names(struct strings *names, struct fault *fault)
{
	strings_add(names, RUNTIME_REFERENCE);
	return read_list(add_name, names, fault);
}

static int take_row(void *arg, const struct strings *columns, struct fault *fault)
{
	struct runtime *runtime = arg;
	char **column = columns->items, *end;

	if (strcmp(column[ROW_NAME], runtime->name))
		return 0;
	long slowness = strtol(column[ROW_SLOWNESS], &end, 10);
	if (*end || slowness < 1 || slowness > SLOWNESS_MAX)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "vm/runtimes.list: slowness of %s: want 1 to %d, not %s", runtime->name,
				 SLOWNESS_MAX, column[ROW_SLOWNESS]);
	runtime->slowness = (int)slowness;
	runtime->packaged = strcmp(column[ROW_PACKAGES], "-") != 0;
	strings_split(&runtime->files, column[ROW_FILES], ",");
	return 0;
}

static int no_such(const char *name, struct fault *fault)
{
	struct strings names = {0};

	if (runtime_names(&names, fault) == 0) {
		char *known = strings_join(&names, ", ");

		fault_set(fault, EXIT_BAD_INPUT, "no container runtime %.64s: the known ones are %s", name,
			  known);
		free(known);
	}
	strings_free(&names);
	return -1;
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A program of the user's own is known by its content, and by what it says of itself. */
static int take_path(struct runtime *runtime, const char *path, struct fault *fault)
{
	runtime->path = realpath(path, NULL);
	if (!runtime->path)
		return fault_set(fault, EXIT_BAD_INPUT, "cannot read the runtime %s: %m", path);
	runtime->version = program_version(runtime->path);
	return 0;
}

/* The reference, and what it is with a fault, by which the suite is proved. */
static bool is_built_in(const char *name)
{
	return !strcmp(name, RUNTIME_REFERENCE) || !strncmp(name, "bad:", 4);
}

static int read_row(struct runtime *runtime, struct fault *fault)
{
	if (is_built_in(runtime->name))
		return 0;
	if (read_list(take_row, runtime, fault) < 0)
		return -1;
	return runtime->files.count ? 0 : no_such(runtime->name, fault);
}

int runtime_check(const char *name, struct fault *fault)
{
	struct runtime runtime = {.name = mem_strdup(name)};
	int rc = read_row(&runtime, fault);

	runtime_free(&runtime);
	return rc;
}

int runtime_resolve(const struct runtime_request *request, const char *cache_dir, struct runtime *runtime,
		    struct fault *fault)
{
	const struct parcel_request parcel = {.script = "vm/fetch-runtime.sh",
					      .kind = "runtimes",
					      .name = request->name,
					      .mirror = request->mirror,
					      .offline = request->offline};

	*runtime = (struct runtime){.name = mem_strdup(request->name), .slowness = 1};
	if (read_row(runtime, fault) < 0)
		return -1;
	if (is_built_in(request->name))
		return 0;
	if (request->path && take_path(runtime, request->path, fault) < 0)
		return -1;
	if (!runtime->packaged && !request->path)
		runtime->version = program_version(base_of(runtime->files.items[0]));
	if (!runtime->packaged || (request->path && runtime->files.count == 1)) /* all there is to it */
		return 0;
	if (parcel_get(&parcel, cache_dir, NULL, &runtime->parcel, fault) < 0)
		return -1;
	if (!request->path) {
		runtime->package = mem_strdup(runtime->parcel.package);
		runtime->version = mem_strdup(runtime->parcel.version);
	}
	return 0;
}

void runtime_ask(const struct runtime *runtime, struct memo *memo)
{
	memo_ask(memo, runtime ? runtime->name : NULL);
	memo_ask(memo, runtime ? runtime->path : NULL);
	for (size_t i = 0; runtime && i < runtime->files.count; i++)
		memo_ask(memo, runtime->files.items[i]);
	for (size_t i = 0; runtime && i < runtime->parcel.sums.count; i++)
		memo_ask(memo, runtime->parcel.sums.items[i]);
}

static bool is_wanted(const struct strings *patterns, const char *path)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (fnmatch(patterns->items[i], path, FNM_PATHNAME) == 0)
			return true;
	return false;
}

static bool is_library(const char *path)
{
	const char *ending = strstr(base_of(path), ".so");

	return (!strncmp(path, "lib", 3) || !strncmp(path, "usr/lib", 7)) && ending &&
	       (!ending[3] || ending[3] == '.');
}

static char *name_piece(void *arg, const char *path)
{
	const struct pieces *pieces = arg;

	return is_wanted(pieces->patterns, path) || is_library(path) ? mem_strdup(path) : NULL;
}

static int read_piece(struct pieces *pieces, struct deb_file *file, struct bytes *content,
		      struct fault *fault)
{
	char buffer[65536];
	long n;

	while ((n = file->read(file, buffer, sizeof(buffer), fault)) > 0) {
		pieces->held += (size_t)n;
		if (pieces->held > HELD_MAX)
			return fault_set(fault, EXIT_BAD_INPUT,
					 "%s: its packages unpack to an absurd size: do not trust them",
					 file->name);
		bytes_append(content, buffer, (size_t)n);
	}
	return n < 0 ? -1 : 0;
}

static int take_piece(void *arg, struct deb_file *file, struct fault *fault)
{
	struct pieces *pieces = arg;
	struct piece piece = {.mode = file->mode & 07777, .wanted = is_wanted(pieces->patterns, file->name)};

	if (!file->link && read_piece(pieces, file, &piece.content, fault) < 0) {
		bytes_free(&piece.content);
		return -1;
	}
	piece.path = mem_strdup(file->name);
	piece.link = file->link ? mem_strdup(file->link) : NULL;
	pieces->items = mem_need(realloc(pieces->items, (pieces->count + 1) * sizeof(*pieces->items)));
	pieces->items[pieces->count++] = piece;
	return 0;
}

static void pieces_free(struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->count; i++) {
		free(pieces->items[i].path);
		free(pieces->items[i].link);
		bytes_free(&pieces->items[i].content);
	}
	free(pieces->items);
}

/* DT_NEEDED and links of libraries name a file; where it lies, ld.so finds out. */
static struct piece *find_piece(const struct pieces *pieces, const char *name)
{
	for (size_t i = 0; i < pieces->count; i++)
		if (!strcmp(base_of(pieces->items[i].path), name))
			return &pieces->items[i];
	return NULL;
}

static int want(struct pieces *pieces, const char *name, const char *by, bool *more, struct fault *fault)
{
	struct piece *piece = find_piece(pieces, name);

	if (!piece)
		return fault_set(fault, EXIT_BAD_INPUT, "%s needs %s, which is in none of its packages", by,
				 name);
	*more |= !piece->wanted;
	piece->wanted = true;
	return 0;
}

static int want_needed(struct pieces *pieces, const struct piece *piece, bool *more, struct fault *fault)
{
	struct strings needed = {0};
	char *interpreter = NULL;
	int rc = 0;

	if (piece->link)
		return want(pieces, base_of(piece->link), piece->path, more, fault);
	if (piece->content.len < 4 || memcmp(piece->content.data, "\177ELF", 4) != 0)
		return 0;
	rc = elf_needs(&piece->content, piece->path, &needed, &interpreter, fault);
	free(interpreter); /* the tools' one: every image has it */
	for (size_t i = 0; rc == 0 && i < needed.count; i++)
		rc = want(pieces, needed.items[i], piece->path, more, fault);
	strings_free(&needed);
	return rc;
}

static bool any_matches(const struct pieces *pieces, const char *pattern)
{
	for (size_t i = 0; i < pieces->count; i++)
		if (fnmatch(pattern, pieces->items[i].path, FNM_PATHNAME) == 0)
			return true;
	return false;
}

/* The list may have changed since they were fetched. */
static int check_complete(const struct runtime *runtime, const struct pieces *pieces, struct fault *fault)
{
	for (size_t i = 0; i < runtime->files.count; i++)
		if (!any_matches(pieces, runtime->files.items[i]))
			return fault_set(fault, EXIT_BAD_INPUT,
					 "no package of %s holds %s: mend vm/runtimes.list, or remove its "
					 "folder in the cache, so that it is fetched again",
					 runtime->name, runtime->files.items[i]);
	return 0;
}

/* Until nothing that is wanted needs more. */
static int close_over(struct pieces *pieces, struct fault *fault)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < pieces->count; i++)
			if (pieces->items[i].wanted &&
			    want_needed(pieces, &pieces->items[i], &more, fault) < 0)
				return -1;
	}
	return 0;
}

static void put_wanted(const struct pieces *pieces, struct cpio *image)
{
	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->items[i];

		if (piece->wanted && piece->link)
			cpio_symlink(image, piece->path, piece->link);
		else if (piece->wanted)
			cpio_file(image, piece->path, piece->mode, piece->content.data, piece->content.len);
	}
}

static int read_packages(const struct runtime *runtime, struct pieces *pieces, struct memo *memo,
			 struct fault *fault)
{
	const struct deb_visitor visitor = {
		.name = name_piece, .take = take_piece, .arg = pieces, .links = true};

	for (size_t i = 0; i < runtime->parcel.files.count; i++) {
		const char *deb = runtime->parcel.files.items[i];
		const struct deb_source source = {.name = deb, .path = deb};

		memo_input(memo, deb);
		if (deb_visit(&source, &visitor, fault) < 0)
			return -1;
	}
	return 0;
}

int runtime_add_own(const struct runtime *runtime, struct cpio *image, struct memo *memo, struct fault *fault)
{
	return runtime->path ? program_add(image, memo, runtime->path, runtime->files.items[0], fault) : 0;
}

int runtime_add_packages(const struct runtime *runtime, struct cpio *image, struct memo *memo,
			 struct fault *fault)
{
	struct pieces pieces = {.patterns = &runtime->files};

	if (!runtime->parcel.files.count)
		return 0;
	int rc = read_packages(runtime, &pieces, memo, fault);
	if (rc == 0)
		rc = check_complete(runtime, &pieces, fault);
	if (rc == 0)
		rc = close_over(&pieces, fault);
	if (rc == 0)
		put_wanted(&pieces, image);
	pieces_free(&pieces);
	return rc;
}
