// SPDX-License-Identifier: GPL-2.0-only
/* The whole image, with the host's own tools in it. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runner/base/mem.h"
#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"
#include "runner/base/file.h"
#include "vm/image.h"
#include "vm/tools.h"

static char *dir, *cache, *init_path, *modules, *config;
static struct kernel kernel;
static struct fault fault;

static void setup(void)
{
	struct bytes module = sample_module_of(NULL);

	dir = sample_dir();
	cache = mem_printf("%s/cache", dir);
	modules = mem_printf("%s/modules", dir);
	init_path = sample_put_text(dir, "init", "the init");
	config = sample_put_text(dir, "config", sample_config);
	free(sample_put(dir, "modules/kernel/veth.ko", &module));
	bytes_free(&module);
	kernel = (struct kernel){.modules = modules, .config = config, .release = (char *)SAMPLE_RELEASE};
}

static void teardown(void)
{
	dir_remove(dir);
	free(config);
	free(init_path);
	free(modules);
	free(cache);
	free(dir);
}

static char *build(const char *guest)
{
	struct image_request request = {.kernel = &kernel, .init = init_path, .guest = guest};
	char *path;

	ck_assert_msg(image_build(&request, cache, &path, &fault) == 0, "%s", fault.text);
	return path;
}

/* Names end in NUL in a cpio archive, and start after a header that ends in "00000000". */
static bool holds(const struct bytes *image, const char *name)
{
	char *entry = mem_printf("00000000%s", name);
	bool found = memmem(image->data, image->len, entry, strlen(entry) + 1);

	free(entry);
	return found;
}

START_TEST(what_is_in_it)
{
	static const char *const names[] = {
		"init",
		"bin/busybox",
		"bin/sh",
		"sbin/modprobe",
		"sbin/ip",
		"sbin/nft",
		"sbin/iptables-legacy",
		"nscheck/config",
		"etc/passwd",
		"dev/console",
		"proc",
		"sys",
		"tmp",
		"run",
		"mnt",
		"root",
		"lib/modules/" SAMPLE_RELEASE "/veth.ko",
		"lib/modules/" SAMPLE_RELEASE "/modules.dep",
		"lib/modules/" SAMPLE_RELEASE "/modules.alias",
		"lib64/ld-linux-x86-64.so.2",
	};
	char *path = build(NULL);
	struct bytes image;

	ck_assert_int_eq(file_map(path, &image, &fault), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		ck_assert_msg(holds(&image, names[i]), "%s", names[i]);
	ck_assert(!holds(&image, "bin/nscheck-guest"));
	file_unmap(&image);
	free(path);
}
END_TEST

START_TEST(same_inputs_same_image)
{
	char *first = build(NULL), *second = build(NULL), *other = build(init_path);

	ck_assert_str_eq(first, second);
	ck_assert_str_ne(first, other);
	free(first);
	free(second);
	free(other);
}
END_TEST

START_TEST(spoiled_image_is_written_anew)
{
	char *path = build(NULL);
	const char *slash = strrchr(path, '/');
	char *folder = mem_printf("%s/images", cache);
	struct stat before, after;

	ck_assert_int_eq(stat(path, &before), 0);
	free(sample_put_text(folder, slash + 1, "spoiled"));
	free(build(NULL));
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_int_eq(before.st_size, after.st_size);
	free(folder);
	free(path);
}
END_TEST

START_TEST(monolithic_kernel_without_config)
{
	kernel.modules = NULL;
	kernel.config = NULL;
	char *path = build(NULL);
	struct bytes image;

	ck_assert_int_eq(file_map(path, &image, &fault), 0);
	ck_assert(!holds(&image, "nscheck/config"));
	ck_assert(!holds(&image, "lib/modules"));
	file_unmap(&image);
	free(path);
}
END_TEST

static bool has_signature(const struct image_request *request)
{
	struct bytes image;
	char *path;

	ck_assert_msg(image_build(request, cache, &path, &fault) == 0, "%s", fault.text);
	ck_assert_int_eq(file_map(path, &image, &fault), 0);
	bool found = memmem(image.data, image.len, "SIGNATURE~", 10);
	file_unmap(&image);
	free(path);
	return found;
}

START_TEST(modules_that_are_built_in)
{
	struct fault ignored = {0};
	struct bytes image;

	kernel.modules = NULL;
	kernel.builtin = sample_put_text(dir, "modules.builtin", "kernel/drivers/net/dummy.ko\n");
	char *path = build(NULL);
	ck_assert_int_eq(file_map(path, &image, &ignored), 0);
	ck_assert(holds(&image, "lib/modules/" SAMPLE_RELEASE "/modules.builtin"));
	ck_assert_ptr_nonnull(memmem(image.data, image.len, "drivers/net/dummy.ko\n", 21));
	file_unmap(&image);
	free(path);
	free(kernel.builtin);
}
END_TEST

START_TEST(signatures_only_where_the_kernel_insists)
{
	struct image_request request = {.kernel = &kernel, .init = init_path};
	struct bytes module = sample_module_signed();
	char *insists = mem_printf("%sCONFIG_MODULE_SIG_FORCE=y\n", sample_config);

	free(sample_put(dir, "modules/kernel/veth.ko", &module));
	bytes_free(&module);
	ck_assert(!has_signature(&request));
	request.signatures = true;
	ck_assert(has_signature(&request));
	request.signatures = false;
	kernel.config = sample_put_text(dir, "insists", insists);
	ck_assert(has_signature(&request));
	free(kernel.config);
	kernel.config = NULL;
	ck_assert(has_signature(&request));
	free(insists);
}
END_TEST

START_TEST(missing_init)
{
	struct image_request request = {.kernel = &kernel, .init = "/nonexistent/nscheck-init"};
	char *path;

	ck_assert_int_eq(image_build(&request, cache, &path, &fault), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "/nonexistent/nscheck-init"));
	ck_assert_ptr_null(path);
}
END_TEST

START_TEST(needs_of_a_program)
{
	struct bytes self, text = {0};
	struct strings needed = {0};
	char *interpreter;

	ck_assert_int_eq(file_map("/proc/self/exe", &self, &fault), 0);
	ck_assert_int_eq(elf_needs(&self, "self", &needed, &interpreter, &fault), 0);
	ck_assert_str_eq(interpreter, "/lib64/ld-linux-x86-64.so.2");
	ck_assert_uint_gt(needed.count, 3);
	file_unmap(&self);
	strings_free(&needed);
	free(interpreter);
	ck_assert_int_eq(elf_needs(&text, "T", &needed, &interpreter, &fault), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "not an ELF file"));
}
END_TEST

static Suite *image_suite(void)
{
	Suite *suite = suite_create("vm/image");
	TCase *tc = tcase_create("image");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_in_it);
	tcase_add_test(tc, same_inputs_same_image);
	tcase_add_test(tc, spoiled_image_is_written_anew);
	tcase_add_test(tc, monolithic_kernel_without_config);
	tcase_add_test(tc, modules_that_are_built_in);
	tcase_add_test(tc, signatures_only_where_the_kernel_insists);
	tcase_add_test(tc, missing_init);
	tcase_add_test(tc, needs_of_a_program);
	suite_add_tcase(suite, tc);
	return suite;
}
HOST_SUITE(image_suite)
