// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"
#include "runner/base/file.h"
#include "vm/modules.h"
#include "vm/strip.h"

#define RELEASE SAMPLE_RELEASE

static char *dir;
static struct module_set set;
static struct strings names;
static struct fault fault;

static void setup(void)
{
	dir = sample_dir();
}

static void teardown(void)
{
	modules_free(&set);
	strings_free(&names);
	dir_remove(dir);
	free(dir);
}

static void put(const char *file, const char *depends, const char *filter)
{
	struct bytes module = sample_module_of(depends);

	if (filter) {
		struct bytes packed = sample_compressed(&module, filter);

		bytes_free(&module);
		module = packed;
	}
	free(sample_put(dir, file, &module));
	bytes_free(&module);
}

static int collect(const char *wanted)
{
	strings_split(&names, wanted, " ");
	return modules_collect(dir, RELEASE, &names, NULL, &set, &fault);
}

static void expect_dep(const char *text)
{
	struct text dep = modules_dep(&set);

	ck_assert_str_eq(text_get(&dep), text);
	text_free(&dep);
}

START_TEST(names_of_modules)
{
	static const char *const pairs[][2] = {
		{"kernel/net/8021q/8021q.ko", "8021q"},
		{"crc32c-intel.ko.xz", "crc32c_intel"},
		{"x.ko.zst", "x"},
		{"virtio-net", "virtio_net"},
		{".ko", ".ko"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		char *name = modinfo_name(pairs[i][0]);

		ck_assert_str_eq(name, pairs[i][1]);
		free(name);
	}
}
END_TEST

START_TEST(lines_of_modinfo)
{
	const char *lines[] = {
		"alias=rtnl-link-veth", "depends=a-b,c", "vermagic=6.1 SMP", "softdep=pre: d post: e-f",
		"alias=net-pf-1",       "depends=",      "nonsense"};
	struct bytes module = sample_module(lines, 7);
	struct modinfo info;

	ck_assert_int_eq(modinfo_parse(&module, "M", &info, &fault), 0);
	ck_assert_str_eq(info.release, "6.1");
	ck_assert_uint_eq(info.depends.count, 2);
	ck_assert_str_eq(info.depends.items[0], "a_b");
	ck_assert_uint_eq(info.softdeps.count, 2);
	ck_assert_str_eq(info.softdeps.items[1], "e_f");
	ck_assert_uint_eq(info.aliases.count, 2);
	modinfo_free(&info);
	bytes_free(&module);
}
END_TEST

START_TEST(no_modules)
{
	struct bytes cases[] = {{0},
				sample_vmlinux(RELEASE, true),
				sample_bzimage(RELEASE),
				sample_module(NULL, 0),
				sample_module_of(NULL)};
	struct modinfo info;

	cases[4].data[18] = 183; /* EM_AARCH64 */
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fault f = {0};

		ck_assert_int_eq(modinfo_parse(&cases[i], "M", &info, &f), -1);
		ck_assert_int_eq(f.status, EXIT_BAD_INPUT);
		bytes_free(&cases[i]);
	}
}
END_TEST

START_TEST(cut_everywhere)
{
	struct bytes whole = sample_module_of("a,b");
	struct modinfo info;

	for (size_t len = 0; len < whole.len; len++) {
		struct bytes cut = {0};
		struct fault f = {0};

		bytes_append(&cut, whole.data, len);
		ck_assert_int_eq(modinfo_parse(&cut, "M", &info, &f), -1);
		bytes_free(&cut);
	}
	bytes_free(&whole);
}
END_TEST

START_TEST(closure_in_order)
{
	put("kernel/a.ko", "b,c", NULL);
	put("kernel/x/b.ko.xz", "c-c,d", "xz");
	put("kernel/c.ko.zst", "d", "zstd");
	put("kernel/c-c.ko", NULL, NULL);
	put("kernel/d.ko", NULL, NULL);
	put("kernel/unwanted.ko", NULL, NULL);
	ck_assert_msg(collect("a built_in") == 0, "%s", fault.text);
	expect_dep("a.ko: c.ko b.ko d.ko c_c.ko\nb.ko: d.ko c_c.ko\nc.ko: d.ko\nc_c.ko:\nd.ko:\n");
}
END_TEST

START_TEST(forged_cycle)
{
	put("a.ko", "b", NULL);
	put("b.ko", "a,b", NULL);
	ck_assert_int_eq(collect("a"), 0);
	expect_dep("a.ko: b.ko\nb.ko: a.ko\n");
}
END_TEST

START_TEST(build_tree_with_stale_modules)
{
	put("net/a.ko", NULL, NULL);
	put("net/stale.ko", NULL, NULL);
	free(sample_put_text(dir, "modules.order", "net/a.o\nnet/never_built.o\n"));
	ck_assert_int_eq(collect("a stale never_built"), 0);
	expect_dep("a.ko:\n");
}
END_TEST

START_TEST(missing_dependency)
{
	put("a.ko", "gone", NULL);
	ck_assert_int_eq(collect("a"), -1);
	ck_assert_str_eq(fault.text, "module a needs gone, which is missing: give the whole modules folder");
}
END_TEST

