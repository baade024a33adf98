// SPDX-License-Identifier: GPL-2.0-only
/* Serves the host: one order a line (see runner/README.md), one answer each. */
#include "runner/init/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner/init/die.h"
#include "runner/init/hygiene.h"
#include "runner/init/orders.h"
#include "runner/init/suites.h"
#include "runner/init/sysrq.h"
#include "runner/init/test.h"

#define PROTOCOL 1

static void set_clock(const char *rest)
{
	struct timespec t = {0};

	if (sscanf(rest, "%ld %ld", &t.tv_sec, &t.tv_nsec) == 2 && clock_settime(CLOCK_REALTIME, &t) < 0)
		die("cannot set the clock: %s", strerror(errno));
}

static void add_entropy(const char *hex)
{
	struct {
		struct rand_pool_info info;
		unsigned char bytes[64];
	} pool = {0};
	int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC), size = 0;
	unsigned int byte;

	while (size < (int)sizeof(pool.bytes) && sscanf(hex + 2 * size, "%2x", &byte) == 1)
		pool.bytes[size++] = (unsigned char)byte;
	pool.info.buf_size = size;
	pool.info.entropy_count = 8 * size;
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool) < 0 || ioctl(fd, RNDRESEEDCRNG) < 0)
		die("cannot take entropy: %s", strerror(errno));
	close(fd);
}

/* Runs a shell line; what it prints becomes diagnostics. */
static int run_line(struct ports *ports, const char *line)
{
	int out[2], status = -1;

	if (pipe2(out, O_CLOEXEC) < 0)
		die("cannot make a pipe: %s", strerror(errno));
	pid_t pid = fork();
	if (pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		dup2(out[1], STDERR_FILENO);
		setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	FILE *in = fdopen(out[0], "re");
	char *text = NULL;
	size_t size = 0;
	while (in && getline(&text, &size, in) > 0)
		fprintf(ports->results, "# %s%s", text, strchr(text, '\n') ? "" : "\n");
	free(text);
	if (in)
		fclose(in);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void set_up(struct ports *ports, struct orders *orders, size_t size)
{
	char line[4096];
	int ends[2];

	if (size >= sizeof(line) || pipe2(ends, O_CLOEXEC) < 0 || !orders_copy(orders, size, ends[1]))
		die("cannot take a set-up line of %zu bytes", size);
	ssize_t got = read(ends[0], line, sizeof(line) - 1);
	line[got > 0 ? got : 0] = '\0';
	close(ends[0]);
	close(ends[1]);
	int status = run_line(ports, line);
	test_system_changed();
	fprintf(ports->results, "#:nscheck_setup: %d\n", status);
}

static void obey(struct ports *ports, struct orders *orders, char *line)
{
	char flags[128], id[256];
	double factor;
	size_t size;

	if (strncmp(line, "clock ", 6) == 0) {
		set_clock(line + 6);
	} else if (strncmp(line, "entropy ", 8) == 0) {
		add_entropy(line + 8);
	} else if (sscanf(line, "suites %zu", &size) == 1) {
		suites_take(orders, size);
		fprintf(ports->results, "#:nscheck_suites: %zu\n", size);
	} else if (sscanf(line, "setup %zu", &size) == 1) {
		set_up(ports, orders, size);
	} else if (sscanf(line, "run %lf %127s %255s", &factor, flags, id) == 3) {
		test_run(ports, orders, factor, flags, id);
	} else if (strcmp(line, "bye") == 0) {
		fputs("#:nscheck_bye:\n", ports->results);
		fflush(ports->results);
		reboot(RB_POWER_OFF);
	} else if (!sysrq_obey(line)) {
		die("the host ordered '%s', which is no order", line);
	}
	fflush(ports->results);
}

void agent_serve(struct ports *ports)
{
	static struct orders orders;
	struct utsname kernel;

	orders.fd = ports->orders;
	hygiene_free(hygiene_look()); /* finds its sources once, before a snapshot of the VM is taken */
	uname(&kernel);
	fprintf(ports->results, "KTAP version 1\n#:nscheck_hello: %d %s\n", PROTOCOL, kernel.release);
	fflush(ports->results);
	for (;;) {
		char *line = orders_line(&orders);
		if (line)
			obey(ports, &orders, line);
		else
			orders_fill(&orders);
	}
}
