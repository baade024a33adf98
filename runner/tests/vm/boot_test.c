// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "runner/base/mem.h"
#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"
#include "vm/boot.h"

static void accepts(struct bytes b, const char *release)
{
	char got[RELEASE_MAX + 1];
	struct fault fault = {0};

	ck_assert_msg(boot_release(b.data, b.len, "K", got, &fault) == 0, "%s", fault.text);
	ck_assert_str_eq(got, release);
	bytes_free(&b);
}

static void refuses(struct bytes b, const char *because)
{
	char got[RELEASE_MAX + 1];
	struct fault fault = {0};

	ck_assert_int_eq(boot_release(b.data, b.len, "K", got, &fault), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	ck_assert_msg(strstr(fault.text, because) != NULL, "\"%s\" does not say \"%s\"", fault.text, because);
	ck_assert_ptr_null(strchr(fault.text, '\n'));
	bytes_free(&b);
}

static struct bytes text(const char *s)
{
	struct bytes b = {0};

	bytes_append(&b, s, strlen(s));
	return b;
}

START_TEST(kernels)
{
	accepts(sample_bzimage(SAMPLE_RELEASE), SAMPLE_RELEASE);
	accepts(sample_bzimage("7.3.4+deb13-cloud-amd64"), "7.3.4+deb13-cloud-amd64");
	accepts(sample_vmlinux(SAMPLE_RELEASE, true), SAMPLE_RELEASE);
}
END_TEST

START_TEST(no_kernels)
{
	refuses((struct bytes){0}, "is empty");
	refuses(text("#!/bin/sh\n"), "not a kernel");
	refuses(text("\x1f\x8b and so on"), "compressed");
	refuses(text("\x7f"
		     "ELF"),
		"cut short");
	refuses(sample_vmlinux("%s", true), "is no kernel");
	refuses(sample_vmlinux(SAMPLE_RELEASE, false), "no PVH entry");
}
END_TEST

START_TEST(other_architectures)
{
	struct bytes b = sample_vmlinux(SAMPLE_RELEASE, true);

	b.data[18] = 183; /* EM_AARCH64 */
	refuses(b, "another architecture");
	b = sample_bzimage(SAMPLE_RELEASE);
	b.data[0x236] = 0;
	refuses(b, "32-bit");
	b = sample_bzimage(SAMPLE_RELEASE);
	b.data[0x206] = 0x0b;
	refuses(b, "32-bit");
	b = (struct bytes){0};
	bytes_append(&b, (char[64]){0}, 64);
	memcpy(b.data + 0x38, "ARM\x64", 4);
	refuses(b, "arm64");
}
END_TEST

START_TEST(damaged_headers)
{
	struct bytes b = sample_bzimage(SAMPLE_RELEASE);

	b.len = 2048;
	refuses(b, "cut short");
	b = sample_bzimage(SAMPLE_RELEASE);
	b.data[0x20f] = 0xff; /* the version string lies beyond the setup */
	refuses(b, "damaged");
	refuses(sample_bzimage("../../etc"), "damaged");
	refuses(sample_bzimage(""), "damaged");
	b = sample_bzimage("");
	memset(b.data + 0x400, 'a', 200);
	refuses(b, "damaged");
}
END_TEST

/* Cut at every length: never a crash; a fault or, near the end, still the right release. */
START_TEST(cut_everywhere)
{
	struct bytes whole[] = {sample_bzimage(SAMPLE_RELEASE), sample_vmlinux(SAMPLE_RELEASE, true)};
	char got[RELEASE_MAX + 1];

	for (size_t n = 0; n < 2; n++) {
		for (size_t len = 0; len < whole[n].len; len++) {
			struct bytes cut = {0};
			struct fault fault = {0};

			bytes_append(&cut, whole[n].data, len);
			int rc = boot_release(cut.data, cut.len, "K", got, &fault);
			ck_assert((rc == 0) == (fault.status == 0));
			ck_assert(rc < 0 || n || len + 512 >= whole[n].len);
			bytes_free(&cut);
		}
		bytes_free(&whole[n]);
	}
}
END_TEST

static Suite *boot_suite(void)
{
	Suite *suite = suite_create("vm/boot");
	TCase *tc = tcase_create("boot");

	tcase_add_test(tc, kernels);
	tcase_add_test(tc, no_kernels);
	tcase_add_test(tc, other_architectures);
	tcase_add_test(tc, damaged_headers);
	tcase_add_test(tc, cut_everywhere);
	suite_add_tcase(suite, tc);
	return suite;
}
HOST_SUITE(boot_suite)
