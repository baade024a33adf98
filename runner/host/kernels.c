// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/kernels.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runner/base/mem.h"
#include "runner/host/wanted.h"
#include "runner/base/file.h"
#include "vm/names.h"
#include "vm/package.h"

static long long bytes; /* nftw() hands nothing through */

static int add_size(const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)path;
	(void)type;
	(void)place;
	bytes += (long long)st->st_blocks * 512;
	return 0;
}

static long long size_mib(const char *dir)
{
	bytes = 0;
	nftw(dir, add_size, 16, FTW_PHYS);
	return (bytes + (1 << 20) - 1) >> 20;
}

static void print_name(const struct kernel_name *name, int width, const char *cache)
{
	struct package_tree tree;
	char *dir = mem_printf("%s/kernels/%s", cache, name->name);

	printf("%-*s  ", width, name->name);
	if (package_cached(name->name, cache, &tree))
		printf("%-18s %5lld MiB  %s%s\n", tree.version, size_mib(dir), tree.package,
		       tree.no_modules ? ", without modules" : "");
	else
		printf("not in the cache: the newest %s of %s\n", name->pattern, name->suites);
	package_free(&tree);
	free(dir);
}

int kernels_print(const char *cache, struct fault *fault)
{
	struct kernel_names names;
	int width = 0, ret = kernel_names_read(&names, NULL, fault);

	for (size_t i = 0; i < names.count; i++)
		if ((int)strlen(names.items[i].name) > width)
			width = (int)strlen(names.items[i].name);
	for (size_t i = 0; !ret && i < names.count; i++)
		print_name(&names.items[i], width, cache);
	kernel_names_free(&names);
	if (!ret && fflush(stdout))
		ret = fault_set(fault, EXIT_UNFINISHED, "cannot write the list: %m");
	return ret ? fault->status : EXIT_EXPECTED;
}

int runtimes_print(struct fault *fault)
{
	struct strings names = {0};
	int ret = runtime_names(&names, fault);

	for (size_t i = 0; !ret && i < names.count; i++)
		puts(names.items[i]);
	strings_free(&names);
	if (!ret && fflush(stdout))
		ret = fault_set(fault, EXIT_UNFINISHED, "cannot write the list: %m");
	return ret ? fault->status : EXIT_EXPECTED;
}

static int fetch_kernel(const struct kernel_request *request, const char *cache)
{
	struct fault fault = {0};
	struct kernel kernel;

	if (kernel_resolve(request, cache, &kernel, &fault))
		fprintf(stderr, "nscheck: %s: %s\n", request->spec, fault.text);
	else
		printf("%s: %s%s%s\n", request->spec, kernel.release, kernel.version ? ", version " : "",
		       kernel.version ? kernel.version : "");
	fflush(stdout);
	kernel_free(&kernel);
	return fault.status;
}

static int fetch_runtime(const struct runtime_request *request, const char *cache)
{
	struct fault fault = {0};
	struct runtime runtime;

	if (runtime_resolve(request, cache, &runtime, &fault))
		fprintf(stderr, "nscheck: %s: %s\n", request->name, fault.text);
	else
		printf("%s: %s\n", runtime.name, runtime.version ? runtime.version : "no package is needed");
	fflush(stdout);
	runtime_free(&runtime);
	return fault.status;
}

int kernels_fetch(const struct options *o, struct fault *fault)
{
	struct entries_request wanted = wanted_entries(o);
	struct entries entries;

	wanted.runtimes = NULL; /* each kernel once */
	int status = entries_make(&entries, &wanted, fault) || dir_make(o->cache, fault) ? fault->status
											 : EXIT_EXPECTED;

	for (size_t i = 0; !fault->status && i < entries.count; i++) {
		struct kernel_request request = o->kernel;

		request.spec = entries.items[i].kernel;
		int one = fetch_kernel(&request, o->cache);
		if (one > status)
			status = one;
	}
	for (size_t i = 0; !fault->status && i < o->runtimes.count; i++) {
		struct runtime_request request = o->runtime;

		request.name = o->runtimes.items[i];
		int one = fetch_runtime(&request, o->cache);
		if (one > status)
			status = one;
	}
	entries_free(&entries);
	return status;
}
