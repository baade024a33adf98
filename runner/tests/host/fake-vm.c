// SPDX-License-Identifier: GPL-2.0-only
/* In place of three of vm/ in build/nscheck-fake: a kernel, an image and container runtimes that nobody boots. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/base/file.h"
#include "runner/contract.h"
#include "vm/image.h"
#include "vm/kernel.h"
#include "vm/runtime.h"
#include "vm/spec.h"
#include "runner/base/sha256.h"

/*
 * A kernel of a test's own: a file, or "fake-kernel" in a folder that stands for a build tree, with one line: the release
 * and then words for build/fake-machine.
 */
static int own_kernel(const char *path, struct kernel *kernel, struct fault *fault)
{
	struct bytes content;

	if (!file_exists(path))
		return fault_set(fault, EXIT_BAD_INPUT, "no kernel is built there: %s", path);
	if (file_read(path, 4096, &content, fault))
		return -1;
	sha256_of(content.data, content.len, kernel->sha256);
	kernel->release = strndup((char *)content.data, strcspn((char *)content.data, " \n"));
	kernel->image = realpath(path, NULL);
	bytes_free(&content);
	return 0;
}

static int find_kernel(const char *name, const char *cache_dir, struct kernel *kernel, struct fault *fault)
{
	if (!strcmp(name, "none"))
		return fault_set(fault, EXIT_BAD_INPUT, "no such kernel: none");
	kernel->name = mem_strdup(name);
	if (file_exists(name)) {
		char *inside = mem_printf("%s/fake-kernel", name);
		struct stat st;
		bool tree = !stat(name, &st) && S_ISDIR(st.st_mode);
		int ret = own_kernel(tree ? inside : name, kernel, fault);

		free(inside);
		return ret;
	}
	kernel->release = mem_strdup("6.0.0-fake");
	kernel->image = mem_printf("%s/kernel", cache_dir);
	memset(kernel->sha256, 'a', 64);
	return file_exists(kernel->image) ? 0 : file_store(kernel->image, "kernel", 6, fault);
}

/* Which configuration and modules it was given is told as a version. */
int kernel_resolve(const struct kernel_request *request, const char *cache_dir, struct kernel *kernel,
		   struct fault *fault)
{
	struct kernel_spec spec;

	*kernel = (struct kernel){0};
	kernel_spec_read(&spec, request->spec);
	const char *config = spec.config ? spec.config : request->config,
		   *modules = spec.modules ? spec.modules : request->modules;
	if (config || modules)
		kernel->version =
			mem_printf("config %s, modules %s", config ? config : "-", modules ? modules : "-");
	int ret = find_kernel(spec.kernel, cache_dir, kernel, fault);
	kernel_spec_free(&spec);
	return ret;
}

char *kernel_file(const char *spec)
{
	return file_exists(spec) ? mem_strdup(spec) : NULL;
}

void kernel_free(struct kernel *kernel)
{
	free(kernel->name);
	free(kernel->version);
	free(kernel->release);
	free(kernel->image);
}

int image_build(const struct image_request *request, const char *cache_dir, char **path, struct fault *fault)
{
	*path = mem_printf("%s/image", cache_dir);
	if (!file_exists(*path))
		return file_store(*path, request->kernel->release, 5, fault);
	return utimensat(AT_FDCWD, *path, NULL, 0); /* as vm/image.c marks one that is in use */
}

int runtime_names(struct strings *names, struct fault *fault)
{
	(void)fault;
	strings_add(names, RUNTIME_REFERENCE);
	strings_add(names, "crun");
	strings_add(names, "runc");
	return 0;
}

int runtime_check(const char *name, struct fault *fault)
{
	static const char *const known[] = {RUNTIME_REFERENCE, "crun", "runc"};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i], name))
			return 0;
	return fault_set(fault, EXIT_BAD_INPUT, "no container runtime %s", name);
}

int runtime_resolve(const struct runtime_request *request, const char *cache_dir, struct runtime *runtime,
		    struct fault *fault)
{
	(void)cache_dir;
	*runtime = (struct runtime){.name = mem_strdup(request->name), .slowness = 1};
	if (strcmp(request->name, RUNTIME_REFERENCE))
		runtime->version = mem_strdup("1.2-fake");
	if (request->path)
		runtime->path = mem_strdup(request->path);
	return runtime_check(request->name, fault);
}

void runtime_free(struct runtime *runtime)
{
	free(runtime->name);
	free(runtime->version);
	free(runtime->path);
}
