// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test binary runs once, as a server that forks itself for each test: an exec of it would be a third of
 * what a test costs under emulation. What it forks is a child of this process (CLONE_PARENT).
 */
#include "runner/guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int server = -1;
static pid_t server_pid;

pid_t suites_server(void)
{
	return server_pid;
}

static void stop_server(void)
{
	if (server < 0)
		return;
	close(server);
	server = -1;
	kill(server_pid, SIGKILL);
	waitpid(server_pid, NULL, 0);
	server_pid = 0;
}

static void start_server(void)
{
	char *argv[] = {SUITES, "--serve", NULL};
	char *envp[] = {"PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/root", NULL};
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		die("cannot make a socket: %s", strerror(errno));
	server_pid = fork();
	if (server_pid < 0)
		die("cannot fork: %s", strerror(errno));
	if (server_pid == 0) {
		setsid();
		dup2(ends[1], STDIN_FILENO);
		dup2(open("/dev/kmsg", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
		dup2(STDOUT_FILENO, STDERR_FILENO); /* words of libraries join the kernel's */
		execve(SUITES, argv, envp);
		_exit(127);
	}
	close(ends[1]);
	server = ends[0];
}

void suites_take(struct orders *orders, size_t size)
{
	int fd = open(SUITES ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	if (fd < 0 || !orders_copy(orders, size, fd) || fchmod(fd, 0755) < 0)
		die("cannot store the test binary: %s", strerror(errno));
	close(fd);
	if (rename(SUITES ".new", SUITES) < 0)
		die("cannot store the test binary: %s", strerror(errno));
	stop_server();
	start_server();
}

static bool ask(const char *request, const int *fds, size_t count, pid_t *pid)
{
	union {
		char room[CMSG_SPACE(3 * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec text = {.iov_base = (char *)request, .iov_len = strlen(request)};
	struct msghdr message = {.msg_iov = &text,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = CMSG_SPACE(count * sizeof(int))};
	struct cmsghdr *passed = CMSG_FIRSTHDR(&message);

	passed->cmsg_level = SOL_SOCKET;
	passed->cmsg_type = SCM_RIGHTS;
	passed->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(passed), fds, count * sizeof(int));
	return sendmsg(server, &message, MSG_NOSIGNAL) >= 0 &&
	       recv(server, pid, sizeof(*pid), 0) == sizeof(*pid) && *pid > 0;
}

pid_t suites_spawn(const char *request, int in, int out)
{
	int fds[] = {in, out, box_open()};
	pid_t pid = 0;

	/* A test that kills all that it can reaches the server as well. */
	if (!ask(request, fds, fds[2] < 0 ? 2 : 3, &pid)) {
		stop_server();
		start_server();
		if (!ask(request, fds, fds[2] < 0 ? 2 : 3, &pid))
			die("the test binary starts no test");
	}
	if (fds[2] >= 0)
		close(fds[2]);
	return pid;
}
