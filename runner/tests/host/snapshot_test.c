// SPDX-License-Identifier: GPL-2.0-only
/* What is kept on disk of a machine: its snapshots. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/host/snapshot.h"
#include "runner/tests/tests.h"

static char dir[64];
static struct fault fault;

static void setup(void)
{
	fault = (struct fault){0};
	strcpy(dir, "/tmp/nscheck-snapshot-XXXXXX");
	ck_assert(mkdtemp(dir));
}

static void teardown(void)
{
	char *command = mem_printf("rm -rf '%s'", dir);

	ck_assert_int_eq(system(command), 0);
	free(command);
}

static void save(struct snapshots *s, const char *key, size_t size)
{
	char *content = mem_zalloc(size);

	snapshot_find(s, key);
	int fd = snapshot_begin(s);
	ck_assert_int_ge(fd, 0);
	memset(content, 's', size);
	ck_assert(write(fd, content, size) == (ssize_t)size);
	free(content);
	ck_assert_int_eq(snapshot_commit(s, fd, true, "6.0"), 0);
}

START_TEST(a_snapshot_comes_back)
{
	struct snapshots s;
	char text[4] = "";
	struct stat st;

	ck_assert_int_eq(snapshots_init(&s, dir, 1, &fault), 0);
	ck_assert(!snapshot_find(&s, "k"));
	ck_assert_int_eq(snapshot_open(&s), -1);
	save(&s, "k", 1000);
	ck_assert(snapshot_find(&s, "k") && s.serial && !strcmp(s.release, "6.0"));
	int fd = snapshot_open(&s);
	ck_assert(read(fd, text, 3) == 3 && !strcmp(text, "sss"));
	ck_assert(!fstat(fd, &st) && (st.st_mode & 0777) == 0600);
	close(fd);
	ck_assert(!snapshot_find(&s, "other"));
	snapshots_close(&s);
}
END_TEST

static char *snap_path(const char *key)
{
	return mem_printf("%s/snapshots/%s.snap", dir, key);
}

START_TEST(a_changed_snapshot_is_thrown_away)
{
	struct snapshots s;
	char *path = snap_path("k");

	ck_assert_int_eq(snapshots_init(&s, dir, 1, &fault), 0);
	for (int how = 0; how < 4; how++) {
		save(&s, "k", 1000);
		int fd = open(path, O_RDWR | O_CLOEXEC);
		if (how == 0)
			ck_assert_int_eq(pwrite(fd, "x", 1, 4500), 1); /* its time tells */
		else if (how == 1)
			ck_assert_int_eq(ftruncate(fd, 4500), 0);
		else if (how == 2)
			ck_assert_int_eq(fchmod(fd, 0644), 0);
		else
			ck_assert_int_eq(pwrite(fd, "x", 1, 0), 1);
		close(fd);
		ck_assert_msg(!snapshot_find(&s, "k"), "case %d", how);
		ck_assert_int_eq(access(path, F_OK), -1);
	}
	snapshots_close(&s);
	free(path);
}
END_TEST

/* After a reboot of the host the content is verified, whatever inode and time say. */
START_TEST(a_snapshot_of_an_earlier_boot_is_summed)
{
	struct snapshots s;
	char *path = snap_path("k"), header[512];
	struct stat st;

	ck_assert_int_eq(snapshots_init(&s, dir, 1, &fault), 0);
	for (int damaged = 0; damaged < 2; damaged++) {
		save(&s, "k", 100000);
		int fd = open(path, O_RDWR | O_CLOEXEC);
		ck_assert_int_eq(fstat(fd, &st), 0);
		ck_assert_int_eq(pread(fd, header, sizeof(header), 0), sizeof(header));
		char *boot = memmem(header, sizeof(header), "6.0", 3) + 65; /* the field behind the release */
		boot[0] ^= 1;
		ck_assert_int_eq(pwrite(fd, header, sizeof(header), 0), sizeof(header));
		if (damaged)
			ck_assert_int_eq(pwrite(fd, "x", 1, 70000), 1);
		const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, st.st_mtim};
		ck_assert_int_eq(futimens(fd, times), 0);
		close(fd);
		ck_assert_int_eq(snapshot_find(&s, "k"), !damaged);
	}
	snapshots_close(&s);
	free(path);
}
END_TEST

START_TEST(the_least_recently_used_make_room)
{
	struct snapshots s;
	char *a = snap_path("a"), *b = snap_path("b"), *c = snap_path("c");

	ck_assert_int_eq(snapshots_init(&s, dir, 1, &fault), 0);
	save(&s, "a", 400000);
	usleep(20000);
	save(&s, "b", 400000);
	usleep(20000);
	ck_assert(snapshot_find(&s, "a")); /* used again */
	save(&s, "c", 400000);
	ck_assert_int_eq(access(a, F_OK), 0);
	ck_assert_int_eq(access(b, F_OK), -1);
	ck_assert_int_eq(access(c, F_OK), 0);
	snapshot_discard(&s);
	ck_assert_int_eq(access(c, F_OK), -1);
	snapshots_close(&s);
	free(a);
	free(b);
	free(c);
}
END_TEST

static Suite *snapshots(void)
{
	Suite *s = suite_create("host/snapshot");
	TCase *t = tcase_create("snapshots");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_snapshot_comes_back);
	tcase_add_test(t, a_changed_snapshot_is_thrown_away);
	tcase_add_test(t, a_snapshot_of_an_earlier_boot_is_summed);
	tcase_add_test(t, the_least_recently_used_make_room);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(snapshots)
