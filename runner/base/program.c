// SPDX-License-Identifier: GPL-2.0-only
#include "runner/base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/base/mem.h"

static int spawn(struct program *program, char *const argv[], unsigned int how, int end)
{
	char *nothing[] = {NULL}, **envp = how & PROGRAM_BARE ? nothing : environ;
	posix_spawn_file_actions_t actions;

	posix_spawn_file_actions_init(&actions);
	if (how & PROGRAM_ERRORS) {
		posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
		posix_spawn_file_actions_adddup2(&actions, end, STDERR_FILENO);
	} else {
		posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO);
	}
	if (how & PROGRAM_QUIET)
		posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	int error = how & PROGRAM_BY_NAME ? posix_spawnp(&program->pid, argv[0], &actions, NULL, argv, envp)
					  : posix_spawn(&program->pid, argv[0], &actions, NULL, argv, envp);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

int program_start(struct program *program, char *const argv[], unsigned int how)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	int error = spawn(program, argv, how, ends[1]);
	close(ends[1]);
	if (error)
		close(ends[0]);
	else
		program->says = mem_need(fdopen(ends[0], "r"));
	return error;
}

int program_end(struct program *program)
{
	int status = 0;

	fclose(program->says);
	while (waitpid(program->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}
