// SPDX-License-Identifier: GPL-2.0-only
#include "vm/kernel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "vm/boot.h"
#include "runner/base/file.h"
#include "vm/memo.h"
#include "vm/modules.h"
#include "vm/package.h"
#include "vm/spec.h"
#include "runner/base/sha256.h"

#define CONFIG_MAX (4U << 20)

/* Where a build tree has its kernel. */
#define TREE_IMAGE "arch/x86/boot/bzImage"

void kernel_free(struct kernel *kernel)
{
	free(kernel->name);
	free(kernel->image);
	free(kernel->modules);
	free(kernel->builtin);
	free(kernel->config);
	free(kernel->release);
	free(kernel->package);
	free(kernel->version);
	*kernel = (struct kernel){0};
}

/* dir/name when it is there, else NULL. */
static char *existing(const char *dir, const char *name, struct memo *memo)
{
	char *path = mem_printf("%s/%s", dir, name);

	memo_input(memo, path);
	if (file_exists(path))
		return path;
	free(path);
	return NULL;
}

static int from_packages(struct kernel *kernel, struct package_tree *tree, struct memo *memo)
{
	kernel->image = mem_printf("%s/vmlinuz", tree->dir);
	kernel->config = existing(tree->dir, "config", memo);
	kernel->modules = existing(tree->dir, "modules", memo);
	kernel->package = mem_strdup(tree->package);
	kernel->version = mem_strdup(tree->version);
	return 0;
}

static int from_name(const struct kernel_request *request, const char *cache_dir, struct memo *memo,
		     struct kernel *kernel, struct fault *fault)
{
	struct package_tree tree;
	int rc = package_named(request->spec, request->mirror, request->offline, cache_dir, memo, &tree,
			       fault);

	if (rc == 0)
		rc = from_packages(kernel, &tree, memo);
	package_free(&tree);
	return rc;
}

static int from_package(const char *path, const char *cache_dir, struct memo *memo, struct kernel *kernel,
			struct fault *fault)
{
	struct package_tree tree;
	int rc = package_file(path, cache_dir, memo, &tree, fault);

	if (rc == 0)
		rc = from_packages(kernel, &tree, memo);
	package_free(&tree);
	return rc;
}

static int from_tree(const char *dir, struct memo *memo, struct kernel *kernel, struct fault *fault)
{
	kernel->image = existing(dir, TREE_IMAGE, memo);
	kernel->config = existing(dir, ".config", memo);
	if (!kernel->image)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s is a folder without " TREE_IMAGE ": build the kernel there first "
				 "(make)",
				 dir);
	kernel->modules = mem_strdup(dir);
	return 0;
}

char *kernel_file(const char *value)
{
	struct kernel_spec spec;
	struct stat st;
	char *file = NULL;

	if (!kernel_spec_read(&spec, value) && !stat(spec.kernel, &st))
		file = S_ISDIR(st.st_mode) ? mem_printf("%s/" TREE_IMAGE, spec.kernel)
					   : mem_strdup(spec.kernel);
	kernel_spec_free(&spec);
	return file;
}

static int no_such(const char *spec, const struct strings *known, struct fault *fault)
{
	char *names = strings_join(known, ", ");

	fault_set(fault, EXIT_BAD_INPUT, "no kernel %s: there is no such file, and the known names are %s",
		  spec, names);
	free(names);
	return -1;
}

static int from_path(const char *spec, const struct strings *known, const char *cache_dir, struct memo *memo,
		     struct kernel *kernel, struct fault *fault)
{
	struct stat st;

