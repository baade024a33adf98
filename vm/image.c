// SPDX-License-Identifier: GPL-2.0-only
#include "vm/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/contract.h"
#include "vm/cpio.h"
#include "runner/base/file.h"
#include "vm/memo.h"
#include "vm/modules.h"
#include "vm/strip.h"
#include "vm/tools.h"

#define PROGRAM_MAX (256U << 20)
#define CONFIG_MAX  (4U << 20)
#define BUILTIN_MAX (4U << 20)
#define IMAGES_KEPT 32 /* of about 20 MB */

static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
			     "nobody:x:65534:65534:nobody:/:/bin/false\n";
static const char group[] = "root:x:0:\n"
			    "nogroup:x:65534:\n";

/* What an image is made from, and what it is made into. */
struct build {
	struct cpio *image;
	struct memo *memo;
};

static int add_program(const struct build *b, const char *host, const char *path, struct fault *fault)
{
	struct bytes program;

	memo_input(b->memo, host);
	if (file_read(host, PROGRAM_MAX, &program, fault) < 0)
		return -1;
	cpio_file(b->image, path, 0755, program.data, program.len);
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

/* signatures: receives whether the kernel may insist on those of its modules; without a configuration, nobody knows. */
static int add_config(const struct build *b, const char *config, bool *signatures, struct fault *fault)
{
	struct bytes text;

	*signatures = true;
	if (!config)
		return 0;
	memo_input(b->memo, config);
	if (file_read(config, CONFIG_MAX, &text, fault) < 0)
		return -1;
	cpio_file(b->image, &PATH_CONFIG[1], 0644, text.data, text.len);
	bytes_append(&text, "", 1);
	*signatures = config_wants_signatures((const char *)text.data);
	bytes_free(&text);
	return 0;
}

static void add_list(struct cpio *image, const char *release, const char *name, const void *text, size_t len)
{
	char *path = mem_printf("lib/modules/%s/%s", release, name);

	cpio_file(image, path, 0644, text, len);
	free(path);
}

static void add_module_set(struct cpio *image, const char *release, const struct module_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		char *path = mem_printf("lib/modules/%s/%s.ko", release, set->items[i].name);

		cpio_file(image, path, 0644, set->items[i].elf.data, set->items[i].elf.len);
		free(path);
	}
	struct text dep = modules_dep(set), alias = modules_alias(set);

	add_list(image, release, "modules.dep", text_get(&dep), dep.len);
	add_list(image, release, "modules.alias", text_get(&alias), alias.len);
	text_free(&dep);
	text_free(&alias);
}

/* Tests ask it for what has no file of its own. */
static int add_builtin(const struct build *b, const struct kernel *kernel, struct fault *fault)
{
	struct bytes text;

	if (!kernel->builtin)
		return 0;
	memo_input(b->memo, kernel->builtin);
	if (file_read(kernel->builtin, BUILTIN_MAX, &text, fault) < 0)
		return -1;
	add_list(b->image, kernel->release, "modules.builtin", text.data, text.len);
	bytes_free(&text);
	return 0;
}

static int add_modules(const struct build *b, const struct kernel *kernel, bool signatures,
		       struct fault *fault)
{
	struct strings names = {0};
	struct module_set set = {0};

	if (!kernel->modules)
		return 0;
	char *list = data_path("vm/modules.list", fault);
	if (list)
		memo_input(b->memo, list);
	int rc = list ? modules_list(list, &names, fault) : -1;
	if (rc == 0)
		rc = modules_collect(kernel->modules, kernel->release, &names, b->memo, &set, fault);
	for (size_t i = 0; !signatures && i < set.count; i++)
		unsign_module(&set.items[i].elf);
	if (rc == 0)
		add_module_set(b->image, kernel->release, &set);
	modules_free(&set);
	strings_free(&names);
	free(list);
	return rc;
}

static int fill(const struct build *b, const struct image_request *request, struct fault *fault)
{
	bool signatures;

	add_skeleton(b->image);
	if (add_program(b, request->init, "init", fault) < 0 ||
	    (request->guest && add_program(b, request->guest, &PATH_GUEST[1], fault) < 0))
		return -1;
	if (add_config(b, request->kernel->config, &signatures, fault) < 0 ||
	    add_builtin(b, request->kernel, fault) < 0 ||
	    add_modules(b, request->kernel, signatures || request->signatures, fault) < 0)
		return -1;
	/* The first of a path stays: the tools' libraries before those of packages, any program before busybox. */
	if ((request->runtime && runtime_add_own(request->runtime, b->image, b->memo, fault) < 0) ||
	    tools_add(b->image, b->memo, fault) < 0 ||
	    (request->runtime && runtime_add_packages(request->runtime, b->image, b->memo, fault) < 0))
		return -1;
	return busybox_add(b->image, b->memo, fault);
}

