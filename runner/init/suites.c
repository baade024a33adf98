// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test binary runs once, as a server that is libcheck's runner for one test after the other: an exec of it would
 * be a third of what a test costs under emulation, a runner for each test a fifth.
 */
#include "runner/init/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/contract.h"
#include "runner/init/die.h"

static int server = -1;
static pid_t server_pid;

pid_t suites_server(void)
{
	return server_pid;
}

int suites_stop(void)
{
	int status = 0;

	if (server < 0)
		return 0;
	close(server);
	server = -1;
	kill(server_pid, SIGKILL);
	waitpid(server_pid, &status, 0);
	server_pid = 0;
	return status;
}

static void start_server(void)
{
	char *argv[] = {PATH_GUEST, "--" GUEST_SERVE, NULL};
	char *envp[] = {"PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/root", NULL};
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		die("cannot make a socket: %s", strerror(errno));
	server_pid = fork();
	if (server_pid < 0)
		die("cannot fork: %s", strerror(errno));
	if (server_pid == 0) {
		setsid();
		dup2(ends[1], STDIN_FILENO);
		dup2(open("/dev/kmsg", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
		dup2(STDOUT_FILENO, STDERR_FILENO); /* words of libraries join the kernel's */
		execve(PATH_GUEST, argv, envp);
		_exit(127);
	}
	close(ends[1]);
	server = ends[0];
}

void suites_take(struct orders *orders, size_t size)
{
	int fd = open(PATH_GUEST ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	if (fd < 0 || !orders_copy(orders, size, fd) || fchmod(fd, 0755) < 0)
		die("cannot store the test binary: %s", strerror(errno));
	close(fd);
	if (rename(PATH_GUEST ".new", PATH_GUEST) < 0)
		die("cannot store the test binary: %s", strerror(errno));
	suites_stop();
	start_server();
}

bool suites_ask(const char *request)
{
	size_t size = strlen(request);

	if (server >= 0 && send(server, request, size, MSG_NOSIGNAL) == (ssize_t)size)
		return true;
	suites_stop(); /* a test that kills all that it can reaches the server as well */
	start_server();
	return send(server, request, size, MSG_NOSIGNAL) == (ssize_t)size;
}

int suites_answers(void)
{
	return server;
}
