// SPDX-License-Identifier: GPL-2.0-only
#include "vm/package.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/file.h"
#include "runner/base/mem.h"
#include "vm/format.h"
#include "vm/names.h"
#include "vm/parcel.h"
#include "vm/sums.h"
#include "runner/base/sha256.h"

#define FORMAT_LISTED_(name) &format_##name,
static const struct format *const formats[] = {FORMATS(FORMAT_LISTED_)};

void package_free(struct package_tree *tree)
{
	free(tree->dir);
	free(tree->package);
	free(tree->version);
	*tree = (struct package_tree){0};
}

/* Whose packages a kernel of vm/kernels.list is in, to free; NULL: the list does not have it, or cannot be read. */
static char *source_of(const char *name, struct strings *known, struct memo *memo, struct fault *fault)
{
	struct kernel_names names;
	char *from = NULL;

	if (kernel_names_read(&names, memo, fault) == 0) {
		for (size_t i = 0; i < names.count; i++) {
			if (!from && !strcmp(names.items[i].name, name))
				from = mem_strdup(names.items[i].from);
			if (known)
				strings_add(known, names.items[i].name);
		}
	}
	kernel_names_free(&names);
	return from;
}

bool package_is_name(const char *name, struct strings *known, struct memo *memo, struct fault *fault)
{
	char *from = source_of(name, known, memo, fault);
	bool found = from != NULL;

	free(from);
	return found;
}

static bool begins_with(const char *path, const char *magic)
{
	struct fault ignored = {0};
	struct bytes file;
	size_t len = strlen(magic);

	if (file_map(path, &file, &ignored) < 0)
		return false;
	bool same = file.len >= len && !memcmp(file.data, magic, len);
	file_unmap(&file);
	return same;
}

/* NULL: no package of any kind that is known. */
static const struct format *format_of(const char *path)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (begins_with(path, formats[i]->magic))
			return formats[i];
	return NULL;
}

bool package_is(const char *path)
{
	return format_of(path) != NULL;
}

static int unpack_into(const struct parcel *parcel, const char *dir, struct fault *fault)
{
	for (size_t i = 0; i < parcel->files.count; i++) {
		const struct format *format = format_of(parcel->files.items[i]);

		if (!format)
			return fault_set(fault, EXIT_BAD_INPUT, "%s is no package", parcel->files.items[i]);
		if (format->unpack(parcel->files.items[i], dir, fault) < 0)
			return -1;
	}
	char *image = mem_printf("%s/vmlinuz", dir);
	bool found = file_exists(image);
	free(image);
	if (!found)
		return fault_set(fault, EXIT_BAD_INPUT, "%s holds no kernel: give a linux-image package",
				 parcel->files.count ? parcel->files.items[0] : dir);
	return 0;
}

/* Puts a new tree in place of one that is spoiled. */
static int put_in_place(const char *tmp, const char *dir, struct fault *fault)
{
	char *old = mem_printf("%s.old", dir);

	dir_remove(old); /* of one that was killed */
	bool moved = (rename(dir, old) == 0 || errno == ENOENT) && rename(tmp, dir) == 0;
	if (!moved)
		fault_writing(fault, dir, errno);
	dir_remove(old);
	free(old);
	return moved ? 0 : -1;
}

static int unpack_locked(const struct parcel *parcel, const char *dir, struct memo *memo, struct fault *fault)
{
	if (sums_hold(dir, memo)) /* another nscheck was faster */
		return 0;
	if (sums_known(dir))
		fprintf(stderr, "nscheck: %s is spoiled: it is unpacked again\n", dir);
	char *tmp = mem_printf("%s.tmp", dir);
	dir_remove(tmp); /* of one that was killed */
	int rc = dir_make(tmp, fault);
	if (rc == 0)
		rc = unpack_into(parcel, tmp, fault);
	if (rc == 0)
		rc = sums_write(tmp, fault);
	if (rc == 0)
		rc = put_in_place(tmp, dir, fault);
	if (rc < 0)
		dir_remove(tmp);
	free(tmp);
	return rc;
}

