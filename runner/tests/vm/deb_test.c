// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"
#include "vm/deb.h"
#include "runner/base/file.h"

#define CONTROL "Package: p\nVersion: 1\nArchitecture: amd64\n"

static int count_file(void *arg, struct deb_file *file, struct fault *fault)
{
	char buffer[512];
	long n;

	while ((n = file->read(file, buffer, sizeof(buffer), fault)) > 0)
		;
	++*(int *)arg;
	return (int)n;
}

static int walk(const struct bytes *deb, int *files, struct fault *fault)
{
	struct deb_source source = {.name = "D", .data = deb->data, .len = deb->len};

	*files = 0;
	return deb_walk(&source, count_file, files, fault);
}

static void refuses(struct bytes deb, const char *because)
{
	struct fault fault = {0};
	int files;

	ck_assert_int_eq(walk(&deb, &files, &fault), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	ck_assert_msg(strstr(fault.text, because) != NULL, "\"%s\" does not say \"%s\"", fault.text, because);
	bytes_free(&deb);
}

static void refuses_file(struct sample_file file, const char *because)
{
	refuses(sample_deb(CONTROL, &file, 1, "xz"), because);
}

START_TEST(members_and_their_names)
{
	static const struct {
		const char *path, *name;
	} names[] = {
		{"./boot/vmlinuz-6.12.1", "vmlinuz"},
		{"boot/config-6.12.1", "config"},
		{"./usr/lib/modules/7.3.4/vmlinuz", "vmlinuz"},
		{"./lib/modules/7.3.4/config", "config"},
		{"./lib/modules/7.3.4/kernel/net/x.ko.zst", "modules/kernel/net/x.ko.zst"},
		{"./lib/modules/7.3.4/kernel/net/x.c", NULL},
		{"./lib/modules/7.3.4/build", NULL},
		{"./lib/modules/7.3.4", NULL},
		{"./boot/vmlinuz-6.12.1/deeper", NULL},
		{"./boot/System.map-6.12.1", NULL},
		{"./etc/..data/x", NULL},
	};
	char *name;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		ck_assert_int_eq(deb_member(names[i].path, &name), 0);
		ck_assert_pstr_eq(name, names[i].name);
		free(name);
	}
}
END_TEST

START_TEST(paths_that_lead_out)
{
	static const char *const paths[] = {"/boot/vmlinuz-1", "..", "../x", "./a/../../b", "a/..", "./.."};
	char *name;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		ck_assert_int_eq(deb_member(paths[i], &name), -1);
	ck_assert_int_eq(deb_member(NULL, &name), -1);
}
END_TEST

START_TEST(good_packages)
{
	struct bytes deb = sample_kernel_deb(_i ? "zstd" : "xz");
	struct fault fault = {0};
	int files;

	ck_assert_msg(walk(&deb, &files, &fault) == 0, "%s", fault.text);
	ck_assert_int_eq(files, 3);
	bytes_free(&deb);
}
END_TEST

START_TEST(control_fields)
{
	struct bytes bytes = sample_kernel_deb("xz");
	struct deb_source source = {.name = "D", .data = bytes.data, .len = bytes.len};
	struct fault fault = {0};
	struct deb deb;

	ck_assert_int_eq(deb_control(&source, &deb, &fault), 0);
	ck_assert_str_eq(deb.package, "linux-image-" SAMPLE_RELEASE);
	ck_assert_str_eq(deb.version, "6.12.1-1");
	ck_assert_str_eq(deb.architecture, "amd64");
	ck_assert_str_eq(deb.depends, "kmod, linux-base (>= 4.3~)");
	deb_free(&deb);
	bytes_free(&bytes);
}
END_TEST

START_TEST(control_without_a_version)
{
	struct bytes bytes = sample_deb("Package: x\n Version: hidden\n", NULL, 0, "xz");
	struct deb_source source = {.name = "D", .data = bytes.data, .len = bytes.len};
	struct fault fault = {0};
	struct deb deb;

	ck_assert_int_eq(deb_control(&source, &deb, &fault), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "lacks a field"));
	bytes_free(&bytes);
}
END_TEST

