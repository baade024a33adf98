// SPDX-License-Identifier: GPL-2.0-only
/* --bisect: single steps, and git bisect run over a small history of kernels that build/fake-machine plays. */
#include <glob.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

static int step(const char *kernel, const char *more)
{
	char *arguments = mem_printf("--accel tcg -o steps --bisect a.one.first -k k %s", more);
	int status;

	write_kernel("k", kernel);
	status = run("", arguments);
	free(arguments);
	return status;
}

START_TEST(one_step)
{
	IS_STATUS(step("6.0.1-fake", ""), 0);
	holds(output, "6.0.1-fake: a.one.first good: pass, pass, pass\n");
	ck_assert_int_eq(lines_of(output), 1);
	IS_STATUS(step("6.0.2-fake fail:a.one.first", ""), 1);
	holds(output, "bad: fail, fail, fail: suites/fake/one.c:42: in 'init': getpid() is 2, expected 1\n");
	IS_STATUS(step("6.0.3-fake timeout:a.one.first", ""), 1);
	IS_STATUS(step("6.0.4-fake splat:a.one.first", ""), 1);
	IS_STATUS(step("6.0.5-fake crash:a.one.first", ""), 1);
	holds(output, "bad: crash, crash, crash: ");
	IS_STATUS(step("6.0.6-fake skip:a.one.first", ""), 125);
	holds(output, "cannot tell: skip: suites/a/one.c:10: no veth here\n");
	IS_STATUS(step("6.0.7-fake error:a.one.first", ""), 125);
	IS_STATUS(step("6.0.8-fake fail-warm:a.one.first", ""), 125);
	holds(output, "cannot tell: pass, fail: the verdicts disagree\n");
	IS_STATUS(step("6.0.9-fake panics", ""), 125);
	holds(output, "6.0.9-fake: a.one.first cannot tell: ");
	ck_assert_int_eq(lines_of(output), 1);
	char *log = slurp("steps/log");
	ck_assert_int_eq(lines_of(log), 9);
	holds(log, "; results: steps/");
	free(log);
}
END_TEST

/* git bisect run takes 1 to 127 for a bad commit, but for 125. */
START_TEST(what_is_no_kernels_fault_stops_git)
{
	static const char *const nonsense[] = {
		"--bisect a.one.first",
		"--bisect a.one.frist -k k",
		"--bisect a.one -k k",
		"--bisect a.one.first -k /nowhere",
		"--bisect a.one.first -k k -k j",
		"--bisect a.one.first -k k --matrix",
		"--bisect a.one.first -k k --baseline none",
		"--bisect a.one.first -k k a.two",
		"--bisect a.one.first -k k --qemu /nowhere",
		"--bisect a.one.first -k k --guest /nowhere",
		"--bisect a.one.first -k k -o /proc/none",
		"--bisect=a.one.first -k k --memory x",
	};

	write_kernel("k", "6.0.1-fake");
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(*nonsense); i++) {
		IS_STATUS(run("", nonsense[i]), 128);
		ck_assert_msg(lines_of(output) == 1 && !strncmp(output, "nscheck: ", 9), "%s: %s",
			      nonsense[i], output);
	}
	IS_STATUS(run("", "--bisect a.one.first -k k --nonsense"), 128);
}
END_TEST

/* Waits until a kernel says something: from then on an interrupt is the run's. */
static void await_console(void)
{
	char *pattern = mem_printf("%s/steps/*/*/console.log", dir);
	bool spoke = false;

	for (int i = 0; i < 2000 && !spoke; i++) {
		glob_t found;
		struct stat st;

		spoke = !glob(pattern, 0, NULL, &found) && !stat(found.gl_pathv[0], &st) && st.st_size;
		globfree(&found);
		usleep(5000);
	}
	free(pattern);
	ck_assert(spoke);
}

START_TEST(an_interrupt_stops_git)
{
	write_kernel("k", "6.0.1-fake hang:a.one.first");
	pid_t pid = start("", "--accel tcg -o steps --bisect a.one.first -k k");

	await_console();
	kill(pid, SIGINT);
	usleep(100000);
	kill(pid, SIGINT);
	IS_STATUS(wait_status(pid), 130);
}
END_TEST

static void shell(const char *what)
{
	char *command = mem_printf("cd '%s/tree' && { %s; } >'%s/log' 2>&1 </dev/null", dir, what, dir);
	int status = system(command);

	free(command);
	free(output);
	output = slurp("log");
	ck_assert_msg(!status, "status %d of %s: %s", status, what, output);
}

