// SPDX-License-Identifier: GPL-2.0-only
/* The sources of kernels, on samples; debian/NAME on real ones is tested by the self-tests that boot. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"
#include "runner/base/file.h"
#include "vm/kernel.h"
#include "vm/spec.h"
#include "runner/base/sha256.h"

static char *dir, *cache;
static struct kernel kernel;
static struct fault fault;
static struct strings paths;

static void setup(void)
{
	dir = sample_dir();
	cache = mem_printf("%s/cache", dir);
}

static void teardown(void)
{
	kernel_free(&kernel);
	dir_remove(dir);
	strings_free(&paths);
	free(cache);
	free(dir);
}

/* Keeps the name until the test's end. */
static const char *keep(char *path)
{
	strings_take(&paths, path);
	return path;
}

static const char *at(const char *name)
{
	return keep(mem_printf("%s/%s", dir, name));
}

static const char *put(const char *name, struct bytes content)
{
	const char *path = keep(sample_put(dir, name, &content));

	bytes_free(&content);
	return path;
}

static const char *put_text(const char *name, const char *text)
{
	return keep(sample_put_text(dir, name, text));
}

static int resolve(const char *spec, const char *modules, const char *config)
{
	struct kernel_request request = {.spec = spec, .modules = modules, .config = config, .offline = true};

	kernel_free(&kernel);
	fault = (struct fault){0};
	return kernel_resolve(&request, cache, &kernel, &fault);
}

static void accepts(const char *spec, const char *modules, const char *config)
{
	ck_assert_msg(resolve(spec, modules, config) == 0, "%s", fault.text);
	ck_assert_str_eq(kernel.name, spec);
	ck_assert_str_eq(kernel.release, SAMPLE_RELEASE);
	ck_assert_uint_eq(strlen(kernel.sha256), 64);
}

static void refuses(const char *spec, const char *modules, const char *config, const char *because)
{
	ck_assert_int_eq(resolve(spec, modules, config), -1);
	ck_assert_msg(strstr(fault.text, because) != NULL, "\"%s\" does not say \"%s\"", fault.text, because);
	ck_assert_ptr_null(strchr(fault.text, '\n'));
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
}

START_TEST(bzimage_alone)
{
	accepts(put("bzImage", sample_bzimage(SAMPLE_RELEASE)), NULL, NULL);
	ck_assert_ptr_null(kernel.modules);
	ck_assert_ptr_null(kernel.config);
	ck_assert_ptr_null(kernel.package);
}
END_TEST

START_TEST(vmlinux_with_modules_and_config)
{
	const char *image = put("vmlinux", sample_vmlinux(SAMPLE_RELEASE, true));
	const char *config = put_text("config", sample_config);

	put("root/lib/modules/" SAMPLE_RELEASE "/kernel/veth.ko", sample_module_of(NULL));
	accepts(image, at("root"), config);
	ck_assert_str_eq(kernel.modules, at("root/lib/modules/" SAMPLE_RELEASE));
	accepts(image, at("root/lib/modules"), config);
	ck_assert_str_eq(kernel.modules, at("root/lib/modules/" SAMPLE_RELEASE));
	accepts(image, at("root/lib/modules/" SAMPLE_RELEASE), config);
}
END_TEST

START_TEST(build_tree)
{
	put("tree/arch/x86/boot/bzImage", sample_bzimage(SAMPLE_RELEASE));
	accepts(at("tree"), NULL, NULL);
	ck_assert_ptr_null(kernel.modules); /* monolithic */
	put_text("tree/.config", sample_config);
	put("tree/drivers/net/veth.ko", sample_module_of(NULL));
	accepts(at("tree"), NULL, NULL);
	ck_assert_str_eq(kernel.modules, at("tree"));
	ck_assert_str_eq(kernel.config, at("tree/.config"));
}
END_TEST

