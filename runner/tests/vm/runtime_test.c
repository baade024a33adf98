// SPDX-License-Identifier: GPL-2.0-only
/* What of a container runtime's packages goes into an image. The packages are made here; their program is one of ours. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"
#include "runner/base/file.h"
#include "vm/runtime.h"
#include "runner/base/sha256.h"

#define CONTROL "Package: p\nVersion: 1\nArchitecture: amd64\n"
#define LIBS    "./usr/lib/x86_64-linux-gnu/"

static char *dir, *cache;
static struct fault fault;
static struct runtime runtime;
static struct bytes image;

static void setup(void)
{
	dir = sample_dir();
	cache = mem_printf("%s/cache", dir);
}

static void teardown(void)
{
	runtime_free(&runtime);
	bytes_free(&image);
	dir_remove(dir);
	free(cache);
	free(dir);
}

static struct sample_file text_file(const char *path, const char *text)
{
	struct sample_file file = {.path = path};

	bytes_append(&file.content, text, strlen(text));
	return file;
}

/* A program that needs libc.so.6 and nothing else. */
static struct sample_file program(const char *path)
{
	struct sample_file file = {.path = path};

	ck_assert_int_eq(file_read("/bin/sh", 64 << 20, &file.content, &fault), 0);
	return file;
}

/* Packages of crun in the cache, as vm/fetch-runtime.sh leaves them. */
static void fetched(struct sample_file *files, size_t count)
{
	struct bytes deb = sample_deb(CONTROL, files, count, "xz");
	char sum[65];

	sha256_of(deb.data, deb.len, sum);
	char *facts = mem_printf("name crun\npackage crun\nversion 1.8-1\ndeb %s crun.deb\n", sum);
	free(sample_put(dir, "cache/runtimes/crun/crun.deb", &deb));
	free(sample_put_text(dir, "cache/runtimes/crun/facts", facts));
	for (size_t i = 0; i < count; i++)
		bytes_free(&files[i].content);
	bytes_free(&deb);
	free(facts);
}

static int add(const char *path)
{
	const struct runtime_request request = {.name = "crun", .path = path, .offline = true};
	char *tmp, sum[65];

	runtime_free(&runtime);
	bytes_free(&image);
	fault = (struct fault){0};
	if (runtime_resolve(&request, cache, &runtime, &fault) < 0)
		return -1;
	int spool = file_begin(dir, &tmp, &fault);
	struct cpio *c = cpio_new(spool);
	int rc = runtime_add_own(&runtime, c, NULL, &fault);
	if (rc == 0)
		rc = runtime_add_packages(&runtime, c, NULL, &fault);
	int out = rc ? -1 : file_begin(dir, &tmp, &fault);
	if (out >= 0) {
		ck_assert_int_eq(cpio_write(c, out, sum), 0);
		char *name = mem_printf("%s/image", dir);
		ck_assert_int_eq(file_end(out, tmp, name, &fault), 0);
		ck_assert_int_eq(file_read(name, 64 << 20, &image, &fault), 0);
		free(name);
	}
	cpio_free(c);
	close(spool);
	return rc;
}

static void fails(const char *because)
{
	ck_assert_int_eq(add(NULL), -1);
	ck_assert_msg(strstr(fault.text, because) != NULL, "\"%s\" does not say \"%s\"", fault.text, because);
}

static bool holds(const char *name)
{
	char *entry = mem_printf("00000000%s", name);
	bool found = memmem(image.data, image.len, entry, strlen(entry) + 1);

	free(entry);
	return found;
}