/* Unpacks, whole or not at all, unless what was unpacked is there as it was. */
static int unpack(const struct parcel *parcel, const char *dir, struct memo *memo, struct fault *fault)
{
	if (sums_hold(dir, memo))
		return 0;
	char *name = mem_printf("%s.lock", dir);
	int lock = file_lock(name, fault);
	int rc = lock < 0 ? -1 : unpack_locked(parcel, dir, memo, fault);
	if (lock >= 0)
		close(lock);
	free(name);
	return rc;
}

/* What is known of a fetched kernel moves to its tree. */
static void describe(struct package_tree *tree, struct parcel *parcel)
{
	tree->package = parcel->package;
	tree->version = parcel->version;
	parcel->package = parcel->version = NULL;
	for (size_t i = 0; i < parcel->absent.count; i++)
		tree->no_modules |= strstr(parcel->absent.items[i], "-modules-") != NULL;
}

/* The script that fetches a kernel of vm/kernels.list, to free; NULL with a fault. */
static char *script_for(const char *name, struct fault *fault)
{
	struct strings known = {0};
	char *from = source_of(name, &known, NULL, fault);
	char *script = from ? mem_printf("vm/fetch-%s.sh", from) : NULL;

	if (!from && !fault->status) {
		char *names = strings_join(&known, ", ");

		fault_set(fault, EXIT_BAD_INPUT, "no kernel %s: the known names are %s", name, names);
		free(names);
	}
	strings_free(&known);
	free(from);
	return script;
}

int package_named(const char *name, const char *mirror, bool offline, const char *cache_dir,
		  struct memo *memo, struct package_tree *tree, struct fault *fault)
{
	char *script = script_for(name, fault);
	const struct parcel_request request = {
		.script = script, .kind = "kernels", .name = name, .mirror = mirror, .offline = offline};
	struct parcel parcel = {0};
	int rc = script ? parcel_get(&request, cache_dir, memo, &parcel, fault) : -1;

	*tree = (struct package_tree){.dir = mem_printf("%s/kernels/%s/tree", cache_dir, name)};
	if (rc == 0)
		rc = unpack(&parcel, tree->dir, memo, fault);
	describe(tree, &parcel);
	parcel_free(&parcel);
	free(script);
	return rc;
}

bool package_cached(const char *name, const char *cache_dir, struct package_tree *tree)
{
	const struct parcel_request request = {.kind = "kernels", .name = name};
	struct parcel parcel;
	bool found = parcel_known(&request, cache_dir, &parcel);

	*tree = (struct package_tree){0};
	describe(tree, &parcel);
	parcel_free(&parcel);
	return found;
}

static int sum_parcel(const struct parcel *parcel, struct memo *memo, char sum[65], struct fault *fault)
{
	struct sha256 s;

	sha256_begin(&s);
	for (size_t i = 0; i < parcel->files.count; i++) {
		struct bytes deb;

		memo_input(memo, parcel->files.items[i]);
		if (file_map(parcel->files.items[i], &deb, fault) < 0)
			return -1;
		sha256_add(&s, deb.data, deb.len);
		file_unmap(&deb);
	}
	sha256_end(&s, sum);
	return 0;
}

int package_file(const char *path, const char *cache_dir, struct memo *memo, struct package_tree *tree,
		 struct fault *fault)
{
	struct parcel parcel = {0};
	char *base = mem_printf("%s/kernels/unpacked", cache_dir);
	char sum[65];

	*tree = (struct package_tree){0};
	const struct format *format = format_of(path);
	int rc = format ? format->gather(path, &parcel, fault)
			: fault_set(fault, EXIT_BAD_INPUT, "%s is no package", path);
	if (rc == 0)
		rc = sum_parcel(&parcel, memo, sum, fault);
	if (rc == 0)
		rc = dir_make(base, fault);
	if (rc == 0) {
		tree->dir = mem_printf("%s/%s", base, sum);
		rc = unpack(&parcel, tree->dir, memo, fault);
	}
	describe(tree, &parcel);
	parcel_free(&parcel);
	free(base);
	return rc;
}
