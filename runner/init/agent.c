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

#include "runner/contract.h"
#include "runner/init/box.h"
#include "runner/init/die.h"
#include "runner/init/hygiene.h"
#include "runner/init/orders.h"
#include "runner/init/suites.h"
#include "runner/init/sysrq.h"
#include "runner/init/test.h"
#include "runner/init/words.h"

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
		unsigned char bytes[ENTROPY_MAX];
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

/* Milliseconds between two looks at a line of the shell. */
enum { LOOK_FIRST = 1, LOOK_LAST = 50 };

/* What a line of the shell prints, as it becomes diagnostics. */
struct output {
	int fd; /* a file: of a pipe a process in the background would hold the other end, or lose its reader */
	off_t told;  /* so much of it */
	bool inside; /* a line is not whole yet */
};

static void tell_output(struct output *o, FILE *results)
{
	char part[4096];
	struct stat st;
	ssize_t got;

	if (fstat(o->fd, &st) < 0)
		return;
	while (o->told < st.st_size && (got = pread(o->fd, part, sizeof(part), o->told)) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			if (!o->inside)
				fputs("# ", results);
			fputc(part[i], results);
			o->inside = part[i] != '\n';
		}
		o->told += got;
	}
	fflush(results);
}

/* Runs a shell line until the shell ends; what it leaves running goes on. */
static int run_line(FILE *results, const char *line)
{
	struct output out = {.fd = open("/run", O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600)};
	int status = -1, ms = LOOK_FIRST;

	if (out.fd < 0)
		die("cannot keep the output of a set-up line: %s", strerror(errno));
	pid_t pid = fork();
	if (pid < 0)
		die("cannot fork: %s", strerror(errno));
	if (pid == 0) {
		dup2(out.fd, STDOUT_FILENO);
		dup2(out.fd, STDERR_FILENO);
		setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		usleep((useconds_t)ms * 1000);
		ms = ms < LOOK_LAST ? ms * 2 : ms;
		tell_output(&out, results);
	}
	tell_output(&out, results);
	if (out.inside)
		fputc('\n', results);
	close(out.fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void set_up(struct ports *ports, struct orders *orders, size_t size)
{
	char line[SETUP_MAX + 1];
	int ends[2];

	if (size >= sizeof(line) || pipe2(ends, O_CLOEXEC) < 0 || !orders_copy(orders, size, ends[1]))
		die("cannot take a set-up line of %zu bytes", size);
	close(ends[1]); /* or an empty line would be waited for */
	ssize_t got = read(ends[0], line, sizeof(line) - 1);
	line[got > 0 ? got : 0] = '\0';
	close(ends[0]);
	int status = run_line(ports->results, line);
	test_system_changed();
	box_has_others();
	fprintf(ports->results, SAYS_SETUP "%d\n", status);
}

/* The number of bytes that follow an order. */
static size_t size_in(const char *text)
{
	char *end;
	size_t size = strtoull(text, &end, 10);

	if (end == text || *end)
		die("the host ordered something of '%s' bytes", text);
	return size;
}

static void run_test(struct ports *ports, struct orders *orders, char *rest)
{
	double factor = strtod(strsep(&rest, " "), NULL);
	const char *flags = strsep(&rest, " "), *id = rest;

	if (!(factor > 0) || !flags || strlen(flags) > FLAGS_MAX || !id || !*id || strlen(id) > ID_MAX)
		die("the host ordered a test that cannot be run: '%s'", id ? id : "");
	test_run(ports, orders, factor, flags, id);
}

static void obey(struct ports *ports, struct orders *orders, char *line)
{
	const char *rest;

	if ((rest = after(line, ORDER_CLOCK))) {
		set_clock(rest);
	} else if ((rest = after(line, ORDER_ENTROPY))) {
		add_entropy(rest);
	} else if ((rest = after(line, ORDER_SUITES))) {
		size_t size = size_in(rest);
		suites_take(orders, size);
		fprintf(ports->results, SAYS_SUITES "%zu\n", size);
	} else if ((rest = after(line, ORDER_SETUP))) {
		set_up(ports, orders, size_in(rest));
	} else if (after(line, ORDER_RUN)) {
		run_test(ports, orders, line + strlen(ORDER_RUN));
	} else if (strcmp(line, ORDER_BYE) == 0) {
		fputs(SAYS_BYE "\n", ports->results);
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
	fprintf(ports->results, SAYS_HELLO "%d %s\n", CONTRACT_VERSION, kernel.release);
	fflush(ports->results);
	for (;;) {
		char *line = orders_line(&orders);
		if (line)
			obey(ports, &orders, line);
		else
			orders_fill(&orders);
	}
}
