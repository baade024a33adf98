// SPDX-License-Identifier: GPL-2.0-only
/* One test: boxed, watched, cleaned up after, compared, reported. */
#include "runner/init/test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner/contract.h"
#include "runner/init/box.h"
#include "runner/init/die.h"
#include "runner/init/hygiene.h"
#include "runner/init/suites.h"
#include "runner/init/sysrq.h"
#include "runner/init/words.h"

/* Before the test binary has told its limit, and on top of it afterwards: libcheck's clock comes first. */
#define GRACE_SECONDS 2
#define START_SECONDS 30

struct test {
	struct ports *ports;
	struct orders *orders;
	double factor;
	const char *id;
	int timer;
	bool cgroups; /* it works with cgroups */
	char verdict[16], reason[1024];
	bool timed_out;
	bool orphaned;   /* its server is gone */
	char line[8192]; /* of the server's answers, not yet whole */
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
	int size = snprintf(text, sizeof(text), "<3>" MARK "%s%s\n", what, id);
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
	char request[REQUEST_MAX + 2];

	snprintf(request, sizeof(request), "%f %s %s\n", test->factor, flags, test->id);
	if (!state)
		state = hygiene_look();
	box_make();
	test->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (test->timer < 0)
		die("cannot watch a test: %s", strerror(errno));
	set_timer(test, START_SECONDS * test->factor);
	if (!suites_ask(request))
		die("the test binary starts no test");
}

/* The test binary has arranged for what the test needs, and begins; if it changed the system for that, when it is told to. */
static void begin(struct test *test, const char *limit)
{
	test->cgroups = has_word(limit, LIMIT_CGROUPS);
	set_timer(test, strtod(limit, NULL) + GRACE_SECONDS * test->factor);
	if (!has_word(limit, LIMIT_CHANGED))
		return;
	forget_state();
	state = hygiene_look();
	if (!suites_ask(ANSWER_CHANGED "\n"))
		test->orphaned = true;
}

static void take_line(struct test *test, const char *line)
{
	const char *value;

	if ((value = after(line, SAYS_LIMIT))) {
		begin(test, value);
	} else if ((value = after(line, SAYS_VERDICT))) {
		snprintf(test->verdict, sizeof(test->verdict), "%s", value);
	} else {
		if ((value = after(line, SAYS_MESSAGE)))
			snprintf(test->reason, sizeof(test->reason), "%s", value);
		fprintf(test->ports->results, "%s%s\n", line[0] == '#' ? "" : "# ", line);
	}
}

static void take_answers(struct test *test)
{
	ssize_t got = recv(suites_answers(), test->line + test->used, sizeof(test->line) - 1 - test->used,
			   MSG_DONTWAIT);
	char *start = test->line, *end;

	if (got <= 0) {
		test->orphaned = got == 0 || errno != EAGAIN;
		return;
	}
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

/* Until the server gives a verdict or ends, or the test's time is up. */
static void watch(struct test *test)
{
	struct pollfd fds[] = {{.fd = suites_answers(), .events = POLLIN},
			       {.fd = test->timer, .events = POLLIN},
			       {.fd = test->orders->fd, .events = POLLIN}};

	while (!test->verdict[0] && !test->orphaned) {
		if (poll(fds, 3, -1) < 0)
			continue;
		if (fds[0].revents)
			take_answers(test);
		if (fds[1].revents) {
			test->timed_out = true;
			return;
		}
		if (fds[2].revents & POLLIN) {
			orders_fill(test->orders);
			for (char *line; (line = orders_line(test->orders));)
				if (!sysrq_obey(line))
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
	fprintf(test->ports->results, SAYS_MESSAGE "%s\n", reason);
}

/* After the verdict: what the test left, and what its server's ending says if there is none. */
static void conclude(struct test *test)
{
	FILE *results = test->ports->results;

	if (test->timed_out || test->orphaned) {
		int status = suites_stop();
		char how[64];
		snprintf(how, sizeof(how), "the server of the tests ended with wait status 0x%x",
			 (unsigned int)status);
		if (test->orphaned && !test->verdict[0])
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

	fprintf(results, SAYS_MICROS "%lld\n" SAYS_VERDICT "%s\n", micros, v);
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

	mark(MARK_START, id);
	fprintf(ports->results, SAYS_START "%s\n", id);
	fflush(ports->results);
	long long began = now_us();
	start(&test, flags);
	watch(&test);
	conclude(&test);
	close(test.timer);
	mark(MARK_END, id);
	print_result(&test, ++number, now_us() - began);
}