	if (stat(spec, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return no_such(spec, known, fault);
	if (access(spec, R_OK) < 0)
		return fault_set(fault, EXIT_BAD_INPUT, "cannot read the kernel %s: %s", spec,
				 strerror(errno));
	if (S_ISDIR(st.st_mode))
		return from_tree(spec, memo, kernel, fault);
	if (package_is(spec))
		return from_package(spec, cache_dir, memo, kernel, fault);
	kernel->image = mem_strdup(spec);
	return 0;
}

static int check_image(struct kernel *kernel, struct memo *memo, struct fault *fault)
{
	char release[RELEASE_MAX + 1];
	struct bytes file;

	memo_input(memo, kernel->image);
	if (file_map(kernel->image, &file, fault) < 0)
		return -1;
	int rc = boot_release(file.data, file.len, kernel->image, release, fault);
	if (rc == 0) {
		sha256_of(file.data, file.len, kernel->sha256);
		kernel->release = mem_strdup(release);
	}
	file_unmap(&file);
	return rc;
}

static void override(char **field, char *value)
{
	free(*field);
	*field = value;
}

static int check_config(struct kernel *kernel, const char *given, struct memo *memo, struct fault *fault)
{
	struct bytes text;

	if (!kernel->config)
		return 0;
	memo_input(memo, kernel->config);
	if (file_read(kernel->config, CONFIG_MAX, &text, fault) < 0)
		return -1;
	bytes_append(&text, "", 1);
	int rc = config_check((const char *)text.data, kernel->config, kernel->release, fault);
	if (rc == 0 && !given && !config_has_modules((const char *)text.data))
		override(&kernel->modules, NULL); /* what lies in the tree is of an earlier build */
	bytes_free(&text);
	return rc;
}

/* People give /lib/modules/REL, /lib/modules, or the root they installed to (INSTALL_MOD_PATH): take the closest. */
static char *modules_folder(const char *given, const char *release, struct memo *memo)
{
	char *name = mem_printf("lib/modules/%s", release);
	char *dir = existing(given, name, memo);

	free(name);
	if (!dir)
		dir = existing(given, release, memo);
	return dir ? dir : mem_strdup(given);
}

static int check_modules(struct kernel *kernel, const char *given, struct memo *memo, struct fault *fault)
{
	char release[RELEASE_MAX + 1];
	struct stat st;

	if (!kernel->modules)
		return 0;
	if (stat(kernel->modules, &st) < 0 || !S_ISDIR(st.st_mode))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s is not a folder of modules: give a /lib/modules/%s", kernel->modules,
				 kernel->release);
	if (modules_release(kernel->modules, memo, release, fault) < 0)
		return -1;
	if (!*release && given && !kernel->builtin)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s holds no modules: give a /lib/modules/%s, or leave --modules out", given,
				 kernel->release);
	if (!*release) { /* a build tree without modules */
		free(kernel->modules);
		kernel->modules = NULL;
		return 0;
	}
	if (strcmp(release, kernel->release))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "the modules in %s are of kernel %s, but the kernel is %s: give the modules "
				 "of the same build",
				 kernel->modules, release, kernel->release);
	return 0;
}

/* The first of the modules that is not in the kernel's folder, or NULL. */
static const char *missing_module(const struct kernel *kernel, const struct strings *modules,
				  struct memo *memo, struct fault *fault)
{
	struct module_set set = {0};
	const char *missing = NULL;

	if (!kernel->modules)
		return modules->items[0];
	if (modules_collect(kernel->modules, kernel->release, modules, memo, &set, fault) < 0)
		return NULL;
	for (size_t i = 0; !missing && i < modules->count; i++) {
		bool found = false;
		for (size_t n = 0; n < set.count; n++)
			found |= !strcmp(set.items[n].name, modules->items[i]);
		missing = found ? NULL : modules->items[i];
	}
	modules_free(&set);
	return missing;
}

/* What is a module, and has to be there for the guest to be heard, is looked for before anything is started. */
static int check_drivers(struct kernel *kernel, struct memo *memo, struct fault *fault)
{
	struct strings modules = {0};
	struct bytes text;
	struct stat st;

	if (!kernel->config)
		return 0;
	if (file_read(kernel->config, CONFIG_MAX, &text, fault) < 0)
		return -1;
	bytes_append(&text, "", 1);
	int rc = config_drivers((const char *)text.data, kernel->config, &modules, fault);
	const char *missing = rc == 0 && modules.count ? missing_module(kernel, &modules, memo, fault) : NULL;
	bool tree = stat(kernel->name, &st) == 0 && S_ISDIR(st.st_mode);

	if (missing && tree)
		fault_set(fault, EXIT_BAD_INPUT,
			  "%s has no module %s, without which the tests cannot get into the guest: run make "
			  "modules there",
			  kernel->name, missing);
	else if (missing)
		fault_set(fault, EXIT_BAD_INPUT,
			  "%s has %s as a module, without which the tests cannot get into the guest: give "
			  "--modules DIR, such as /lib/modules/%s",
			  kernel->name, missing, kernel->release);
	bytes_free(&text);
	strings_free(&modules);
	return fault->status ? -1 : rc;
}

/* The configuration that a distribution has beside its vmlinuz-RELEASE, by the name of which it is known. */
static char *config_beside(const struct kernel *kernel, struct memo *memo)
{
	const char *slash = strrchr(kernel->image, '/');
	char *dir = slash ? mem_strndup(kernel->image, (size_t)(slash - kernel->image)) : mem_strdup(".");
	char *name = mem_printf("config-%s", kernel->release), *found = existing(dir, name, memo);

	free(dir);
	free(name);
	return found;
}

