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
	bool cgroups;    /* it works with cgroups */
	char ending[16]; /* as its server told it */
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
	int size = snprintf(text, sizeof(text), "<3>" LOG_MARK "%s%s\n", what, id);
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
	} else if ((value = after(line, SAYS_END))) {
		snprintf(test->ending, sizeof(test->ending), "%.*s", (int)strcspn(value, " "), value);
	} else {
		fprintf(test->ports->results, "%s%s\n", line[0] == '#' ? "" : "# ", line);
	}
}

static void take_answers(struct test *test)
{
	ssize_t got = read(suites_answers(), test->line + test->used, sizeof(test->line) - 1 - test->used);
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

/* Until the server tells the test's end or ends itself, or the test's time is up. */
static void watch(struct test *test)
{
	struct pollfd fds[] = {{.fd = suites_answers(), .events = POLLIN},
			       {.fd = test->timer, .events = POLLIN},
			       {.fd = test->orders->fd, .events = POLLIN}};

	while (!test->ending[0] && !test->orphaned) {
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

static void set_ending(struct test *test, enum ending ending)
{
	static const char *const endings[] = {ENDINGS(ENDING_WORD)};

	snprintf(test->ending, sizeof(test->ending), "%s", endings[ending]);
}

/* After the test: how it ended if its server does not say so, and what it left. */
static void conclude(struct test *test)
{
	FILE *results = test->ports->results;

	if (test->timed_out || test->orphaned) {
		int status = suites_stop();
		if (test->timed_out) {
			set_ending(test, ENDING_KILLED);
			fputs(SAYS_MESSAGE "did not end, and had to be killed from outside\n", results);
		} else if (!test->ending[0]) {
			set_ending(test, ENDING_ORPHANED);
			fprintf(results, SAYS_MESSAGE "the server of the tests ended with wait status 0x%x\n",
				(unsigned int)status);
		}
	}
	box_tell(results);
	box_destroy(!test->cgroups);
	hygiene_tell(state, results);
}

void test_system_changed(void)
{
	forget_state();
}

void test_run(struct ports *ports, struct orders *orders, double factor, const char *flags, const char *id)
{
	struct test test = {.ports = ports, .orders = orders, .factor = factor, .id = id};

	mark(LOG_START, id);
	fprintf(ports->results, SAYS_START "%s\n", id);
	fflush(ports->results);
	long long began = now_us();
	start(&test, flags);
	watch(&test);
	conclude(&test);
	close(test.timer);
	mark(LOG_END, id);
	fprintf(ports->results, SAYS_MICROS "%lld\n" SAYS_END "%s %s\n", now_us() - began, test.ending, id);
	fflush(ports->results);
}
