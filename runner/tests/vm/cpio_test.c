// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/tests/tests.h"
#include "vm/cpio.h"
#include "runner/base/file.h"
#include "runner/base/sha256.h"

/* A header of newc: magic and 13 fields; those that vary between our entries. */
#define HEADER(inode, mode, links, size, major, minor, name)                                                 \
	"070701" inode mode "00000000"                                                                       \
	"00000000" links "00000000" size "00000000"                                                          \
	"00000000" major minor name "00000000"
#define ZERO "00000000"

static void expect(const struct bytes *b, size_t *at, const char *what, size_t len)
{
	ck_assert_uint_le(*at + len, b->len);
	ck_assert_mem_eq(b->data + *at, what, len);
	*at += len;
}

#define EXPECT(b, at, text) expect(b, at, text, sizeof(text) - 1)

static struct cpio *begin(void)
{
	int spool = memfd_create("spool", MFD_CLOEXEC);

	ck_assert_int_ge(spool, 0);
	return cpio_new(spool);
}

static struct bytes end(struct cpio *c)
{
	int fd = memfd_create("image", MFD_CLOEXEC);
	char sum[65], expected[65], *path = mem_printf("/dev/fd/%d", fd);
	struct fault fault = {0};
	struct bytes b;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(cpio_write(c, fd, sum), 0);
	ck_assert_int_eq(file_read(path, 1 << 20, &b, &fault), 0);
	sha256_of(b.data, b.len, expected);
	ck_assert_str_eq(sum, expected);
	close(fd);
	free(path);
	return b;
}

START_TEST(golden_bytes)
{
	struct cpio *c = begin();
	size_t at = 0;

	/* Not in order, and without the parent. */
	cpio_symlink(c, "z", "bin/a");
	cpio_file(c, "bin/a", 0755, "hello", 5);
	cpio_chardev(c, "console", 0600, 5, 1);
	struct bytes b = end(c);

	EXPECT(&b, &at, HEADER("00000001", "000041ED", "00000002", ZERO, ZERO, ZERO, "00000004") "bin\0\0\0");
	EXPECT(&b, &at,
	       HEADER("00000002", "000081ED", "00000001", "00000005", ZERO, ZERO, "00000006") "bin/a\0");
	EXPECT(&b, &at, "hello\0\0\0");
	EXPECT(&b, &at,
	       HEADER("00000003", "00002180", "00000001", ZERO, "00000005", "00000001",
		      "00000008") "console\0");
	EXPECT(&b, &at, "\0\0");
	EXPECT(&b, &at, HEADER("00000004", "0000A1FF", "00000001", "00000005", ZERO, ZERO, "00000002") "z\0");
	EXPECT(&b, &at, "bin/a\0\0\0");
	EXPECT(&b, &at, HEADER(ZERO, ZERO, "00000001", ZERO, ZERO, ZERO, "0000000B") "TRAILER!!!\0");
	ck_assert_uint_eq(b.len, 1024);
	for (; at < b.len; at++)
		ck_assert_uint_eq(b.data[at], 0);
	bytes_free(&b);
	cpio_free(c);
}
END_TEST

static struct bytes three(const char *const *order)
{
	struct cpio *c = begin();

	for (int i = 0; i < 3; i++)
		cpio_file(c, order[i], 0644, order[i], strlen(order[i]));
	struct bytes b = end(c);
	cpio_free(c);
	return b;
}

START_TEST(order_of_adding_does_not_matter)
{
	struct bytes a = three((const char *const[]){"a/b", "a-b", "aa/c"});
	struct bytes b = three((const char *const[]){"aa/c", "a/b", "a-b"});

	ck_assert_uint_eq(a.len, b.len);
	ck_assert_mem_eq(a.data, b.data, a.len);
	bytes_free(&a);
	bytes_free(&b);
}
END_TEST

START_TEST(first_of_one_path_stays)
{
	struct cpio *c = begin();

	cpio_file(c, "ip", 0755, "iproute2", 8);
	cpio_symlink(c, "ip", "/bin/busybox");
	struct bytes b = end(c);

	ck_assert_ptr_nonnull(memmem(b.data, b.len, "iproute2", 8));
	ck_assert_ptr_null(memmem(b.data, b.len, "busybox", 7));
	bytes_free(&b);
	cpio_free(c);
}
END_TEST

START_TEST(full_disk_is_told)
{
	struct cpio *c = begin();
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	char sum[65];

	cpio_file(c, "a", 0644, "content", 7);
	ck_assert_int_eq(cpio_write(c, full, sum), -1);
	ck_assert_int_eq(errno, ENOSPC);
	close(full);
	cpio_free(c);
}
END_TEST

static Suite *cpio_suite(void)
{
	Suite *suite = suite_create("vm/cpio");
	TCase *tc = tcase_create("cpio");

	tcase_add_test(tc, golden_bytes);
	tcase_add_test(tc, order_of_adding_does_not_matter);
	tcase_add_test(tc, first_of_one_path_stays);
	tcase_add_test(tc, full_disk_is_told);
	suite_add_tcase(suite, tc);
	return suite;
}
HOST_SUITE(cpio_suite)
