// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runner/tests/tests.h"
#include "runner/tests/vm/samples.h"
#include "runner/base/file.h"
#include "vm/qemu.h"

static struct kernel kernel = {.image = (char *)"/k/bzImage"};

static struct qemu_request request(void)
{
	return (struct qemu_request){.kernel = &kernel,
				     .initrd = "/c/image.cpio",
				     .accel = ACCEL_TCG,
				     .qmp_fd = 10,
				     .console_fd = 11,
				     .results_fd = 12,
				     .control_fd = 13,
				     .serial2_fd = 14,
				     .incoming_fd = -1};
}

/* The value after an option; NULL when the option is not there. */
static const char *value(char **argv, const char *option)
{
	for (; *argv; argv++)
		if (!strcmp(*argv, option))
			return argv[1];
	return NULL;
}

static bool has(char **argv, const char *arg)
{
	for (; *argv; argv++)
		if (!strcmp(*argv, arg))
			return true;
	return false;
}

START_TEST(what_every_vm_has)
{
	struct qemu_request r = request();
	struct fault fault = {0};
	char **argv = qemu_argv(&r, &fault);

	ck_assert_ptr_nonnull(argv);
	ck_assert_str_eq(argv[0], "qemu-system-x86_64");
	ck_assert_str_eq(value(argv, "-accel"), "tcg,thread=single,tb-size=96");
	ck_assert_str_eq(value(argv, "-cpu"), "qemu64");
	ck_assert_str_eq(value(argv, "-kernel"), "/k/bzImage");
	ck_assert_str_eq(value(argv, "-initrd"), "/c/image.cpio");
	ck_assert(has(argv, "-nodefaults"));
	ck_assert(has(argv, "-no-user-config"));
	ck_assert(has(argv, "-no-reboot"));
	ck_assert_str_eq(value(argv, "-sandbox"),
			 "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
	ck_assert(has(argv, "socket,id=qmp,fd=10"));
	ck_assert(has(argv, "socket,id=console,fd=11"));
	ck_assert(has(argv, "socket,id=results,fd=12"));
	ck_assert(has(argv, "socket,id=control,fd=13"));
	ck_assert(has(argv, "socket,id=serial2,fd=14"));
	ck_assert_ptr_null(value(argv, "-incoming"));
	qemu_argv_free(argv);
}
END_TEST

/* Nothing of the host, and no way to a network: no drive, share, image or host-side network of any kind. */
START_TEST(what_no_vm_has)
{
	static const char *const forbidden[] = {"-drive",  "-hda", "-blockdev", "-fsdev",
						"-virtfs", "-nic", "-net",      "-snapshot",
						"-cdrom",  "-usb", "-vnc"};
	struct qemu_request r = request();
	struct fault fault = {0};
	char **argv = qemu_argv(&r, &fault);

	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
		ck_assert_msg(!has(argv, forbidden[i]), "%s", forbidden[i]);
	for (char **arg = argv; *arg; arg++)
		if (!strcmp(*arg, "-netdev"))
			ck_assert_int_eq(strncmp(arg[1], "hubport,", 8), 0);
	qemu_argv_free(argv);
}
END_TEST

START_TEST(what_is_asked_for)
{
	struct qemu_request r = request();
	struct fault fault = {0};

	r.binary = "/opt/qemu";
	r.accel = ACCEL_KVM;
	r.memory_mib = 1024;
	r.cpus = 4;
	r.incoming_fd = 20;
	r.append = "quiet";
	r.shell = true;
	char **argv = qemu_argv(&r, &fault);

	ck_assert_str_eq(argv[0], "/opt/qemu");
	ck_assert_str_eq(value(argv, "-accel"), "kvm");
	ck_assert_str_eq(value(argv, "-cpu"), "host");
	ck_assert_str_eq(value(argv, "-m"), "1024");
	ck_assert_str_eq(value(argv, "-smp"), "4");
	ck_assert_str_eq(value(argv, "-incoming"), "fd:20");
	ck_assert_ptr_nonnull(strstr(value(argv, "-append"), " nscheck nscheck.shell quiet"));
	qemu_argv_free(argv);
}
END_TEST

START_TEST(nonsense)
{
	static const struct {
		int memory, cpus;
	} cases[] = {{1, 0}, {-5, 0}, {1 << 30, 0}, {0, -1}, {0, 1000}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct qemu_request r = request();
		struct fault fault = {0};

		r.memory_mib = cases[i].memory;
		r.cpus = cases[i].cpus;
		ck_assert_ptr_null(qemu_argv(&r, &fault));
		ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	}
}
END_TEST

START_TEST(command_line_that_the_kernel_would_cut)
{
	struct qemu_request r = request();
	struct fault fault = {0};
	char append[2100];

	memset(append, 'x', sizeof(append) - 1);
	append[sizeof(append) - 1] = '\0';
	r.append = append;
	ck_assert_ptr_null(qemu_argv(&r, &fault));
	ck_assert_ptr_nonnull(strstr(fault.text, "shorten --append"));
}
END_TEST

START_TEST(version_of_no_qemu)
{
	struct fault fault = {0};
	char line[128];

	ck_assert_int_eq(qemu_version("/nonexistent/qemu", "/nonexistent", line, sizeof(line), &fault), -1);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	ck_assert_ptr_nonnull(strstr(fault.text, "install the package"));
	fault = (struct fault){0};
	ck_assert_int_eq(qemu_version("true", "/nonexistent", line, sizeof(line), &fault), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "is not a QEMU"));
}
END_TEST

START_TEST(version_of_a_qemu)
{
	char *dir = sample_dir();
	char *script =
		sample_put_text(dir, "qemu", "#!/bin/sh\necho QEMU emulator version 7.2.22\necho more\n");

	struct fault fault = {0};
	char line[128];

	ck_assert_int_eq(chmod(script, 0700), 0);
	ck_assert_msg(qemu_version(script, dir, line, sizeof(line), &fault) == 0, "%s", fault.text);
	ck_assert_str_eq(line, "QEMU emulator version 7.2.22");
	dir_remove(dir);

	free(script);
	free(dir);
}
END_TEST

static Suite *qemu_suite(void)
{
	Suite *suite = suite_create("vm/qemu");
	TCase *tc = tcase_create("qemu");

	tcase_add_test(tc, what_every_vm_has);
	tcase_add_test(tc, what_no_vm_has);
	tcase_add_test(tc, what_is_asked_for);
	tcase_add_test(tc, nonsense);
	tcase_add_test(tc, command_line_that_the_kernel_would_cut);
	tcase_add_test(tc, version_of_no_qemu);
	tcase_add_test(tc, version_of_a_qemu);
	suite_add_tcase(suite, tc);
	return suite;
}
HOST_SUITE(qemu_suite)
