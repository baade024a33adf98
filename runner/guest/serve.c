// SPDX-License-Identifier: GPL-2.0-only
#include "runner/guest/serve.h"

#include <errno.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct asked {
	char text[400]; /* FACTOR FLAGS ID */
	int fds[3];     /* standard input and output, the box if there is one */
	size_t count;
};

static bool take(struct asked *asked)
{
	union {
		char room[CMSG_SPACE(sizeof(asked->fds))];
		struct cmsghdr align;
	} control;
	struct iovec text = {.iov_base = asked->text, .iov_len = sizeof(asked->text) - 1};
	struct msghdr message = {.msg_iov = &text,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	ssize_t got = recvmsg(STDIN_FILENO, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *passed = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;

	if (!passed)
		return false;
	asked->text[got] = '\0';
	asked->count = (passed->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(asked->fds, CMSG_DATA(passed), asked->count * sizeof(int));
	return asked->count >= 2;
}

/*
 * A child of the agent, born in the box where the kernel can do that (CLONE_INTO_CGROUP, 5.7): moving a
 * process between cgroups afterwards waits for a grace period of RCU.
 */
static pid_t fork_for_agent(const struct asked *asked)
{
	struct clone_args args = {.flags = CLONE_PARENT}; /* takes over the exit signal of this process */

	if (asked->count == 3) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)asked->fds[2];
	}
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

int serve(int (*one)(double factor, char *flags, const char *id))
{
	struct asked asked;

	while (take(&asked)) {
		pid_t pid = fork_for_agent(&asked);
		if (pid == 0) {
			char flags[128], id[256];
			double factor;
			setsid();
			dup2(asked.fds[0], STDIN_FILENO);
			dup2(asked.fds[1], STDOUT_FILENO);
			for (size_t i = 0; i < asked.count; i++)
				close(asked.fds[i]);
			if (sscanf(asked.text, "%lf %127s %255s", &factor, flags, id) != 3)
				return EXIT_FAILURE;
			return one(factor, flags, id);
		}
		if (pid < 0)
			perror("nscheck-guest: cannot fork for a test");
		for (size_t i = 0; i < asked.count; i++)
			close(asked.fds[i]);
		if (send(STDIN_FILENO, &pid, sizeof(pid), MSG_NOSIGNAL) < 0)
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
