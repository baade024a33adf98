// SPDX-License-Identifier: GPL-2.0-only
/* One test: boxed, watched, cleaned up after, compared, reported. */
#include "runner/guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Before the test binary has told its limit, and on top of it afterwards: libcheck's clock comes first. */
#define GRACE_SECONDS 2
#define START_SECONDS 30

struct test {
	struct ports *ports;
	struct orders *orders;
	double factor;
	const char *id;
	pid_t pid;
	int pidfd, out, go, timer; /* `go`: its standard input */
	bool cgroups;              /* it works with cgroups */
	char verdict[16], reason[1024];
	bool timed_out;
	char line[8192]; /* of its output, not yet whole */
	size_t used;
};

/* Of the initial namespaces, as the last test left it; a look is a tenth of what a test costs. */
static struct hygiene *state;

static void forget_state(void)
{
	hygiene_free(state);
	state = NULL;
}

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* A mark in the kernel log, by which the host cuts the console into one log per test. */
static void mark(const char *what, const char *id)
{
	static int kmsg = -1;
	char text[300];

	if (kmsg < 0)
		kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	int size = snprintf(text, sizeof(text), "<3>nscheck: %s %s\n", what, id);
	if (write(kmsg, text, (size_t)size) < 0)
		return; /* the host then lacks a mark, no verdict */
}

static void set_timer(struct test *test, double seconds)
{
	struct itimerspec in = {.it_value.tv_sec = (time_t)seconds + 1};

	timerfd_settime(test->timer, 0, &in, NULL);
}

static void start(struct test *test, const char *flags)
{
	char request[400];
	int out[2], in[2];

	snprintf(request, sizeof(request), "%f %s %s", test->factor, flags, test->id);
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(in, O_CLOEXEC) < 0)
		die("cannot make pipes: %s", strerror(errno));
	if (!state)
		state = hygiene_look();
	box_make();
	test->pid = suites_spawn(request, in[0], out[1]);
	close(out[1]);
	close(in[0]);
	test->out = out[0];
	test->go = in[1];
	fcntl(test->out, F_SETFL, O_NONBLOCK);
	test->pidfd = (int)syscall(SYS_pidfd_open, test->pid, 0);
	test->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (test->pidfd < 0 || test->timer < 0)
		die("cannot watch a test: %s", strerror(errno));
	set_timer(test, START_SECONDS * test->factor);
}

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (; *words; words += strcspn(words, " "), words += strspn(words, " "))
		if (strncmp(words, word, length) == 0 && strcspn(words, " ") == length)
			return true;
	return false;
}

/* The test binary has arranged for what the test needs, and begins; if it changed the system for that, when it is told to. */
static void begin(struct test *test, const char *limit)
{
	test->cgroups = has_word(limit, "cgroups");
	set_timer(test, strtod(limit, NULL) + GRACE_SECONDS * test->factor);
	if (!has_word(limit, "changed"))
		return;
	forget_state();
	state = hygiene_look();
	if (write(test->go, "", 1) < 0)
		return; /* it ended meanwhile, which its pidfd tells */
}

static const char *after(const char *line, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(line, prefix, length) == 0 ? line + length : NULL;
}

static void take_line(struct test *test, const char *line)
{
	const char *value;

	if ((value = after(line, "#:nscheck_limit: "))) {
		begin(test, value);
	} else if ((value = after(line, "#:nscheck_verdict: "))) {
		snprintf(test->verdict, sizeof(test->verdict), "%s", value);
	} else {
		if ((value = after(line, "#:nscheck_message: ")))
			snprintf(test->reason, sizeof(test->reason), "%s", value);
		fprintf(test->ports->results, "%s%s\n", line[0] == '#' ? "" : "# ", line);
	}
}

static void take_output(struct test *test)
{
	ssize_t got;

	while ((got = read(test->out, test->line + test->used, sizeof(test->line) - 1 - test->used)) > 0) {
		char *start = test->line, *end;
		test->used += (size_t)got;
		test->line[test->used] = '\0';
		while ((end = strchr(start, '\n'))) {
			*end = '\0';
			take_line(test, start);
			start = end + 1;
		}
		test->used = strlen(start);
		memmove(test->line, start, test->used);
		if (test->used == sizeof(test->line) - 1)
			test->used = 0; /* a line of 8 KiB is nobody's message */
	}
}