/* Modules of an earlier build are no part of a monolithic kernel. */
START_TEST(a_word_with_config_and_modules)
{
	static const struct {
		const char *value, *kernel, *config, *modules;
	} sound[] = {
		{"k", "k", NULL, NULL},
		{"debian/6.12", "debian/6.12", NULL, NULL},
		{"a:b,c", "a:b,c", NULL, NULL},
		{"a:1=2", "a:1=2", NULL, NULL},
		{"k:config=c", "k", "c", NULL},
		{"k:modules=m,config=c", "k", "c", "m"},
		{"a:b:config=c:d,e,modules=m=n", "a:b", "c:d,e", "m=n"},
		{"k:config=c,", "k", "c,", NULL},
		{"", "", NULL, NULL},
	};
	static const char *const wrong[] = {
		"k:cfg=c",        "k:config=",           "k:config=a,config=b",
		":config=c",      "k:config=c,moduls=m", "k:modules=,config=c",
		"a:b=c:config=d",
	};
	struct kernel_spec spec;

	for (size_t i = 0; i < sizeof(sound) / sizeof(*sound); i++) {
		ck_assert_msg(!kernel_spec_read(&spec, sound[i].value), "%s", sound[i].value);
		ck_assert_str_eq(spec.kernel, sound[i].kernel);
		ck_assert_pstr_eq(spec.config, sound[i].config);
		ck_assert_pstr_eq(spec.modules, sound[i].modules);
		kernel_spec_free(&spec);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		ck_assert_msg(kernel_spec_read(&spec, wrong[i]), "%s", wrong[i]);
		kernel_spec_free(&spec);
	}
	/* A file that is there is itself. */
	const char *odd = put_text("k:config=c", "x");
	ck_assert_ptr_null(kernel_spec_read(&spec, odd));
	ck_assert_str_eq(spec.kernel, odd);
	kernel_spec_free(&spec);
}
END_TEST

START_TEST(what_the_word_says_holds)
{
	const char *image = put("vmlinux", sample_vmlinux(SAMPLE_RELEASE, true)),
		   *config = put_text("config", sample_config);

	put("mods/kernel/veth.ko", sample_module_of(NULL));
	const char *both = keep(mem_printf("%s:config=%s,modules=%s", image, config, at("mods")));
	ck_assert_msg(resolve(both, NULL, NULL) == 0, "%s", fault.text);
	ck_assert_str_eq(kernel.name, image);
	ck_assert_str_eq(kernel.config, config);
	ck_assert_str_eq(kernel.modules, at("mods"));
	refuses(keep(mem_printf("%s:config=%s", image, at("none"))), NULL, NULL, "/none");
	refuses(keep(mem_printf("%s:cfg=%s", image, config)), NULL, NULL,
		": want KERNEL:config=FILE,modules=DIR");
}
END_TEST

START_TEST(build_tree_without_modules)
{
	put("tree/arch/x86/boot/bzImage", sample_bzimage(SAMPLE_RELEASE));
	char *config = mem_strdup(sample_config), *line = strstr(config, "CONFIG_MODULES=y");

	*line = '#';
	put_text("tree/.config", config);
	free(config);
	put("tree/drivers/net/veth.ko", sample_module_of(NULL));
	put_text("tree/modules.order", "drivers/net/veth.o\n");
	put_text("tree/modules.builtin", "kernel/drivers/net/dummy.ko\n");
	accepts(at("tree"), NULL, NULL);
	ck_assert_ptr_null(kernel.modules);
	ck_assert_str_eq(kernel.builtin, at("tree/modules.builtin"));
}
END_TEST

START_TEST(one_package)
{
	accepts(put("k.deb", sample_kernel_deb("xz")), NULL, NULL);
	ck_assert_str_eq(kernel.package, "linux-image-" SAMPLE_RELEASE);
	ck_assert_str_eq(kernel.version, "6.12.1-1");
	ck_assert_ptr_nonnull(kernel.modules);
	ck_assert_ptr_nonnull(kernel.config);
	ck_assert_int_eq(strncmp(kernel.image, cache, strlen(cache)), 0);
}
END_TEST