#define AS_SOMEBODY "-c user.name=somebody -c user.email=somebody@localhost -c commit.gpgsign=false"

/* A commit that leaves that kernel; NULL: none is built. */
static void commit(int number, const char *line)
{
	char *command =
		mem_printf("echo %d >source && git add -A && git " AS_SOMEBODY " commit -q -m 'change %d'",
			   number, number);
	char *file = mem_printf("%s/tree/fake-kernel", dir);

	if (line)
		write_kernel("tree/fake-kernel", line);
	else
		unlink(file);
	shell(command);
	free(command);
	free(file);
}

START_TEST(git_finds_the_first_bad_commit)
{
	static const char *const kernels[] = {
		"6.0.1-fake",
		"6.0.2-fake fail:b.one.lonely",
		"6.0.3-fake skip:a.one.first",
		"6.0.4-fake",
		NULL, /* does not build */
		"6.0.6-fake",
		"6.0.7-fake fail:a.one.first",
		"6.0.8-fake crash:a.one.first",
		"6.0.9-fake panics",
		"6.0.10-fake fail:a.one.first",
	};
	char *tree = mem_printf("%s/tree", dir);

	ck_assert_int_eq(mkdir(tree, 0755), 0);
	free(tree);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	shell("git init -q");
	for (size_t i = 0; i < sizeof(kernels) / sizeof(*kernels); i++)
		commit((int)i + 1, kernels[i]);
	char *bisect = mem_printf("git bisect start HEAD HEAD~9 && git bisect run timeout -k 5 100 "
				  "'%s/nscheck-fake' --qemu '%s/fake-machine' --guest '%s/guest' --cache "
				  "'%s/cache' --accel tcg -o '%s/steps' --bisect a.one.first -k .",
				  build, build, dir, dir, dir);
	shell(bisect);
	free(bisect);
	const char *first = strstr(output, " is the first bad commit\n");
	ck_assert_msg(first && strstr(first, "    change 7\n"), "%s", output);
	holds(output, " kernel: a.one.first cannot tell: no kernel is built there: ./fake-kernel\n");
	char *log = slurp("steps/log");
	holds(log, " 6.0.7-fake: a.one.first bad: fail, fail, fail: ");
	free(log);
}
END_TEST

/* What a step says of a kernel, as the commit before the colon. */
static void names_commit(const char *kernel, const char *head)
{
	char *arguments = mem_printf("--accel tcg -o steps --bisect a.one.first -k '%s'", kernel),
	     *line = mem_printf("bisect: %s%s6.0.1-fake: ", head, *head ? " " : "");

	IS_STATUS(run("", arguments), 0);
	ck_assert_msg(!strncmp(output, line, strlen(line)), "%s: %s", line, output);
	free(arguments);
	free(line);
}

/* Wherever the step is made, also in a repository of something else. */
START_TEST(the_commit_is_that_of_the_kernels_tree)
{
	char *tree = mem_printf("%s/tree", dir);

	ck_assert_int_eq(mkdir(tree, 0755), 0);
	free(tree);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	shell("git init -q .. && git -C .. " AS_SOMEBODY " commit -q --allow-empty -m other");
	shell("git init -q && mkdir -p arch/x86/boot ../copy ../objects");
	commit(1, "6.0.1-fake");
	shell("git rev-parse --short=12 HEAD >../head && cp fake-kernel arch/x86/boot/bzImage && "
	      "cp fake-kernel vmlinux && cp fake-kernel ../copy/bzImage && cp fake-kernel ../objects && "
	      "ln -s ../tree ../objects/source");
	char *head = slurp("head");
	head[strcspn(head, "\n")] = '\0';
	names_commit("tree", head);
	names_commit("tree/arch/x86/boot/bzImage", head);
	names_commit("./tree/vmlinux:config=x", head);
	names_commit("objects", head); /* make O=objects */
	names_commit("copy/bzImage", "");
	setenv("GIT_DIR", ".git", 1);
	names_commit("tree", head);
	unsetenv("GIT_DIR");
	free(head);
}
END_TEST

static Suite *bisections(void)
{
	Suite *s = suite_create("host/bisect");
	TCase *t = tcase_create("fake machine");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, one_step);
	tcase_add_test(t, what_is_no_kernels_fault_stops_git);
	tcase_add_test(t, an_interrupt_stops_git);
	tcase_add_test(t, git_finds_the_first_bad_commit);
	tcase_add_test(t, the_commit_is_that_of_the_kernels_tree);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(bisections)
