// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm/fetch-debian.sh against a made-up apt that is first in PATH: what it chooses, what it leaves in the cache, and what it says
 * when apt fails. The true apt is used by every run of a named kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runner/base/mem.h"
#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"
#include "runner/base/file.h"
#include "vm/package.h"
#include "vm/parcel.h"

/* APT_SAYS is what it prints before it fails; "indextargets" gives the system's mirrors. */
static const char apt_get[] = "#!/bin/sh\n"
			      "case \"$*\" in\n"
			      "*indextargets*) echo \"$MIRRORS\" ;;\n"
			      "*download*) [ -z \"$APT_SAYS\" ] || { echo \"$APT_SAYS\"; exit 100; }\n"
			      "	for last; do :; done\n"
			      "	cp \"$DEB\" \"${last%%=*}_${last#*=}_amd64.deb\" ;;\n"
			      "*update*) [ -z \"$UPDATE_SAYS\" ] || { echo \"$UPDATE_SAYS\"; exit 100; } ;;\n"
			      "esac\n";

static const char apt_cache[] =
	"#!/bin/sh\n"
	"case \"$1\" in\n"
	"pkgnames) printf 'linux-image-6.12.%s-cloud-amd64\\n' 9 10 9+deb13\n"
	"	echo linux-image-6.12-cloud-amd64; echo linux-image-6.12.10-cloud-arm64 ;;\n"
	"madison) version=${2#linux-image-}\n"
	"	echo \" $2 | ${version%%-*}-1 | mirror suite/main amd64 Packages\"\n"
	"	echo \" $2 | 7.0.1-1 | mirror suite/main Sources\" ;;\n"
	"show) case $2 in $ABSENT*) exit ;; esac; echo \"Package: $2\"; echo \"Size: 1000\"\n"
	"	echo 'Depends: linux-base (>= 4), linux-binary-6.12.10 (= 6.12.10-1), linux-modules-6.12.10 "
	"(= 6.12.10-1)' ;;\n"
	"esac\n";

static char *dir, *cache;
static struct fault fault;
static struct package_tree tree;

static void script(const char *name, const char *text)
{
	char *path = sample_put_text(dir, name, text);

	ck_assert_int_eq(chmod(path, 0700), 0);
	free(path);
}

static void set_path(void)
{
	char *path = mem_printf("%s/bin:%s", dir, getenv("PATH"));

	setenv("PATH", path, 1);
	free(path);
}

static void setup(void)
{
	struct bytes deb = sample_kernel_deb("xz");

	dir = sample_dir();
	cache = mem_printf("%s/cache", dir);
	char *path = sample_put(dir, "k.deb", &deb), *keyring = sample_put_text(dir, "keyring", "");
	script("bin/apt-get", apt_get);
	script("bin/apt-cache", apt_cache);
	script("bin/apt-config", "#!/bin/sh\necho 'Acquire::http::Proxy \"p\";'\necho "
				 "'Acquire::AllowInsecureRepositories \"1\";'\n");
	set_path();
	setenv("DEB", path, 1);
	setenv("NSCHECK_KEYRING", keyring, 1);
	setenv("MIRRORS",
	       "http://m/debian/|Debian|Debian|bookworm\nhttp://s/debian-security|Debian|Debian-Security|b",
	       1);
	setenv("ABSENT", "none", 1);
	unsetenv("APT_SAYS");
	unsetenv("UPDATE_SAYS");
	bytes_free(&deb);
	free(keyring);
	free(path);
}

static void teardown(void)
{
	package_free(&tree);
	dir_remove(dir);
	free(cache);
	free(dir);
}

static int fetch(const char *name, const char *mirror)
{
	package_free(&tree);
	fault = (struct fault){0};
	return package_named(name, mirror, false, cache, NULL, &tree, &fault);
}

static void fails(int status, const char *because)
{
	ck_assert_int_eq(fetch("debian/6.12", NULL), -1);
	ck_assert_int_eq(fault.status, status);
	ck_assert_msg(strstr(fault.text, because) != NULL, "\"%s\" does not say \"%s\"", fault.text, because);
}