static struct bytes part_deb(const char *package, const char *depends, struct sample_file file)
{
	char *control =
		mem_printf("Package: %s\nVersion: 1-1\nArchitecture: amd64\nDepends: %s\n", package, depends);
	struct bytes deb = sample_deb(control, &file, file.path ? 1 : 0, "xz");

	free(control);
	bytes_free(&file.content);
	return deb;
}

START_TEST(split_package)
{
	const char *image =
		put("linux-image-9_1-1_amd64.deb",
		    part_deb("linux-image-9",
			     "kmod | x, linux-base (>= 4), linux-binary-9 (= 1-1), linux-modules-9",
			     (struct sample_file){0}));

	put("linux-binary-9_1-1_amd64.deb",
	    part_deb("linux-binary-9", "x",
		     (struct sample_file){.path = "./usr/lib/modules/9/vmlinuz",
					  .content = sample_bzimage(SAMPLE_RELEASE)}));
	refuses(image, NULL, NULL,
		"linux-modules-9_1-1_amd64.deb, which is not there: put it beside the package");
	put("linux-modules-9_1-1_amd64.deb",
	    part_deb("linux-modules-9", "x",
		     (struct sample_file){.path = "./usr/lib/modules/9/kernel/a.ko",
					  .content = sample_module_of(NULL)}));
	accepts(image, NULL, NULL);
	ck_assert_ptr_nonnull(kernel.modules);
}
END_TEST

/* A name in the cache, as vm/fetch-debian.sh leaves it, needs no network. */
START_TEST(name_in_the_cache)
{
	struct bytes deb = sample_kernel_deb("xz");
	char sum[65];

	sha256_of(deb.data, deb.len, sum);
	put_text("cache/kernels/debian/6.12/facts",
		 keep(mem_printf("name debian/6.12\npackage linux-image-x\nversion 6.12.1-1\ndeb %s k.deb\n",
				 sum)));
	put("cache/kernels/debian/6.12/k.deb", deb);
	accepts("debian/6.12", NULL, NULL);
	ck_assert_str_eq(kernel.package, "linux-image-x");
	accepts("debian/6.12", NULL, NULL); /* unpacked before */
}
END_TEST

static void is_spoiled(const char *file)
{
	ck_assert_int_eq(resolve("debian/6.12", NULL, NULL), -1);
	ck_assert_int_eq(fault.status, EXIT_UNFINISHED);
	ck_assert_ptr_nonnull(strstr(fault.text, file));
	ck_assert_ptr_nonnull(
		strstr(fault.text, " is spoiled: run once without --offline, and it is fetched again"));
}

START_TEST(spoiled_cache)
{
	put_text("cache/kernels/debian/6.12/facts", "package p\nversion 1\ndeb 00 k.deb\n");
	put("cache/kernels/debian/6.12/k.deb", sample_kernel_deb("xz"));
	is_spoiled("k.deb");
	put_text("cache/kernels/debian/6.12/facts", "package p\nversion 1\ndeb 00 ../../../k.deb\n");
	is_spoiled("facts");
}
END_TEST

/* What was unpacked is compared with its sums when anything of it has changed, and unpacked again. */
START_TEST(spoiled_tree)
{
	static const char *const files[] = {"vmlinuz", "config", "sums",
					    "modules/kernel/drivers/net/veth.ko.xz"};
	const char *deb = put("k.deb", sample_kernel_deb("xz"));
	struct bytes before, after;

	accepts(deb, NULL, NULL);
	const char *image = keep(mem_strdup(kernel.image));
	const char *tree = keep(mem_strndup(image, strlen(image) - strlen("/vmlinuz")));
	ck_assert_int_eq(file_read(image, 1 << 20, &before, &fault), 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const char *file = keep(mem_printf("%s/%s", tree, files[i]));
		ck_assert_int_eq(access(file, F_OK), 0);
		ck_assert_int_eq(truncate(file, 10), 0);
		accepts(deb, NULL, NULL);
		ck_assert_str_eq(kernel.image, image);
		ck_assert_int_eq(file_read(file, 1 << 20, &after, &fault), 0);
		ck_assert_uint_gt(after.len, 10);
		bytes_free(&after);
	}
	ck_assert_int_eq(file_read(image, 1 << 20, &after, &fault), 0);
	ck_assert_uint_eq(after.len, before.len);
	bytes_free(&before);
	bytes_free(&after);
}
END_TEST