/* Whether a file holds what was written to fd. */
static bool is_stored(const char *path, int fd)
{
	static char a[65536], b[65536];
	int other = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;
	off_t at = 0;

	while (other >= 0 && (n = pread(fd, a, sizeof(a), at)) > 0 && pread(other, b, sizeof(b), at) == n &&
	       !memcmp(a, b, (size_t)n))
		at += n;
	bool same = n == 0 && pread(other, b, 1, at) == 0;
	if (other >= 0)
		close(other);
	return same;
}

/* Writes the image, and names it by what is in it. */
static int store(struct cpio *image, const char *dir, char **path, struct fault *fault)
{
	char sum[65], *tmp;
	int fd = file_begin(dir, &tmp, fault);

	if (fd < 0)
		return -1;
	if (cpio_write(image, fd, sum) < 0) {
		fault_writing(fault, dir, errno);
		file_end(fd, tmp, NULL, fault);
		return -1;
	}
	/*
	 * One that has the name already may have been spoiled by a crash or a hand; a sound one stays, for the memo of
	 * another question knows it by its time.
	 */
	char *name = mem_printf("%s/%s.cpio", dir, sum);
	if (file_end(fd, tmp, is_stored(name, fd) ? NULL : name, fault) < 0) {
		free(name);
		return -1;
	}
	*path = name;
	return 0;
}

static int make(const struct image_request *request, const char *dir, struct memo *memo, char **path,
		struct fault *fault)
{
	char *tmp;
	int spool = file_begin(dir, &tmp, fault);

	if (spool < 0)
		return -1;
	struct build b = {.image = cpio_new(spool), .memo = memo};
	int rc = fill(&b, request, fault);
	if (rc == 0)
		rc = store(b.image, dir, path, fault);
	cpio_free(b.image);
	file_end(spool, tmp, NULL, fault);
	if (rc == 0)
		dir_prune(dir, ".cpio", IMAGES_KEPT);
	return rc;
}

/* How an image in the cache must be: whole, and not written since. */
static char *mark_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return mem_strdup("");
	return mem_printf("%lld %lld.%09ld", (long long)st.st_size, (long long)st.st_mtim.tv_sec,
			  st.st_mtim.tv_nsec);
}

static struct memo *ask(const struct image_request *request, const char *cache_dir)
{
	struct memo *memo = memo_new(cache_dir, "image");

	memo_ask(memo, request->kernel->release);
	memo_ask(memo, request->kernel->modules);
	memo_ask(memo, request->kernel->builtin);
	memo_ask(memo, request->kernel->config);
	memo_ask(memo, request->init);
	memo_ask(memo, request->guest);
	memo_ask(memo, request->signatures ? "signatures" : NULL);
	memo_ask(memo, getenv("PATH"));
	runtime_ask(request->runtime, memo);
	return memo;
}

/* The answer is the image's name and mark. */
static char *recall(const struct memo *memo)
{
	struct strings answer;
	char *path = NULL;

	if (!memo_recall(memo, &answer))
		return NULL;
	if (answer.count == 2) {
		char *mark = mark_of(answer.items[0]);

		if (!strcmp(mark, answer.items[1]))
			path = mem_strdup(answer.items[0]);
		free(mark);
	}
	strings_free(&answer);
	return path;
}

static void keep(const struct memo *memo, const char *path)
{
	struct strings answer = {0};

	strings_add(&answer, path);
	strings_take(&answer, mark_of(path));
	memo_keep(memo, &answer);
	strings_free(&answer);
}

int image_build(const struct image_request *request, const char *cache_dir, char **path, struct fault *fault)
{
	struct memo *memo = ask(request, cache_dir);
	char *dir = mem_printf("%s/images", cache_dir);
	int rc = 0;

	*path = recall(memo);
	if (*path) {
		file_used(*path);
	} else {
		rc = dir_make(dir, fault);
		if (rc == 0)
			rc = make(request, dir, memo, path, fault);
		if (rc == 0)
			keep(memo, *path);
	}
	free(dir);
	memo_free(memo);
	return rc;
}