START_TEST(the_program_and_what_it_needs)
{
	struct sample_file files[] = {
		program("./usr/bin/crun"),
		text_file(LIBS "libc-2.36.so", "the C library"),
		{.path = LIBS "libc.so.6", .symlink = "libc-2.36.so"},
		text_file(LIBS "libother.so.1", "nobody needs it"),
		text_file("./usr/share/doc/crun/copyright", "words"),
		text_file("./etc/passwd", "evil"),
	};

	fetched(files, sizeof(files) / sizeof(*files));
	ck_assert_msg(add(NULL) == 0, "%s", fault.text);
	ck_assert(holds("usr/bin/crun"));
	ck_assert(holds("usr/lib/x86_64-linux-gnu/libc.so.6"));
	ck_assert(holds("usr/lib/x86_64-linux-gnu/libc-2.36.so"));
	ck_assert(!holds("usr/lib/x86_64-linux-gnu/libother.so.1"));
	ck_assert(!holds("usr/share/doc/crun/copyright"));
	ck_assert(!holds("etc/passwd"));
	ck_assert_str_eq(runtime.version, "1.8-1");
	ck_assert_str_eq(runtime.package, "crun");
}
END_TEST

START_TEST(a_library_that_is_nowhere)
{
	struct sample_file files[] = {program("./usr/bin/crun")};

	fetched(files, 1);
	fails("usr/bin/crun needs libc.so.6, which is in none of its packages");
}
END_TEST

START_TEST(the_program_is_missing)
{
	struct sample_file files[] = {text_file("./usr/bin/runc", "another one")};

	fetched(files, 1);
	fails("no package of crun holds usr/bin/crun: mend vm/runtimes.list, or ");
}
END_TEST

START_TEST(a_link_into_nothing)
{
	struct sample_file files[] = {
		program("./usr/bin/crun"),
		{.path = LIBS "libc.so.6", .symlink = "/gone/libc-2.36.so"},
	};

	fetched(files, 2);
	fails("libc.so.6 needs libc-2.36.so, which is in none of its packages");
}
END_TEST

START_TEST(hostile_packages)
{
	struct sample_file outside[] = {text_file("./usr/../../etc/x", "x")};
	struct sample_file hard[] = {text_file("./usr/bin/other", "x"),
				     {.path = "./usr/bin/crun", .hardlink = "./usr/bin/other"}};

	fetched(outside, 1);
	fails("would land outside");
	fetched(hard, 2);
	fails("link or a special file in place of usr/bin/crun");
	free(sample_put_text(dir, "cache/runtimes/crun/crun.deb", "spoiled"));
	fails("crun.deb is spoiled: run once without --offline");
}
END_TEST

START_TEST(a_program_of_ones_own)
{
	char *own = sample_put_text(dir, "mine", "#!/bin/sh\n");

	ck_assert_int_eq(add("/bin/sh"), 0);
	ck_assert_int_eq(runtime.slowness, 10);
	ck_assert(holds("usr/bin/crun"));
	ck_assert(holds("lib64/ld-linux-x86-64.so.2"));
	ck_assert_ptr_null(runtime.package);
	ck_assert_int_eq(add(own), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "is not an ELF file"));
	ck_assert_int_eq(add("/nowhere/crun"), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "cannot read the runtime /nowhere/crun: No such file"));
	free(own);
}
END_TEST

START_TEST(names)
{
	struct strings list = {0};

	ck_assert_int_eq(runtime_names(&list, &fault), 0);
	ck_assert_str_eq(list.items[0], "reference");
	ck_assert_str_eq(list.items[1], "crun");
	strings_free(&list);
	ck_assert_int_eq(runtime_check("crun", &fault), 0);
	ck_assert_int_eq(runtime_check("reference", &fault), 0);
	ck_assert_int_eq(runtime_check("docker", &fault), -1);
	ck_assert_ptr_nonnull(
		strstr(fault.text, "no container runtime docker: the known ones are reference, "));
	fails("crun is not in the cache: run once without --offline");
}
END_TEST

static Suite *vm_runtime_suite(void)
{
	Suite *suite = suite_create("vm/runtime");
	TCase *t = tcase_create("runtime");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_program_and_what_it_needs);
	tcase_add_test(t, a_library_that_is_nowhere);
	tcase_add_test(t, the_program_is_missing);
	tcase_add_test(t, a_link_into_nothing);
	tcase_add_test(t, hostile_packages);
	tcase_add_test(t, a_program_of_ones_own);
	tcase_add_test(t, names);
	suite_add_tcase(suite, t);
	return suite;
}
HOST_SUITE(vm_runtime_suite)