START_TEST(name_that_is_not_in_the_cache)
{
	ck_assert_int_eq(resolve("debian/6.12", NULL, NULL), -1);
	ck_assert_int_eq(fault.status, EXIT_UNFINISHED);
	ck_assert_str_eq(fault.text, "debian/6.12 is not in the cache: run once without --offline");
}
END_TEST

START_TEST(no_such_kernel)
{
	refuses("", NULL, NULL, "no kernel given");
	refuses("/nonexistent/bzImage", NULL, NULL, "no such file");
	refuses("a\nb\033[31m", NULL, NULL, "no kernel a?b?[31m: ");
	refuses("debian/9.9", NULL, NULL, "the known names are debian/5.10, debian/6.1, debian/6.12");
	refuses("/dev/null", NULL, NULL, "not a regular file");
	mkfifo(at("fifo"), 0600);
	refuses(at("fifo"), NULL, NULL, "not a regular file");
	refuses(dir, NULL, NULL, "without arch/x86/boot/bzImage");
	refuses(put_text("script", "#!/bin/sh\n"), NULL, NULL, "not a kernel");
	refuses(put_text("empty", ""), NULL, NULL, "is empty");
}
END_TEST

START_TEST(unreadable_kernel)
{
	const char *image = put("bzImage", sample_bzimage(SAMPLE_RELEASE));

	chmod(dir, 0755);
	chmod(image, 0);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0); /* the test's own process: libcheck forks */
	int rc = resolve(image, NULL, NULL);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(rc, -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "cannot read"));
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
}
END_TEST

START_TEST(modules_that_do_not_fit)
{
	const char *image = put("bzImage", sample_bzimage("6.13.0-other"));

	put("mods/veth.ko", sample_module_of(NULL));
	refuses(image, at("mods"), NULL, "are of kernel " SAMPLE_RELEASE ", but the kernel is 6.13.0-other");
	refuses(image, at("nowhere"), NULL, "not a folder of modules");
	refuses(image, image, NULL, "not a folder of modules");
	ck_assert_int_eq(mkdir(at("none"), 0700), 0);
	refuses(image, at("none"), NULL, "holds no modules");
}
END_TEST

START_TEST(configurations_that_do_not_fit)
{
	static const char *const needed[] = {"CONFIG_64BIT", "CONFIG_BLK_DEV_INITRD",
					     "CONFIG_SERIAL_8250_CONSOLE"};
	const char *image = put("bzImage", sample_bzimage(SAMPLE_RELEASE));

	refuses(image, NULL, at("nowhere"), "cannot read");
	refuses(image, NULL, put_text("text", "hello"), "not a kernel configuration");
	refuses(put("other", sample_bzimage("5.10.0-46-cloud-amd64")), NULL,
		put_text("config", sample_config),
		"is the configuration of kernel 6.12.1, but the kernel is 5.10.0-46-cloud-amd64");
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		char *text = mem_strdup(sample_config);

		strstr(text, needed[i])[strlen(needed[i]) + 1] = 'm'; /* a module will not do */
		refuses(image, NULL, put_text("config", text), needed[i]);
		free(text);
	}
}
END_TEST

/* A sample configuration with another value of an option; 0: not set. */
static const char *config_with(const char *option, char value)
{
	char *text = mem_strdup(sample_config), *line = strstr(text, option);

	line[value ? strlen(option) + 1 : 0] = value ? value : '#';
	const char *path = put_text("config", text);
	free(text);
	return path;
}