START_TEST(unpacked_to_a_folder)
{
	struct bytes deb = sample_kernel_deb("xz");
	char *dir = sample_dir(), *path = sample_put(dir, "k.deb", &deb);
	char *tree = mem_printf("%s/tree", dir);
	char *module = mem_printf("%s/modules/kernel/drivers/net/veth.ko.xz", tree);
	struct fault fault = {0};

	ck_assert_int_eq(dir_make(tree, &fault), 0);
	ck_assert_msg(deb_unpack(path, tree, &fault) == 0, "%s", fault.text);
	ck_assert(file_exists(module));
	dir_remove(dir);
	bytes_free(&deb);
	free(module);
	free(tree);
	free(path);
	free(dir);
}
END_TEST

START_TEST(escaping_packages)
{
	struct bytes x = {(unsigned char *)"x", 1};

	refuses_file((struct sample_file){.path = "./boot/../../../tmp/x", .content = x}, "outside");
	refuses_file((struct sample_file){.path = "/boot/vmlinuz-1", .content = x}, "outside");
	refuses_file((struct sample_file){.path = "./boot/vmlinuz-1", .symlink = "/etc/shadow"}, "link");
	refuses_file((struct sample_file){.path = "./boot/vmlinuz-1", .hardlink = "/etc/shadow"}, "link");
	refuses_file((struct sample_file){.path = "./lib/modules/1/kernel/x.ko", .symlink = ".."}, "link");
}
END_TEST

START_TEST(a_file_that_comes_twice)
{
	struct bytes x = {(unsigned char *)"x", 1};
	const struct sample_file files[] = {{.path = "./boot/vmlinuz-1", .content = x},
					    {.path = "./boot/vmlinuz-2", .content = x}};
	struct bytes deb = sample_deb(CONTROL, files, 2, "xz");
	char *dir = sample_dir(), *path = sample_put(dir, "k.deb", &deb);
	struct fault fault = {0};

	ck_assert_int_eq(deb_unpack(path, dir, &fault), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "twice"));
	dir_remove(dir);
	bytes_free(&deb);
	free(path);
	free(dir);
}
END_TEST

START_TEST(damaged_packages)
{
	struct bytes deb = {0};

	refuses(deb, "package");
	bytes_append(&deb, "!<arch>\n", 8);
	refuses(deb, "package");
	deb = sample_kernel_deb("xz");
	deb.len /= 2;
	refuses(deb, "damaged");
	deb = sample_kernel_deb("xz");
	memset(deb.data + deb.len / 2, 0xff, 64);
	refuses(deb, "damaged");
}
END_TEST

/* Each cut is a fault; the last bytes may be padding. */
START_TEST(cut_everywhere)
{
	struct bytes deb = sample_kernel_deb("xz");
	int files;

	for (size_t len = 0; len < deb.len; len += 13) {
		struct bytes cut = {0};
		struct fault fault = {0};

		bytes_append(&cut, deb.data, len);
		int rc = walk(&cut, &files, &fault);
		ck_assert((rc == 0) == (fault.status == 0));
		bytes_free(&cut);
	}
	bytes_free(&deb);
}
END_TEST

static Suite *deb_suite(void)
{
	Suite *suite = suite_create("vm/deb");
	TCase *tc = tcase_create("deb");

	tcase_add_test(tc, members_and_their_names);
	tcase_add_test(tc, paths_that_lead_out);
	tcase_add_loop_test(tc, good_packages, 0, 2);
	tcase_add_test(tc, control_fields);
	tcase_add_test(tc, control_without_a_version);
	tcase_add_test(tc, unpacked_to_a_folder);
	tcase_add_test(tc, escaping_packages);
	tcase_add_test(tc, a_file_that_comes_twice);
	tcase_add_test(tc, damaged_packages);
	tcase_add_test(tc, cut_everywhere);
	suite_add_tcase(suite, tc);
	return suite;
}
HOST_SUITE(deb_suite)
