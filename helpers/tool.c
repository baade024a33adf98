// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/file.h"

static char *const environment[] = {"PATH=/bin:/sbin:/usr/bin:/usr/sbin", NULL};

static void execute(const char *command, int out)
{
	char *copy = strdup(command), *argv[64];
	int argc = 0, null = open("/dev/null", O_RDWR);

	for (char *word; argc < 63 && (word = strsep(&copy, " "));)
		argv[argc++] = word;
	argv[argc] = NULL;
	if (!argc)
		_exit(127);
	dup2(null, STDIN_FILENO);
	dup2(out < 0 ? null : out, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execvpe(argv[0], argv, environment);
	_exit(127);
}

static int run(const char *command, int out)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -1;
	if (pid == 0)
		execute(command, out);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	errno = EPROTO;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int tool(const char *command)
{
	return run(command, -1);
}

const char *tool_output(const char *command)
{
	int out = memfd_create("tool", MFD_CLOEXEC);
	int status = out < 0 ? -1 : run(command, out);
	const char *text = status == 0 ? file_read(path("/proc/self/fd/%d", out)) : NULL;

	if (status > 0)
		errno = EPROTO;
	close(out);
	return text;
}
