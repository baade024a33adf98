// SPDX-License-Identifier: GPL-2.0-only
#include "runner/tests/host/samples.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"

char dir[64];
char *output;
char build[4096];

static void write_guest(void)
{
	char *path = mem_printf("%s/guest", dir);
	FILE *f = fopen(path, "we");

	ck_assert(f);
	fputs("#!/bin/sh\nprintf "
	      "'id\\tfile\\tline\\ttimeout\\talone\\tsabotage\\ttier\\tsince\\tuntil\\tneeds\\t"
	      "statement\\texpected\\tsource\\n'\nrow() { since=-; [ $1 != a.one.first ] || since=5.12; "
	      "printf "
	      "'%s\\t%s\\t%s\\t1\\t%s\\t%s\\t%s\\t%s\\t-\\t-\\tIt holds.\\tYes."
	      "\\tnone\\n' \"$@\" $since; }\nrow a.one.first suites/a/one.c 10 0 - seed\nrow a.one.second "
	      "suites/a/one.c 20 0 - seed\n"
	      "row a.two.third suites/a/two.c 30 0 - man\nrow b.one.lonely suites/b/one.c 5 1 - seed\n"
	      "row b.one.exempt suites/b/one.c 9 0 'no isolation in it' seed\nrow b.one.unwritten - 0 0 - "
	      "man\n"
	      "row selftest.fails suites/selftest/x.c 3 0 - selftest\n",
	      f);
	fclose(f);
	ck_assert_int_eq(chmod(path, 0755), 0);
	free(path);
}

void host_setup(void)
{
	char *slash;

	strcpy(dir, "/tmp/nscheck-test-XXXXXX");
	ck_assert(mkdtemp(dir));
	ck_assert_int_eq(chmod(dir, 0755), 0);
	ck_assert_int_gt(readlink("/proc/self/exe", build, sizeof(build) - 1), 0);
	slash = strrchr(build, '/');
	*slash = '\0';
	write_guest();
}

void host_teardown(void)
{
	char *command = mem_printf("rm -rf '%s'", dir);

	ck_assert_int_eq(system(command), 0);
	free(command);
	free(output);
	output = NULL;
}

char *slurp(const char *name)
{
	char *path = mem_printf("%s/%s", dir, name), buf[4096];
	struct text all = {0};
	FILE *f = fopen(path, "re");
	size_t n;

	ck_assert_msg(f, "%s", path);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		text_add(&all, buf, n);
	fclose(f);
	free(path);
	return text_take(&all);
}

static char *command_line(const char *script, const char *arguments)
{
	return mem_printf("cd '%s' && NO_COLOR=1 TEST_FOLDER='%s' FAKE_MACHINE='%s' exec timeout -k 5 60 "
			  "'%s/nscheck-fake' --qemu '%s/fake-machine' --guest "
			  "'%s/guest' --cache '%s/cache' %s >'%s/log' 2>&1 </dev/null",
			  dir, dir, script, build, build, dir, dir, arguments, dir);
}

/* The exit status of a run with that script and those arguments. */
int run(const char *script, const char *arguments)
{
	char *command = command_line(script, arguments);
	int status = system(command);

	free(command);
	free(output);
	output = slurp("log");
	ck_assert_msg(WIFEXITED(status), "ended by signal %d: %s", WTERMSIG(status), output);
	return WEXITSTATUS(status);
}

/* A run into the folder "out", which is new each time. */
int run_out(const char *script, const char *arguments)
{
	char *all = mem_printf("--accel tcg --jobs 1 -o out %s", arguments),
	     *rm = mem_printf("rm -rf '%s/out'", dir);
	int status;

	ck_assert_int_eq(system(rm), 0);
	status = run(script, all);
	free(all);
	free(rm);
	return status;
}

json_t *results(void)
{
	char *text = slurp("out/results.json");
	json_t *root = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(root);
	free(text);
	return root;
}

/* One string of one test of the last run, "" when absent. */
const char *fact(const char *id, const char *key)
{
	static char value[4096];
	json_t *root = results(), *test;
	size_t i;

	*value = '\0';
	json_array_foreach(json_object_get(root, "tests"), i, test)
	{
		const char *found = json_string_value(json_object_get(test, key));

		if (!strcmp(json_string_value(json_object_get(test, "id")), id) && found)
			snprintf(value, sizeof(value), "%s", found);
	}
	json_decref(root);
	return value;
}

long total(const char *verdict)
{
	json_t *root = results();
	long n = (long)json_integer_value(json_object_get(json_object_get(root, "totals"), verdict));

	json_decref(root);
	return n;
}

void holds(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part), "'%s' is not in: %s", part, text);
}

size_t lines_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* Starts a run in the background; the pid of the host program. */
pid_t start(const char *script, const char *arguments)
{
	char *command = command_line(script, arguments), *where = strstr(command, "timeout -k 5 60 ");
	pid_t pid;

	memset(where, ' ', strlen("timeout -k 5 60"));
	write_kernel("log", ""); /* also of one that is killed before it says anything */
	pid = fork();
	if (!pid) {
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	free(command);
	return pid;
}

/* Waits until the log of a run holds a text. */
void await(const char *part)
{
	for (int i = 0; i < 2000; i++) {
		char *path = mem_printf("%s/log", dir), *log = access(path, F_OK) ? NULL : slurp("log");
		bool found = log && strstr(log, part);

		free(log);
		free(path);
		if (found)
			return;
		usleep(5000);
	}
	ck_abort_msg("never came: %s", part);
}

int wait_status(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	free(output);
	output = slurp("log");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

void write_kernel(const char *name, const char *line)
{
	char *path = mem_printf("%s/%s", dir, name);
	FILE *f = fopen(path, "we");

	ck_assert(f);
	fprintf(f, "%s\n", line);
	fclose(f);
	free(path);
}