START_TEST(module_of_another_release)
{
	const char *lines[] = {"vermagic=5.10.0-1-amd64 SMP"};
	struct bytes module = sample_module(lines, 1);
	char release[RELEASE_MAX + 1];

	free(sample_put(dir, "a.ko", &module));
	ck_assert_int_eq(modules_release(dir, NULL, release, &fault), 0);
	ck_assert_str_eq(release, "5.10.0-1-amd64");
	ck_assert_int_eq(collect("a"), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "built for kernel 5.10.0-1-amd64"));
	bytes_free(&module);
}
END_TEST

START_TEST(damaged_compression)
{
	struct bytes module = sample_module_of(NULL), packed = sample_compressed(&module, "xz");

	packed.len -= 20;
	free(sample_put(dir, "a.ko.xz", &packed));
	ck_assert_int_eq(collect("a"), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "cannot unpack"));
	bytes_free(&packed);
	bytes_free(&module);
}
END_TEST

START_TEST(aliases)
{
	const char *lines[] = {"vermagic=" RELEASE " SMP", "alias=rtnl-link-veth", "alias=evil alias\nmore"};
	struct bytes module = sample_module(lines, 3);

	free(sample_put(dir, "veth.ko", &module));
	bytes_free(&module);
	ck_assert_int_eq(collect("veth"), 0);
	struct text text = modules_alias(&set);
	ck_assert_str_eq(text_get(&text), "alias rtnl-link-veth veth\n");
	text_free(&text);
}
END_TEST

START_TEST(list_with_comments)
{
	char *path = sample_put_text(dir, "list", "# first\na b # c\n\n\td\n");

	ck_assert_int_eq(modules_list(path, &names, &fault), 0);
	ck_assert_uint_eq(names.count, 3);
	ck_assert_str_eq(names.items[2], "d");
	free(path);
}
END_TEST

START_TEST(debug_information_is_left_out)
{
	struct bytes module = sample_module_debug(100000), plain = sample_module_of(NULL),
		     same = sample_module_of(NULL);
	struct modinfo info;

	strip_module(&module);
	ck_assert_uint_lt(module.len, 1000);
	ck_assert_msg(modinfo_parse(&module, "M", &info, &fault) == 0, "%s", fault.text);
	ck_assert_str_eq(info.release, RELEASE);
	strip_module(&plain);
	ck_assert_uint_eq(plain.len, same.len);
	ck_assert_mem_eq(plain.data, same.data, same.len);
	modinfo_free(&info);
	bytes_free(&module);
	bytes_free(&plain);
	bytes_free(&same);
}
END_TEST

/* Each byte of the headers spoilt in turn: stripped or left, never a read or a growth out of bounds. */
START_TEST(spoilt_modules_can_be_stripped)
{
	struct bytes whole = sample_module_debug(64);

	for (size_t i = 0; i < whole.len; i++) {
		struct bytes module = {0};

		bytes_append(&module, whole.data, whole.len);
		module.data[i] ^= 0xff;
		strip_module(&module);
		ck_assert_uint_le(module.len, whole.len + 4 * 4096);
		bytes_free(&module);
	}
	bytes_free(&whole);
}
END_TEST

START_TEST(signature_is_cut_off)
{
	struct bytes plain = sample_module_of(NULL), module = sample_module_signed(),
		     damaged = sample_module_signed();

	unsign_module(&module);
	ck_assert_uint_eq(module.len, plain.len);
	ck_assert_mem_eq(module.data, plain.data, plain.len);
	unsign_module(&module); /* there is none now */
	ck_assert_uint_eq(module.len, plain.len);

	size_t whole = damaged.len;
	damaged.data[whole - 28 - 4] = 0xff; /* longer than the file */
	unsign_module(&damaged);
	ck_assert_uint_eq(damaged.len, whole);
	bytes_free(&plain);
	bytes_free(&module);
	bytes_free(&damaged);
}
END_TEST

static Suite *modules_suite(void)
{
	Suite *suite = suite_create("vm/modules");
	TCase *tc = tcase_create("modules");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, names_of_modules);
	tcase_add_test(tc, lines_of_modinfo);
	tcase_add_test(tc, no_modules);
	tcase_add_test(tc, cut_everywhere);
	tcase_add_test(tc, closure_in_order);
	tcase_add_test(tc, forged_cycle);
	tcase_add_test(tc, build_tree_with_stale_modules);
	tcase_add_test(tc, missing_dependency);
	tcase_add_test(tc, module_of_another_release);
	tcase_add_test(tc, damaged_compression);
	tcase_add_test(tc, aliases);
	tcase_add_test(tc, list_with_comments);
	tcase_add_test(tc, debug_information_is_left_out);
	tcase_add_test(tc, spoilt_modules_can_be_stripped);
	tcase_add_test(tc, signature_is_cut_off);
	suite_add_tcase(suite, tc);
	return suite;
}
HOST_SUITE(modules_suite)