static int find(const struct kernel_request *request, const char *cache_dir, struct memo *memo,
		struct kernel *kernel, struct fault *fault)
{
	struct strings known = {0};
	int rc;

	if (package_is_name(request->spec, &known, memo, fault))
		rc = from_name(request, cache_dir, memo, kernel, fault);
	else
		rc = fault->status ? -1 : from_path(request->spec, &known, cache_dir, memo, kernel, fault);
	strings_free(&known);
	return rc;
}

static int look(const struct kernel_request *request, const char *cache_dir, struct memo *memo,
		struct kernel *kernel, struct fault *fault)
{
	if (find(request, cache_dir, memo, kernel, fault) < 0 || check_image(kernel, memo, fault) < 0)
		return -1;
	if (request->config)
		override(&kernel->config, mem_strdup(request->config));
	else if (!kernel->config)
		kernel->config = config_beside(kernel, memo);
	if (request->modules)
		override(&kernel->modules, modules_folder(request->modules, kernel->release, memo));
	if (kernel->modules)
		kernel->builtin = existing(kernel->modules, "modules.builtin", memo);
	if (check_config(kernel, request->modules, memo, fault) < 0)
		return -1;
	if (check_modules(kernel, request->modules, memo, fault) < 0)
		return -1;
	return check_drivers(kernel, memo, fault);
}

/* The fields of a kernel that a memo holds, in this order, and then its sum. */
enum { FIELDS = 7 };

static void fields_of(struct kernel *kernel, char **fields[FIELDS])
{
	fields[0] = &kernel->image;
	fields[1] = &kernel->modules;
	fields[2] = &kernel->config;
	fields[3] = &kernel->release;
	fields[4] = &kernel->package;
	fields[5] = &kernel->version;
	fields[6] = &kernel->builtin;
}

static bool recall(const struct memo *memo, struct kernel *kernel)
{
	struct strings answer;
	char **fields[FIELDS];
	bool known = memo_recall(memo, &answer) && answer.count == FIELDS + 1;

	fields_of(kernel, fields);
	for (size_t i = 0; known && i < FIELDS; i++)
		if (*answer.items[i] == '+')
			*fields[i] = mem_strdup(answer.items[i] + 1);
	if (known)
		snprintf(kernel->sha256, sizeof(kernel->sha256), "%s", answer.items[FIELDS]);
	strings_free(&answer);
	return known;
}

static void keep(const struct memo *memo, struct kernel *kernel)
{
	struct strings answer = {0};
	char **fields[FIELDS];

	fields_of(kernel, fields);
	for (size_t i = 0; i < FIELDS; i++)
		strings_take(&answer,
			     mem_printf("%s%s", *fields[i] ? "+" : "-", *fields[i] ? *fields[i] : ""));
	strings_add(&answer, kernel->sha256);
	memo_keep(memo, &answer);
	strings_free(&answer);
}

static int resolve(const struct kernel_request *request, const char *cache_dir, struct kernel *kernel,
		   struct fault *fault)
{
	struct memo *memo = memo_new(cache_dir, "kernel");
	int rc = 0;

	memo_ask(memo, request->spec);
	memo_ask(memo, request->modules);
	memo_ask(memo, request->config);
	if (!recall(memo, kernel)) {
		rc = look(request, cache_dir, memo, kernel, fault);
		if (rc == 0)
			keep(memo, kernel);
	}
	memo_free(memo);
	return rc;
}

int kernel_resolve(const struct kernel_request *request, const char *cache_dir, struct kernel *kernel,
		   struct fault *fault)
{
	struct kernel_request apart = *request;
	struct kernel_spec spec;

	*kernel = (struct kernel){0};
	if (!request->spec || !*request->spec)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "no kernel given: say --kernel debian/6.12, or a file");
	const char *wrong = kernel_spec_read(&spec, request->spec);
	int rc = wrong ? fault_set(fault, EXIT_BAD_INPUT, "%s: want %s", request->spec, wrong) : 0;
	kernel->name = mem_strdup(spec.kernel);
	apart.spec = spec.kernel;
	if (spec.config)
		apart.config = spec.config;
	if (spec.modules)
		apart.modules = spec.modules;
	if (rc == 0)
		rc = resolve(&apart, cache_dir, kernel, fault);
	kernel_spec_free(&spec);
	return rc;
}
