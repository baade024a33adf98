// SPDX-License-Identifier: GPL-2.0-only
/* --watch: what begins another round, what does not, and how it ends. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/host/watch.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

static char *in_dir(const char *name)
{
	return mem_printf("%s/%s", dir, name);
}

/* Another kernel by a rename, as install(1) and linkers do. */
static void replace_kernel(const char *line)
{
	char *from = in_dir("k.new"), *to = in_dir("k");

	write_kernel("k.new", line);
	ck_assert_int_eq(rename(from, to), 0);
	free(from);
	free(to);
}

START_TEST(another_kernel_begins_another_round)
{
	write_kernel("k", "6.1.0-fake");
	pid_t pid = start("", "--accel tcg --jobs 1 -o out --watch -k k a.one.first");

	await("==== round 1 ended with status 0; the next one begins with another ");
	write_kernel("k", "6.1.0-fake"); /* the same again */
	write_kernel("other", "nobody looks at it");
	replace_kernel("6.2.0-fake fail:a.one.first");
	await("==== round 2 ended with status 1;");
	write_kernel("k", "6.3.0-fake");
	await("==== round 3 ended with status 0;");
	replace_kernel("6.4.0-fake fail:a.one.first");
	await("==== round 4 ended with status 1;");
	kill(pid, SIGINT);
	IS_STATUS(wait_status(pid), 1);
	holds(output, ": another k ====\n");
	holds(output, "6.2.0-fake: 0 passed, 1 failed");
	ck_assert_ptr_null(strstr(output, "round 5"));
	free(slurp("out/1/results.json"));
	free(slurp("out/4/results.json"));
}
END_TEST

START_TEST(other_tests_begin_another_round)
{
	pid_t pid = start("", "--accel tcg --jobs 1 -o out --watch a.one.first");
	char *command = mem_printf("sed -i s/a.one.second/a.one.new/ '%s/guest'", dir);

	await("==== round 1 ended with status 0;");
	ck_assert_int_eq(system(command), 0);
	await("==== round 2 ended with status 0;");
	kill(pid, SIGTERM);
	IS_STATUS(wait_status(pid), 0);
	free(command);
}
END_TEST

START_TEST(an_interrupt_ends_the_round_too)
{
	pid_t pid = start("hang:a.one.second", "--accel tcg --jobs 1 -o out --watch a.one");

	await("a.one.first");
	kill(pid, SIGINT);
	await("note: interrupted");
	kill(pid, SIGINT);
	IS_STATUS(wait_status(pid), 130);
	holds(output, "1 miss");
}
END_TEST

START_TEST(a_round_that_cannot_begin_waits_for_the_next)
{
	write_kernel("k", "6.1.0-fake");
	pid_t pid = start("", "--accel tcg --jobs 1 -o out --watch -k k a.one.none");

	await("nscheck: a.one.none matches no test");
	await("==== round 1 ended with status 2;");
	kill(pid, SIGINT);
	IS_STATUS(wait_status(pid), 2);
}
END_TEST

static void append(int fd, const void *data, size_t len)
{
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
}

START_TEST(a_file_is_whole_when_its_header_says_so)
{
	/* Two sectors and 32 bytes. */
	unsigned char head[1024] = {[0x1f1] = 1, [0x1f4] = 2, [0x202] = 'H', 'd', 'r', 'S'};
	char *path = in_dir("bzImage");
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ck_assert(!watch_is_whole(path));
	append(fd, head, sizeof(head));
	close(fd);
	ck_assert(!watch_is_whole(path));
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	append(fd, head, 32);
	ck_assert(!watch_is_whole(path)); /* as long as somebody writes */
	close(fd);
	ck_assert(watch_is_whole(path));
	ck_assert(!watch_is_whole(dir));
	char *self = in_dir("program"),
	     *command = mem_printf("head -c 100000 /proc/%d/exe >'%s'", getpid(), self);
	ck_assert_int_eq(system(command), 0);
	ck_assert(!watch_is_whole(self));
	ck_assert(watch_is_whole("/proc/self/exe"));
	free(command);
	free(self);
	free(path);
}
END_TEST

static Suite *watch_suite(void)
{
	Suite *s = suite_create("host/watch");
	TCase *t = tcase_create("fake machine");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, another_kernel_begins_another_round);
	tcase_add_test(t, other_tests_begin_another_round);
	tcase_add_test(t, an_interrupt_ends_the_round_too);
	tcase_add_test(t, a_round_that_cannot_begin_waits_for_the_next);
	tcase_add_test(t, a_file_is_whole_when_its_header_says_so);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(watch_suite)
