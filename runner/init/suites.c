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

/* Requests to it, and its answers: one socket, or two pipes in a kernel without sockets. */
static int requests = -1, answers = -1;
static pid_t server_pid;

pid_t suites_server(void)
{
	return server_pid;
}

int suites_stop(void)
{
	int status = 0;

	if (requests < 0)
		return 0;
	close(requests);
	close(answers);
	requests = answers = -1;
	kill(server_pid, SIGKILL);
	waitpid(server_pid, &status, 0);
	server_pid = 0;
	return status;
}

/* What the server has as standard input and output; of a socket the output is the kernel's log. */
static void make_channels(int server[2])
{
	int to[2], from[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to) == 0) {
		from[0] = fcntl(to[1], F_DUPFD_CLOEXEC, 0);
		from[1] = open("/dev/kmsg", O_WRONLY | O_CLOEXEC); /* words of libraries join the kernel's */
	} else if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0) {
		die("cannot make a pipe: %s", strerror(errno));
	}
	server[0] = to[0];
	server[1] = from[1];
	requests = to[1];
	answers = from[0];
	fcntl(answers, F_SETFL, O_NONBLOCK);
}

static void start_server(void)
{
	char *argv[] = {PATH_GUEST, "--" GUEST_SERVE, NULL};
	char *envp[] = {"PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/root", NULL};
	int ends[2];

	make_channels(ends);
	server_pid = fork();
	if (server_pid < 0)
		die("cannot fork: %s", strerror(errno));
	if (server_pid == 0) {
		setsid();
		dup2(ends[0], STDIN_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		dup2(open("/dev/kmsg", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		execve(PATH_GUEST, argv, envp);
		_exit(127);
	}
	close(ends[0]);
	close(ends[1]);
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

/* PID 1 has no SIGPIPE to die of: its signals are ignored unless it handles them. */
static bool send_request(const char *request)
{
	return write(requests, request, strlen(request)) == (ssize_t)strlen(request);
}

bool suites_ask(const char *request)
{
	if (requests >= 0 && send_request(request))
		return true;
	suites_stop(); /* a test that kills all that it can reaches the server as well */
	start_server();
	return send_request(request);
}

int suites_answers(void)
{
	return answers;
}
