// SPDX-License-Identifier: GPL-2.0-only
#include "vm/package.h"

#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vm/deb.h"
#include "runner/base/file.h"
#include "runner/base/mem.h"
#include "vm/names.h"
#include "vm/parcel.h"
#include "runner/base/sha256.h"

void package_free(struct package_tree *tree)
{
	free(tree->dir);
	free(tree->package);
	free(tree->version);
	*tree = (struct package_tree){0};
}

bool package_is_name(const char *name, struct strings *known, struct memo *memo, struct fault *fault)
{
	struct kernel_names names;
	bool found = false;

	if (kernel_names_read(&names, memo, fault) == 0) {
		for (size_t i = 0; i < names.count; i++) {
			found |= !strcmp(names.items[i].name, name);
			if (known)
				strings_add(known, names.items[i].name);
		}
	}
	kernel_names_free(&names);
	return found;
}

static int unpack_into(const struct parcel *parcel, const char *dir, struct fault *fault)
{
	for (size_t i = 0; i < parcel->debs.count; i++)
		if (deb_unpack(parcel->debs.items[i], dir, fault) < 0)
			return -1;
	char *image = mem_printf("%s/vmlinuz", dir);
	bool found = file_exists(image);
	free(image);
	if (!found)
		return fault_set(fault, EXIT_BAD_INPUT, "%s holds no kernel: give a linux-image package",
				 parcel->debs.items[0]);
	return 0;
}

static int unpack_locked(const struct parcel *parcel, const char *dir, struct fault *fault)
{
	if (file_exists(dir)) /* another nscheck was faster */
		return 0;
	if (parcel_check(parcel, fault) < 0)
		return -1;
	char *tmp = mem_printf("%s.tmp", dir);
	dir_remove(tmp); /* of one that was killed */
	int rc = dir_make(tmp, fault);
	if (rc == 0)
		rc = unpack_into(parcel, tmp, fault);
	if (rc == 0 && rename(tmp, dir) < 0)
		rc = fault_writing(fault, dir, errno);
	if (rc < 0)
		dir_remove(tmp);
	free(tmp);
	return rc;
}

/* Unpacks once, whole or not at all. */
static int unpack(const struct parcel *parcel, const char *dir, struct fault *fault)
{
	if (file_exists(dir))
		return 0;
	char *name = mem_printf("%s.lock", dir);
	int lock = file_lock(name, fault);
	int rc = lock < 0 ? -1 : unpack_locked(parcel, dir, fault);
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
		tree->no_modules |= !strncmp(parcel->absent.items[i], "linux-modules-", 14);
}

int package_named(const char *name, const char *mirror, bool offline, const char *cache_dir,
		  struct memo *memo, struct package_tree *tree, struct fault *fault)
{
	const struct parcel_request request = {.script = "vm/fetch.sh",
					       .kind = "kernels",
					       .name = name,
					       .mirror = mirror,
					       .offline = offline};
	struct parcel parcel;
	int rc = parcel_get(&request, cache_dir, memo, &parcel, fault);

	*tree = (struct package_tree){.dir = mem_printf("%s/kernels/%s/tree", cache_dir, name)};
	if (rc == 0)
		rc = unpack(&parcel, tree->dir, fault);
	describe(tree, &parcel);
	parcel_free(&parcel);
	return rc;
}

bool package_cached(const char *name, const char *cache_dir, struct package_tree *tree)
{
	const struct parcel_request request = {.kind = "kernels", .name = name, .offline = true};
	struct parcel parcel;
	struct fault ignored = {0};
	bool found = parcel_get(&request, cache_dir, NULL, &parcel, &ignored) == 0;

	*tree = (struct package_tree){0};
	describe(tree, &parcel);
	parcel_free(&parcel);
	return found;
}

/* "linux-modules-7.3.4+deb13-cloud-amd64 (= 7.3.4-1)" -> is it a part of the kernel, not a tool like linux-base? */
static bool is_part(const char *name)
{
	static const char *const parts[] = {"linux-image-", "linux-base-", "linux-binary-", "linux-modules-"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!strncmp(name, parts[i], strlen(parts[i])) &&
		    isdigit((unsigned char)name[strlen(parts[i])]))
			return true;
	return false;
}

static int add_sibling(const char *dir, const char *name, const struct deb *deb, struct parcel *parcel,
		       struct fault *fault)
{
	char *path = mem_printf("%s/%s_%s_%s.deb", dir, name, deb->version, deb->architecture);

	strings_take(&parcel->debs, path);
	if (file_exists(path))
		return 0;
	return fault_set(fault, EXIT_BAD_INPUT, "%s needs %s, which is not there: put it beside the package",
			 parcel->debs.items[0], path);
}

static int add_siblings(const struct deb *deb, struct parcel *parcel, struct fault *fault)
{
	struct strings depends = {0};
	char *copy = mem_strdup(parcel->debs.items[0]);
	const char *dir = dirname(copy);
	int rc = 0;

	strings_split(&depends, deb->depends ? deb->depends : "", ",|");
	for (size_t i = 0; rc == 0 && i < depends.count; i++) {
		char *name = depends.items[i] + strspn(depends.items[i], " \t");

		name[strcspn(name, " \t(:/")] = '\0';
		if (is_part(name))
			rc = add_sibling(dir, name, deb, parcel, fault);
	}
	strings_free(&depends);
	free(copy);
	return rc;
}

static int read_parcel(const char *path, struct parcel *parcel, struct package_tree *tree,
		       struct fault *fault)
{
	struct deb_source source = {.name = path, .path = path};
	struct deb deb;
	int rc = 0;

	strings_add(&parcel->debs, path);
	if (deb_control(&source, &deb, fault) < 0)
		return -1;
	if (strcmp(deb.architecture, "amd64"))
		rc = fault_set(fault, EXIT_BAD_INPUT, "%s is for %.32s: give a package for amd64", path,
			       deb.architecture);
	else
		rc = add_siblings(&deb, parcel, fault);
	tree->package = mem_strdup(deb.package);
	tree->version = mem_strdup(deb.version);
	deb_free(&deb);
	return rc;
}

static int sum_parcel(const struct parcel *parcel, struct memo *memo, char sum[65], struct fault *fault)
{
	struct sha256 s;

	sha256_begin(&s);
	for (size_t i = 0; i < parcel->debs.count; i++) {
		struct bytes deb;

		memo_input(memo, parcel->debs.items[i]);
		if (file_map(parcel->debs.items[i], &deb, fault) < 0)
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
	int rc = read_parcel(path, &parcel, tree, fault);
	if (rc == 0)
		rc = sum_parcel(&parcel, memo, sum, fault);
	if (rc == 0)
		rc = dir_make(base, fault);
	if (rc == 0) {
		tree->dir = mem_printf("%s/%s", base, sum);
		rc = unpack(&parcel, tree->dir, fault);
	}
	parcel_free(&parcel);
	free(base);
	return rc;
}
