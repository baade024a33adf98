// SPDX-License-Identifier: GPL-2.0-only
/* In place of vm/kernel.c and vm/image.c in build/nscheck-fake: a kernel and an image that nobody boots. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "results/text.h"
#include "vm/file.h"
#include "vm/image.h"
#include "vm/kernel.h"

int kernel_resolve(const struct kernel_request *request, const char *cache_dir, struct kernel *kernel,
		   struct fault *fault)
{
	*kernel = (struct kernel){0};
	if (!strcmp(request->spec, "none"))
		return fault_set(fault, EXIT_BAD_INPUT, "no such kernel: none");
	kernel->name = xstrdup(request->spec);
	kernel->release = xstrdup("6.0.0-fake");
	kernel->image = xprintf("%s/kernel", cache_dir);
	memset(kernel->sha256, 'a', 64);
	const struct bytes content = {(unsigned char *)"kernel", 6};
	return file_exists(kernel->image) ? 0 : file_store(kernel->image, &content, fault);
}

void kernel_free(struct kernel *kernel)
{
	free(kernel->name);
	free(kernel->release);
	free(kernel->image);
}

int image_build(const struct image_request *request, const char *cache_dir, char **path, struct fault *fault)
{
	const struct bytes content = {(unsigned char *)request->kernel->release, 5};

	*path = xprintf("%s/image", cache_dir);
	if (!file_exists(*path))
		return file_store(*path, &content, fault);
	return utimensat(AT_FDCWD, *path, NULL, 0); /* as vm/image.c marks one that is in use */
}