static void cache_file_has(const char *name, const char *text)
{
	char *path = mem_printf("%s/%s", cache, name);
	struct bytes b;

	ck_assert_msg(file_read(path, 1 << 20, &b, &fault) == 0, "%s", fault.text);
	ck_assert_msg(memmem(b.data, b.len, text, strlen(text)) != NULL, "%s lacks %s: %.*s", path, text,
		      (int)b.len, b.data);
	bytes_free(&b);
	free(path);
}

/* The parts all hold the same file here, so that unpacking finds it thrice: the newest was chosen, with its parts. */
START_TEST(newest_with_its_parts)
{
	fails(EXIT_BAD_INPUT, "comes twice");
	cache_file_has("kernels/debian/6.12/facts", "version 6.12.10-1\n");
	cache_file_has("kernels/debian/6.12/facts", " linux-binary-6.12.10_6.12.10-1_amd64.deb\n");
	cache_file_has("kernels/debian/6.12/facts", " linux-modules-6.12.10_6.12.10-1_amd64.deb\n");
	cache_file_has("apt/sources.list", "http://m/debian trixie main\n");
	cache_file_has("apt/sources.list", "http://s/debian-security trixie-security main\n");
	cache_file_has("apt/apt.conf", "Acquire::http::Proxy \"p\";");
}
END_TEST

/* A superseded kernel: its modules have left the archive before its image. */
START_TEST(parts_that_are_gone)
{
	setenv("ABSENT", "linux-binary", 1);
	fails(EXIT_UNFINISHED, "has no longer what debian/6.12 needs: linux-binary-6.12.10 6.12.10-1");
	setenv("ABSENT", "linux-modules", 1);
	fails(EXIT_BAD_INPUT, "comes twice");
	cache_file_has("kernels/debian/6.12/facts", "absent linux-modules-6.12.10\n");
}
END_TEST

START_TEST(unsigned_repositories_stay_forbidden)
{
	struct bytes b;
	char *path = mem_printf("%s/apt/apt.conf", cache);

	fetch("debian/6.12", NULL);
	ck_assert_int_eq(file_read(path, 1 << 20, &b, &fault), 0);
	ck_assert_ptr_null(memmem(b.data, b.len, "Insecure", 8));
	bytes_free(&b);
	free(path);
}
END_TEST

START_TEST(mirror_of_the_user)
{
	fetch("debian/6.12", "http://mine/debian");
	cache_file_has("apt/sources.list", "http://mine/debian trixie main\n");
	cache_file_has("apt/sources.list", "http://mine/debian-security trixie-security main\n");
	fetch("debian/6.1", "http://a/d,http://b/s");
	cache_file_has("apt/sources.list", "http://b/s bookworm-security main\n");
}
END_TEST

START_TEST(apt_that_fails)
{
	static const struct {
		const char *says, *because;
	} cases[] = {
		{"E: Failed to fetch http://m/x  Could not resolve 'm'", "check the network or --mirror"},
		{"W: GPG error: NO_PUBKEY 1234", "signature"},
		{"E: write error - write (28: No space left on device)", "no space left"},
		{"E: Release file for x is expired (invalid since 3d)", "clock is wrong"},
		{"Err:1 http://m/x\n  404  Not Found\nE: Failed to fetch http://m/x  404  Not Found",
		 "has no longer"},
		{"", ""},
	};

	for (int i = 0; *cases[i].says; i++) {
		setenv("UPDATE_SAYS", cases[i].says, 1);
		fails(EXIT_UNFINISHED, cases[i].because);
	}
	unsetenv("UPDATE_SAYS");
	setenv("APT_SAYS", cases[0].says, 1);
	fails(EXIT_UNFINISHED, cases[0].because);
}
END_TEST

START_TEST(nothing_half_done_is_left)
{
	setenv("APT_SAYS", "E: broken", 1);
	fails(EXIT_UNFINISHED, "broken");
	char *command = mem_printf("[ -z \"$(ls -A %s/kernels)\" ]", cache);
	ck_assert_int_eq(system(command), 0);
	free(command);
}
END_TEST