/* Until the test binary ends or its time is up. */
static void watch(struct test *test)
{
	struct pollfd fds[] = {{.fd = test->pidfd, .events = POLLIN},
			       {.fd = test->out, .events = POLLIN},
			       {.fd = test->timer, .events = POLLIN},
			       {.fd = test->orders->fd, .events = POLLIN}};

	while (!(fds[0].revents & POLLIN)) {
		if (poll(fds, 4, -1) < 0)
			continue;
		if (fds[1].revents & POLLIN)
			take_output(test);
		else if (fds[1].revents)
			fds[1].fd = -1; /* it closed its output; its end is still to come */
		if (fds[2].revents) {
			test->timed_out = true;
			return;
		}
		if (fds[3].revents & POLLIN) {
			orders_fill(test->orders);
			for (char *line; (line = orders_line(test->orders));)
				if (!agent_urgent(line))
					die("the host ordered '%s' while a test ran", line);
		}
	}
}

static void verdict(struct test *test, const char *name, const char *reason)
{
	snprintf(test->verdict, sizeof(test->verdict), "%s", name);
	if (!reason)
		return;
	snprintf(test->reason, sizeof(test->reason), "%s", reason);
	fprintf(test->ports->results, "#:nscheck_message: %s\n", reason);
}

/* After the test binary's end: what it left, and what its ending says if it gave no verdict. */
static void conclude(struct test *test)
{
	FILE *results = test->ports->results;
	int status = 0;

	if (!test->timed_out && waitpid(test->pid, &status, 0) == test->pid && !test->verdict[0]) {
		char how[64];
		snprintf(how, sizeof(how), "the test's runner ended with wait status 0x%x",
			 (unsigned int)status);
		verdict(test, "error", test->reason[0] ? NULL : how);
	}
	bool passed = strcmp(test->verdict, "pass") == 0;
	char *leaks = NULL;
	size_t size = 0;
	FILE *list = open_memstream(&leaks, &size);
	bool leaked = list && box_occupied(list);
	box_destroy(!test->cgroups);
	if (test->timed_out)
		verdict(test, "timeout", "did not end, and had to be killed from outside");
	if (list && hygiene_differs(state, list))
		leaked = true;
	if (list)
		fclose(list);
	if (leaked)
		fputs(leaks, results);
	if (leaked && passed) {
		char *first = leaks + strlen("# leak: ");
		first[strcspn(first, "\n")] = '\0';
		char text[600];
		snprintf(text, sizeof(text), "left behind or changed: %s", first);
		verdict(test, "leak", text);
	}
	free(leaks);
}

static void print_result(const struct test *test, unsigned int number, long long micros)
{
	FILE *results = test->ports->results;
	const char *v = test->verdict;

	fprintf(results, "#:nscheck_micros: %lld\n#:nscheck_verdict: %s\n", micros, v);
	if (strcmp(v, "pass") == 0)
		fprintf(results, "ok %u %s\n", number, test->id);
	else if (strcmp(v, "skip") == 0)
		fprintf(results, "ok %u %s # SKIP %s\n", number, test->id, test->reason);
	else if (strcmp(v, "timeout") == 0)
		fprintf(results, "not ok %u %s # TIMEOUT %s\n", number, test->id, test->reason);
	else if (strcmp(v, "error") == 0)
		fprintf(results, "not ok %u %s # ERROR %s\n", number, test->id, test->reason);
	else
		fprintf(results, "not ok %u %s\n", number, test->id);
	fflush(results);
}

void test_system_changed(void)
{
	forget_state();
}

void test_run(struct ports *ports, struct orders *orders, double factor, const char *flags, const char *id)
{
	static unsigned int number;
	struct test test = {.ports = ports, .orders = orders, .factor = factor, .id = id};

	mark("start", id);
	fprintf(ports->results, "#:nscheck_start: %s\n", id);
	fflush(ports->results);
	long long began = now_us();
	start(&test, flags);
	watch(&test);
	take_output(&test);
	conclude(&test);
	close(test.pidfd);
	close(test.out);
	close(test.go);
	close(test.timer);
	mark("end", id);
	print_result(&test, ++number, now_us() - began);
}