/* What the guest cannot be heard without, and is a module that nobody gave. */
START_TEST(drivers_that_are_not_there)
{
	const char *image = put("boot/vmlinuz-" SAMPLE_RELEASE, sample_bzimage(SAMPLE_RELEASE));

	put("mods/veth.ko", sample_module_of(NULL));
	refuses(image, NULL, config_with("CONFIG_VIRTIO_CONSOLE", 0), "lacks CONFIG_VIRTIO_CONSOLE=y");
	refuses(image, NULL, config_with("CONFIG_VIRTIO_PCI", 'm'),
		"has virtio_pci as a module, without which the tests cannot get into the guest: give "
		"--modules DIR");
	refuses(image, at("mods"), at("config"), "has virtio_pci as a module");
	put("mods/virtio_pci.ko", sample_module_of(NULL));
	accepts(image, at("mods"), at("config"));
	/* A distribution's image and configuration lie side by side. */
	put_text("boot/config-" SAMPLE_RELEASE, sample_config);
	accepts(image, NULL, NULL);
	ck_assert_str_eq(kernel.config, at("boot/config-" SAMPLE_RELEASE));
	/* A build tree before and after `make modules`. */
	put("tree/arch/x86/boot/bzImage", sample_bzimage(SAMPLE_RELEASE));
	put_text("tree/.config", "");
	ck_assert_int_eq(rename(config_with("CONFIG_VIRTIO_CONSOLE", 'm'), at("tree/.config")), 0);
	refuses(at("tree"), NULL, NULL, "has no module virtio_console, ");
	refuses(at("tree"), NULL, NULL, ": run make modules there");
	put("tree/drivers/char/virtio_console.ko", sample_module_of(NULL));
	accepts(at("tree"), NULL, NULL);
}
END_TEST

START_TEST(packages_that_do_not_fit)
{
	refuses(put("a.deb",
		    sample_deb("Package: linux-image-1\nVersion: 1\nArchitecture: arm64\n", NULL, 0, "xz")),
		NULL, NULL, "is for arm64");
	refuses(put("b.deb", sample_deb("Package: hello\nVersion: 1\nArchitecture: amd64\n", NULL, 0, "xz")),
		NULL, NULL, "holds no kernel");
	refuses(put_text("c.deb", "!<arch>\nnonsense"), NULL, NULL, "package");
}
END_TEST

START_TEST(cache_that_cannot_be_written)
{
	const char *deb = put("k.deb", sample_kernel_deb("xz"));

	put_text("cache", "a file in its place");
	ck_assert_int_eq(resolve(deb, NULL, NULL), -1);
	ck_assert_int_eq(fault.status, EXIT_UNFINISHED);
	ck_assert_ptr_nonnull(strstr(fault.text, "cannot write"));
}
END_TEST

static Suite *kernel_suite(void)
{
	Suite *suite = suite_create("vm/kernel");
	TCase *tc = tcase_create("kernel");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, bzimage_alone);
	tcase_add_test(tc, vmlinux_with_modules_and_config);
	tcase_add_test(tc, build_tree);
	tcase_add_test(tc, a_word_with_config_and_modules);
	tcase_add_test(tc, what_the_word_says_holds);
	tcase_add_test(tc, build_tree_without_modules);
	tcase_add_test(tc, one_package);
	tcase_add_test(tc, split_package);
	tcase_add_test(tc, name_in_the_cache);
	tcase_add_test(tc, spoiled_cache);
	tcase_add_test(tc, spoiled_tree);
	tcase_add_test(tc, name_that_is_not_in_the_cache);
	tcase_add_test(tc, no_such_kernel);
	tcase_add_test(tc, unreadable_kernel);
	tcase_add_test(tc, modules_that_do_not_fit);
	tcase_add_test(tc, configurations_that_do_not_fit);
	tcase_add_test(tc, drivers_that_are_not_there);
	tcase_add_test(tc, packages_that_do_not_fit);
	tcase_add_test(tc, cache_that_cannot_be_written);
	suite_add_tcase(suite, tc);
	return suite;
}
HOST_SUITE(kernel_suite)