/* What the next call says on standard error, which goes to a file from here on. */
static void listen_to_errors(void)
{
	char *path = mem_printf("%s/errors", dir);

	ck_assert_ptr_nonnull(freopen(path, "w", stderr));
	free(path);
}

static void said(const char *text)
{
	char *path = mem_printf("%s/errors", dir);
	struct bytes b;

	fflush(stderr);
	ck_assert_int_eq(file_read(path, 1 << 20, &b, &fault), 0);
	ck_assert_msg(memmem(b.data, b.len, text, strlen(text)) != NULL, "no \"%s\": %.*s", text, (int)b.len,
		      b.data);
	bytes_free(&b);
	free(path);
}

static int get(bool offline)
{
	const struct parcel_request request = {
		.script = "vm/fetch-debian.sh", .kind = "kernels", .name = "debian/6.12", .offline = offline};
	struct parcel parcel;

	fault = (struct fault){0};
	int rc = parcel_get(&request, cache, NULL, &parcel, &fault);
	ck_assert_uint_eq(parcel.files.count, rc == 0 ? 3 : parcel.files.count);
	parcel_free(&parcel);
	return rc;
}

START_TEST(spoiled_packages_are_fetched_again)
{
	static const char *const files[] = {"linux-binary-6.12.10_6.12.10-1_amd64.deb", "facts"};

	listen_to_errors();
	ck_assert_msg(get(false) == 0, "%s", fault.text);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char *name = mem_printf("cache/kernels/debian/6.12/%s", files[i]);
		char *line = mem_printf("%s is spoiled: it is fetched again\n", files[i]);
		free(sample_put_text(dir, name, "nonsense"));
		ck_assert_int_eq(get(true), -1);
		ck_assert_int_eq(fault.status, EXIT_UNFINISHED);
		ck_assert_ptr_nonnull(strstr(fault.text, "run once without --offline"));
		ck_assert_msg(get(false) == 0, "%s", fault.text);
		said(line);
		ck_assert_int_eq(get(true), 0);
		free(name);
		free(line);
	}
}
END_TEST

START_TEST(no_mirror)
{
	setenv("MIRRORS", "http://m/ubuntu|Ubuntu|Ubuntu|jammy", 1);
	fails(EXIT_UNFINISHED, "no Debian mirror");
}
END_TEST

START_TEST(no_keyring)
{
	setenv("NSCHECK_KEYRING", "/nonexistent", 1);
	fails(EXIT_UNFINISHED, "install the package debian-archive-keyring");
}
END_TEST

START_TEST(no_package_of_that_version)
{
	ck_assert_int_eq(fetch("debian/5.10", NULL), -1);
	ck_assert_int_eq(fault.status, EXIT_UNFINISHED);
	ck_assert_ptr_nonnull(strstr(fault.text, "has no package for debian/5.10"));
}
END_TEST

START_TEST(unknown_name)
{
	ck_assert_int_eq(fetch("debian/9.9", NULL), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	ck_assert_ptr_nonnull(strstr(fault.text, "the known names are debian/5.10, debian/6.1"));
}
END_TEST

static Suite *fetch_suite(void)
{
	Suite *suite = suite_create("vm/fetch");
	TCase *tc = tcase_create("fetch");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, newest_with_its_parts);
	tcase_add_test(tc, parts_that_are_gone);
	tcase_add_test(tc, unsigned_repositories_stay_forbidden);
	tcase_add_test(tc, mirror_of_the_user);
	tcase_add_test(tc, apt_that_fails);
	tcase_add_test(tc, nothing_half_done_is_left);
	tcase_add_test(tc, spoiled_packages_are_fetched_again);
	tcase_add_test(tc, no_mirror);
	tcase_add_test(tc, no_keyring);
	tcase_add_test(tc, no_package_of_that_version);
	tcase_add_test(tc, unknown_name);
	suite_add_tcase(suite, tc);
	return suite;
}
HOST_SUITE(fetch_suite)
