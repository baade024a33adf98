// SPDX-License-Identifier: GPL-2.0-only
#include "vm/image.h"

#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm/cpio.h"
#include "vm/file.h"
#include "vm/modules.h"
#include "vm/sha256.h"
#include "vm/tools.h"

#define PROGRAM_MAX (256U << 20)
#define CONFIG_MAX  (4U << 20)
#define IMAGES_KEPT 32 /* of about 20 MB */

static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
			     "nobody:x:65534:65534:nobody:/:/bin/false\n";
static const char group[] = "root:x:0:\n"
			    "nogroup:x:65534:\n";

static int add_program(struct cpio *image, const char *host, const char *path, struct fault *fault)
{
	struct bytes program;

	if (file_read(host, PROGRAM_MAX, &program, fault) < 0)
		return -1;
	cpio_file(image, path, 0755, program.data, program.len);
	bytes_free(&program);
	return 0;
}

static void add_skeleton(struct cpio *image)
{
	static const char *const dirs[] = {"dev", "proc", "sys", "run", "etc", "mnt", "nscheck"};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		cpio_dir(image, dirs[i], 0755);
	cpio_dir(image, "tmp", 01777);
	cpio_dir(image, "root", 0700);
	cpio_file(image, "etc/passwd", 0644, passwd, strlen(passwd));
	cpio_file(image, "etc/group", 0644, group, strlen(group));
	/* The kernel opens it for init before anything is mounted. */
	cpio_chardev(image, "dev/console", 0600, 5, 1);
}

static int add_config(struct cpio *image, const char *config, struct fault *fault)
{
	struct bytes text;

	if (!config)
		return 0;
	if (file_read(config, CONFIG_MAX, &text, fault) < 0)
		return -1;
	cpio_file(image, "nscheck/config", 0644, text.data, text.len);
	bytes_free(&text);
	return 0;
}

static void add_text(struct cpio *image, const char *release, const char *name, struct bytes text)
{
	char *path = mem_printf("lib/modules/%s/%s", release, name);

	cpio_file(image, path, 0644, text.data, text.len);
	bytes_free(&text);
	free(path);
}

static void add_module_set(struct cpio *image, const char *release, const struct module_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		char *path = mem_printf("lib/modules/%s/%s.ko", release, set->items[i].name);

		cpio_file(image, path, 0644, set->items[i].elf.data, set->items[i].elf.len);
		free(path);
	}
	add_text(image, release, "modules.dep", modules_dep(set));
	add_text(image, release, "modules.alias", modules_alias(set));
}

static int add_modules(struct cpio *image, const struct kernel *kernel, struct fault *fault)
{
	struct strings names = {0};
	struct module_set set = {0};

	if (!kernel->modules)
		return 0;
	char *list = data_path("vm/modules.list", fault);
	int rc = list ? modules_list(list, &names, fault) : -1;
	if (rc == 0)
		rc = modules_collect(kernel->modules, kernel->release, &names, &set, fault);
	if (rc == 0)
		add_module_set(image, kernel->release, &set);
	modules_free(&set);
	strings_free(&names);
	free(list);
	return rc;
}

static int fill(struct cpio *image, const struct image_request *request, struct fault *fault)
{
	add_skeleton(image);
	if (add_program(image, request->init, "init", fault) < 0 ||
	    (request->guest && add_program(image, request->guest, "bin/nscheck-guest", fault) < 0))
		return -1;
	if (add_config(image, request->kernel->config, fault) < 0)
		return -1;
	if (add_modules(image, request->kernel, fault) < 0)
		return -1;
	return tools_add(image, fault);
}

/* The file in the cache is compared byte by byte: one that a crash or a hand has spoiled is written anew. */
static bool is_stored(const char *path, const struct bytes *bytes)
{
	struct fault ignored = {0};
	struct bytes stored;

	if (!file_exists(path) || file_map(path, &stored, &ignored) < 0)
		return 0;
	bool same = stored.len == bytes->len && !memcmp(stored.data, bytes->data, bytes->len);
	file_unmap(&stored);
	return same;
}

static int newest_first(const void *a, const void *b)
{
	struct stat x = {0}, y = {0};

	stat(*(char *const *)a, &x);
	stat(*(char *const *)b, &y);
	return x.st_mtime > y.st_mtime ? -1 : x.st_mtime < y.st_mtime;
}

/* Each build of a kernel makes an image: keep the last ones that were of use. */
static void prune(const char *dir)
{
	char *pattern = mem_printf("%s/*.cpio", dir);
	glob_t found;

	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
		qsort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv), newest_first);
		for (size_t i = IMAGES_KEPT; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
		globfree(&found);
	}
	free(pattern);
}

static int store(const struct bytes *bytes, const char *cache_dir, char **path, struct fault *fault)
{
	char sum[65];
	char *dir = mem_printf("%s/images", cache_dir);

	sha256_of(bytes->data, bytes->len, sum);
	*path = mem_printf("%s/%s.cpio", dir, sum);
	int rc = dir_make(dir, fault);
	if (rc == 0 && is_stored(*path, bytes))
		utimensat(AT_FDCWD, *path, NULL, 0); /* in use: not to be pruned */
	else if (rc == 0 && (rc = file_store(*path, bytes, fault)) == 0)
		prune(dir);
	free(dir);
	if (rc < 0) {
		free(*path);
		*path = NULL;
	}
	return rc;
}

int image_build(const struct image_request *request, const char *cache_dir, char **path, struct fault *fault)
{
	struct cpio *image = cpio_new();
	int rc = fill(image, request, fault);

	*path = NULL;
	if (rc == 0) {
		struct bytes bytes = cpio_bytes(image);

		rc = store(&bytes, cache_dir, path, fault);
		bytes_free(&bytes);
	}
	cpio_free(image);
	return rc;
}
