// SPDX-License-Identifier: GPL-2.0-only
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/file.h"
#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"
#include "vm/share.h"

enum { IMAGE = 512 };

static char *dir, *initrd, *shared;

static void setup(void)
{
	char zeros[IMAGE] = "an image";
	struct bytes image = {.data = (unsigned char *)zeros, .len = IMAGE};

	dir = sample_dir();
	initrd = sample_put(dir, "image", &image);
	free(sample_put_text(dir, "shared/sub/file", "content"));
	free(sample_put_text(dir, "shared/empty", ""));
	shared = mem_printf("%s/shared", dir);
}

static void teardown(void)
{
	dir_remove(dir);
	free(dir);
	free(initrd);
	free(shared);
}

/* The entries of what comes behind the image, a line each, with kind, permissions and content; to free. */
static char *entries(int fd)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	struct strings lines = {0};

	ck_assert_int_eq(lseek(fd, IMAGE, SEEK_SET), IMAGE);
	archive_read_support_format_cpio(a);
	ck_assert_int_eq(archive_read_open_fd(a, fd, 512), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		char content[64] = "";
		const char *target = archive_entry_symlink(e);

		archive_read_data(a, content, sizeof(content) - 1);
		strings_take(&lines,
			     mem_printf("%s %o %s", archive_entry_pathname(e),
					(unsigned int)archive_entry_mode(e), target ? target : content));
	}
	archive_read_free(a);
	char *all = strings_join(&lines, "\n");
	strings_free(&lines);
	return all;
}

START_TEST(a_folder_comes_behind_the_image)
{
	struct fault fault = {0};
	char *link = mem_printf("%s/link", shared), *fifo = mem_printf("%s/fifo", shared),
	     *run = mem_printf("%s/sub/file", shared), *slash = mem_printf("%s/", shared), head[IMAGE];

	ck_assert_int_eq(symlink("sub/file", link), 0);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_int_eq(chmod(run, 0755), 0);
	ck_assert_int_eq(chmod(shared, 0755), 0);
	int fd = share_pack(slash, initrd, 100, &fault);
	ck_assert_msg(fd >= 0, "%s", fault.text);
	ck_assert_int_eq(pread(fd, head, IMAGE, 0), IMAGE);
	ck_assert_str_eq(head, "an image");
	char *all = entries(fd);
	ck_assert_ptr_nonnull(strstr(all, "share 40755 \n"));
	ck_assert_ptr_nonnull(strstr(all, "\nshare/empty 100"));
	ck_assert_ptr_nonnull(strstr(all, "\nshare/link 120777 sub/file\n"));
	ck_assert_ptr_nonnull(strstr(all, "\nshare/sub 40"));
	ck_assert_ptr_nonnull(strstr(all, "\nshare/sub/file 100755 content"));
	ck_assert_ptr_null(strstr(all, "fifo"));
	close(fd);
	free(all);
	free(link);
	free(fifo);
	free(run);
	free(slash);
}
END_TEST

START_TEST(what_cannot_be_shared_is_told)
{
	struct fault fault = {0};

	ck_assert_int_eq(share_pack(shared, initrd, 6, &fault), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	ck_assert_ptr_nonnull(strstr(fault.text, "more --memory"));
	fault = (struct fault){0};
	ck_assert_int_eq(share_pack(initrd, initrd, 100, &fault), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "there is no such folder"));
}
END_TEST

static Suite *share(void)
{
	Suite *s = suite_create("vm/share");
	TCase *t = tcase_create("share");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_folder_comes_behind_the_image);
	tcase_add_test(t, what_cannot_be_shared_is_told);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(share)
