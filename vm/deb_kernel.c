// SPDX-License-Identifier: GPL-2.0-only
/* A kernel in Debian's packages: it is split into several, which lie side by side. */
#include <ctype.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/file.h"
#include "runner/base/mem.h"
#include "vm/deb.h"
#include "vm/format.h"

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

	strings_take(&parcel->files, path);
	if (file_exists(path))
		return 0;
	return fault_set(fault, EXIT_BAD_INPUT, "%s needs %s, which is not there: put it beside the package",
			 parcel->files.items[0], path);
}

static int add_siblings(const struct deb *deb, struct parcel *parcel, struct fault *fault)
{
	struct strings depends = {0};
	char *copy = mem_strdup(parcel->files.items[0]);
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

static int gather(const char *path, struct parcel *parcel, struct fault *fault)
{
	struct deb_source source = {.name = path, .path = path};
	struct deb deb;
	int rc = 0;

	strings_add(&parcel->files, path);
	if (deb_control(&source, &deb, fault) < 0)
		return -1;
	if (strcmp(deb.architecture, "amd64"))
		rc = fault_set(fault, EXIT_BAD_INPUT, "%s is for %.32s: give a package for amd64", path,
			       deb.architecture);
	else
		rc = add_siblings(&deb, parcel, fault);
	parcel->package = mem_strdup(deb.package);
	parcel->version = mem_strdup(deb.version);
	deb_free(&deb);
	return rc;
}

const struct format format_deb = {.magic = "!<arch>\n", .gather = gather, .unpack = deb_unpack};
