// SPDX-License-Identifier: GPL-2.0-only
/* What a user of --gdb is told to type. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "runner/base/file.h"
#include "runner/base/mem.h"
#include "runner/host/debugger.h"
#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"

static char *dir;
static struct debugger debugger;
static struct fault fault;

static void setup(void)
{
	dir = sample_dir();
	setenv("TMPDIR", dir, 1);
	debugger = (struct debugger){.fd = -1};
	fault = (struct fault){0};
	ck_assert_msg(!debugger_listen(&debugger, &fault), "%s", fault.text);
}

static void teardown(void)
{
	debugger_close(&debugger);
	dir_remove(dir);
	free(dir);
}

static void says(const char *image, const char *line)
{
	struct kernel kernel = {.image = (char *)image, .release = (char *)"6.0.0-of-nobody"};
	char *hint = debugger_hint(&debugger, &kernel);

	ck_assert_msg(strstr(hint, line) != NULL, "'%s' is not in: %s", line, hint);
	free(hint);
}

START_TEST(the_two_lines)
{
	char *image = sample_put_text(dir, "tree/arch/x86/boot/bzImage", "kernel");
	char *target = mem_printf("\n    target remote %s", debugger.path);

	says(image, "\n    gdb\n");
	says(image, "no vmlinux is known of this kernel");
	says(image, target);
	free(target);
	free(sample_put_text(dir, "tree/vmlinux", "symbols"));
	char *full = realpath(dir, NULL), *gdb = mem_printf("\n    gdb %s/tree/vmlinux\n", full);
	says(image, gdb);
	free(gdb);
	free(image);
	image = sample_put_text(dir, "own", "\177ELF and more");
	gdb = mem_printf("\n    gdb %s/own\n", full);
	says(image, gdb);
	free(full);
	free(gdb);
	free(image);
}
END_TEST

START_TEST(only_the_user_may_come)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct stat st;

	strncpy(address.sun_path, debugger.path, sizeof(address.sun_path) - 1);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	ck_assert_int_eq(stat(debugger.dir, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
	char *was = mem_strdup(debugger.dir);
	debugger_close(&debugger);
	ck_assert(!file_exists(was));
	free(was);
}
END_TEST

START_TEST(a_path_that_no_socket_can_have)
{
	char *deep = mem_printf("%s/%0100d", dir, 0);

	debugger_close(&debugger);
	ck_assert_int_eq(debugger_listen(&debugger, &fault), 0);
	debugger_close(&debugger);
	setenv("TMPDIR", deep, 1);
	ck_assert_int_eq(debugger_listen(&debugger, &fault), -1);
	ck_assert_int_eq(fault.status, EXIT_UNFINISHED);
	debugger_close(&debugger);
	ck_assert_int_eq(mkdir(deep, 0700), 0);
	fault = (struct fault){0};
	ck_assert_int_eq(debugger_listen(&debugger, &fault), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "set TMPDIR"));
	free(deep);
}
END_TEST

static Suite *debugger_suite(void)
{
	Suite *suite = suite_create("host debugger");
	TCase *t = tcase_create("debugger");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_two_lines);
	tcase_add_test(t, only_the_user_may_come);
	tcase_add_test(t, a_path_that_no_socket_can_have);
	suite_add_tcase(suite, t);
	return suite;
}
HOST_SUITE(debugger_suite)
