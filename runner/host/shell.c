// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/shell.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/contract.h"
#include "runner/host/wanted.h"
#include "vm/share.h"

/* Ends the shell from this side; what it stands for at the end of the input is the guest's end of file. */
enum { LEAVE_KEY = 0x1d /* ^] */, END_OF_FILE = 0x04 };

struct shell {
	int console, input, process;
	pid_t pid;
	bool said_anything, prompted;
	char last[sizeof(SHELL_PROMPT) - 1]; /* end of what it said */
};

static struct termios saved;
static volatile sig_atomic_t is_raw;

static void restore_terminal(void)
{
	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved);
	is_raw = 0;
}

static void on_deadly_signal(int sig)
{
	restore_terminal();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void make_raw(void)
{
	static const int deadly[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &saved))
		return; /* not a terminal */
	raw = saved;
	cfmakeraw(&raw);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(*deadly); i++)
		signal(deadly[i], on_deadly_signal);
	if (!tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw))
		is_raw = 1;
}

static void write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EAGAIN)
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
		else if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
}

/* Input that is not typed waits until there is somebody to read it: the terminal driver would lose it. */
static void look_for_prompt(struct shell *sh, const char *data, size_t len)
{
	for (size_t i = 0; i < len && !sh->prompted; i++) {
		memmove(sh->last, sh->last + 1, sizeof(sh->last) - 1);
		sh->last[sizeof(sh->last) - 1] = data[i];
		sh->prompted = !memcmp(sh->last, SHELL_PROMPT, sizeof(sh->last));
	}
}

/* From the console to the user; false at its end. */
static bool show(struct shell *sh)
{
	char buf[4096];
	ssize_t n = read(sh->console, buf, sizeof(buf));

	if (n > 0) {
		sh->said_anything = true;
		look_for_prompt(sh, buf, (size_t)n);
		write_all(STDOUT_FILENO, buf, (size_t)n);
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* From the user to the console; false when the user wants to leave. */
static bool type(struct shell *sh)
{
	char buf[4096];
	ssize_t n = read(sh->input, buf, sizeof(buf));

	if (n > 0 && is_raw && memchr(buf, LEAVE_KEY, (size_t)n))
		return false;
	if (n <= 0) {
		*buf = END_OF_FILE;
		n = 1;
		sh->input = -1;
	}
	write_all(sh->console, buf, (size_t)n);
	return true;
}

static void converse(struct shell *sh)
{
	for (;;) {
		struct pollfd fds[] = {{sh->console, POLLIN, 0},
				       {is_raw || sh->prompted ? sh->input : -1, POLLIN, 0},
				       {sh->process, POLLIN, 0}};

		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents && !show(sh))
			break;
		if (fds[1].revents && !type(sh))
			break;
		if (fds[2].revents)
			break;
	}
	while (sh->said_anything && recv(sh->console, &(char){0}, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		show(sh);
}

/* One VM from start to end. Returns the monitor's wait status, or -1 with a fault. */
static int run_vm(struct session *s, struct shell *sh, struct fault *fault)
{
	struct started started;
	int status = -1;

	if (machine_start(&s->machine, -1, STDERR_FILENO, &started, fault))
		return -1;
	*sh = (struct shell){.console = started.channels[MONITOR_CONSOLE],
			     .input = STDIN_FILENO,
			     .process = started.process,
			     .pid = started.pid};
	if (s->hint)
		fprintf(stderr, "%s\n", s->hint);
	make_raw();
	converse(sh);
	restore_terminal();
	kill(sh->pid, SIGKILL);
	waitpid(sh->pid, &status, 0);
	close(sh->process);
	for (int i = 0; i < CHANNELS; i++)
		close(started.channels[i]);
	return status;
}

static void converse_or_emulate(struct session *s, struct fault *fault)
{
	struct shell sh = {0};

	if (run_vm(s, &sh, fault) == -1 || sh.said_anything)
		return;
	if (!s->machine.config.kvm_on_trial || s->machine.accel != ACCEL_KVM) {
		fault_set(fault, EXIT_UNFINISHED, "the VM ended without a word");
		return;
	}
	fputs("note: KVM does not work here: emulating instead\n", stderr);
	s->machine.accel = ACCEL_TCG;
	run_vm(s, &sh, fault);
}

/* The guest's programs are stripped. Where they were built, what a debugger wants stands beside them. */
static void tell_debug(const char *program)
{
	char *path = mem_printf("%s.debug", program);

	if (!access(path, R_OK))
		fprintf(stderr, "With symbols for a debugger: %s\n", path);
	free(path);
}

int shell_run(const struct options *o, struct fault *fault)
{
	const struct session_request wanted = wanted_session(o);
	struct session s;

	if (!session_open(&s, &wanted, fault)) {
		tell_debug(o->init);
		tell_debug(o->guest);
		if (o->share)
			fprintf(stderr, "/" SHARE_PATH " is a copy of %s: what is done to it stays there.\n",
				o->share);
		fputs("Booting; `exit` in the guest or Ctrl-] here ends it.\n", stderr);
		converse_or_emulate(&s, fault);
	}
	session_close(&s);
	return fault->status;
}
