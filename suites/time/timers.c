// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deadlines are in the time of the namespace they are set in, durations are not touched. time_namespaces(7),
 * timerfd_create(2), timer_settime(2), clock_nanosleep(2), futex(2). What waits for a wrong deadline waits
 * for hours: the test's time limit tells.
 */
#include <linux/futex.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/timerfd.h>
#include <time.h>

#include "helpers/nscheck.h"
#include "helpers/timens.h"

#define GROUP "time.timers"
/* Seconds: the usual offsets of the monotonic clock and of the one that counts from the start of the machine. */
#define AHEAD      100000
#define BOOT_AHEAD (3 * AHEAD)
#define HOUR       3600

static const struct {
	const char *name;
	clockid_t id;
	bool alarm; /* needs a real-time clock that can wake the machine */
} clocks[] = {
	{"CLOCK_MONOTONIC", CLOCK_MONOTONIC, false},
	{"CLOCK_BOOTTIME", CLOCK_BOOTTIME, false},
	{"CLOCK_BOOTTIME_ALARM", CLOCK_BOOTTIME_ALARM, true},
};

static struct timespec duration(long long ms)
{
	return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

/* The time of a clock in so many milliseconds. */
static struct timespec moment(clockid_t clock, long long ms)
{
	struct timespec t;

	MUST(clock_gettime(clock, &t));
	long long ns = t.tv_nsec + ms * 1000000;
	t.tv_sec += ns / 1000000000;
	t.tv_nsec = ns % 1000000000;
	if (t.tv_nsec < 0) {
		t.tv_sec--;
		t.tv_nsec += 1000000000;
	}
	return t;
}

static bool reached(clockid_t clock, struct timespec t)
{
	struct timespec now;

	MUST(clock_gettime(clock, &now));
	return now.tv_sec > t.tv_sec || (now.tv_sec == t.tv_sec && now.tv_nsec >= t.tv_nsec);
}

static void sleeps_until(clockid_t clock, struct timespec deadline)
{
	IS(clock_nanosleep(clock, TIMER_ABSTIME, &deadline, NULL), 0);
	HOLDS(reached(clock, deadline));
}

CASE(absolute_clock_nanosleep_uses_namespace_time)
{
	const struct {
		long long monotonic, boottime, past;
	} rows[] = {
		{AHEAD, BOOT_AHEAD, -50000 * 1000},
		/* the machine has just been started there */
		{1 - clock_seconds(CLOCK_MONOTONIC), 1 - clock_seconds(CLOCK_BOOTTIME), -500},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		NOTE("offset %lld", rows[i].monotonic);
		MUST(timens_unshare(rows[i].monotonic, rows[i].boottime));
		CHILD(inside, 0) {
			sleeps_until(CLOCK_MONOTONIC, moment(CLOCK_MONOTONIC, rows[i].past));
			sleeps_until(CLOCK_BOOTTIME, moment(CLOCK_BOOTTIME, rows[i].past));
			sleeps_until(CLOCK_MONOTONIC, moment(CLOCK_MONOTONIC, 5));
			sleeps_until(CLOCK_BOOTTIME, moment(CLOCK_BOOTTIME, 5));
		}
		EXITS(inside, 0);
	}
}

/* What a timerfd set to a moment or a duration has left, in seconds. */
static long long timerfd_left(int fd, int flags, struct timespec t)
{
	struct itimerspec timer = {.it_value = t}, left;

	OK(timerfd_settime(fd, flags, &timer, NULL));
	OK(timerfd_gettime(fd, &left));
	return left.it_value.tv_sec;
}

CASE(timerfd_absolute_values_use_namespace_time)
{
	MUST(timens_unshare(AHEAD, BOOT_AHEAD));
	CHILD(inside, 0) {
		for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
			NOTE("%s", clocks[i].name);
			struct timespec now;
			if (clocks[i].alarm && clock_gettime(clocks[i].id, &now) < 0)
				continue;
			int fd = OK(timerfd_create(clocks[i].id, TFD_CLOEXEC));
			IS_NEARLY(timerfd_left(fd, TFD_TIMER_ABSTIME, moment(clocks[i].id, HOUR * 1000)),
				  HOUR);
			IS_NEARLY(timerfd_left(fd, 0, duration(HOUR * 1000)), HOUR);
			HOLDS(!ready(fd));
			struct itimerspec past = {.it_value = moment(clocks[i].id, -AHEAD / 2 * 1000)};
			OK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL));
			AWAIT(fd);
		}
	}
	EXITS(inside, 0);
}

/* A timer of timer_create(2) set to a moment: what it has left, in seconds. */
static long long timer_left(timer_t timer, struct timespec t)
{
	struct itimerspec set = {.it_value = t}, left;

	OK(timer_settime(timer, TIMER_ABSTIME, &set, NULL));
	OK(timer_gettime(timer, &left));
	return left.it_value.tv_sec;
}

CASE(posix_timers_absolute_values_use_namespace_time)
{
	struct sigevent quiet = {.sigev_notify = SIGEV_NONE};
	struct sigevent loud = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	sigset_t usr1 = signal_block(SIGUSR1);
	timer_t timer;

	MUST(timens_unshare(AHEAD, BOOT_AHEAD));
	CHILD(inside, 0) {
		for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
			NOTE("%s", clocks[i].name);
			if (timer_create(clocks[i].id, &quiet, &timer) < 0 && clocks[i].alarm)
				continue;
			IS_NEARLY(timer_left(timer, moment(clocks[i].id, HOUR * 1000)), HOUR);
			OK(timer_create(clocks[i].id, &loud, &timer));
			struct itimerspec past = {.it_value = moment(clocks[i].id, -AHEAD / 2 * 1000)};
			OK(timer_settime(timer, TIMER_ABSTIME, &past, NULL));
			IS(sigwaitinfo(&usr1, NULL), SIGUSR1);
		}
	}
	EXITS(inside, 0);
}

/* futex(2) on a word that nobody changes or wakes. */
static int futex_wait_until(int clock_flag, struct timespec deadline)
{
	uint32_t word = 0;

	return (int)syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | clock_flag, 0,
			    &deadline, NULL, FUTEX_BITSET_MATCH_ANY);
}

static void times_out(clockid_t clock, int clock_flag, struct timespec deadline)
{
	FAILS(ETIMEDOUT, futex_wait_until(clock_flag, deadline));
	HOLDS(reached(clock, deadline));
}

CASE(futex_absolute_timeout_uses_namespace_time)
{
	const long long days = 70 * 24 * HOUR;

	MUST(timens_unshare(days, days));
	CHILD(inside, 0) {
		times_out(CLOCK_MONOTONIC, 0, moment(CLOCK_MONOTONIC, -days / 2 * 1000));
		times_out(CLOCK_MONOTONIC, 0, moment(CLOCK_MONOTONIC, 10));
		times_out(CLOCK_REALTIME, FUTEX_CLOCK_REALTIME, moment(CLOCK_REALTIME, -1000));
		times_out(CLOCK_REALTIME, FUTEX_CLOCK_REALTIME, moment(CLOCK_REALTIME, 10));
	}
	EXITS(inside, 0);
}

/* Five waits of 5 ms, each by another call, and a timer of 5 ms. */
static void wait_for_durations(void)
{
	struct timespec ms5 = duration(5);
	struct timeval us5000 = {.tv_usec = 5000};
	struct itimerspec timer_ms5 = {.it_value = duration(5)};
	struct sigevent loud = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	timer_t timer;

	IS(syscall(SYS_nanosleep, &ms5, NULL), 0);
	IS(clock_nanosleep(CLOCK_MONOTONIC, 0, &ms5, NULL), 0);
	IS(clock_nanosleep(CLOCK_BOOTTIME, 0, &ms5, NULL), 0);
	IS(poll(NULL, 0, 5), 0);
	IS(select(0, NULL, NULL, NULL, &us5000), 0);

	sigset_t usr1 = signal_block(SIGUSR1);
	OK(timer_create(CLOCK_MONOTONIC, &loud, &timer));
	OK(timer_settime(timer, 0, &timer_ms5, NULL));
	IS(sigwaitinfo(&usr1, NULL), SIGUSR1);
}

CASE(relative_timeouts_are_unaffected)
{
	struct timespec at_least = moment(CLOCK_MONOTONIC, 30);

	MUST(timens_unshare(5 * AHEAD, 5 * AHEAD));
	CHILD(inside, 0) {
		wait_for_durations();
	}
	EXITS(inside, 0);
	HOLDS(reached(CLOCK_MONOTONIC, at_least));
}

CASE(realtime_absolute_timers_are_unaffected)
{
	MUST(timens_unshare(AHEAD, BOOT_AHEAD));
	CHILD(inside, 0) {
		int fd = MUST(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC));
		IS_NEARLY(timerfd_left(fd, TFD_TIMER_ABSTIME, moment(CLOCK_REALTIME, (HOUR + 10) * 1000)),
			  HOUR + 10);
		sleeps_until(CLOCK_REALTIME, moment(CLOCK_REALTIME, -1000));
		sleeps_until(CLOCK_REALTIME, moment(CLOCK_REALTIME, 5));
	}
	EXITS(inside, 0);
}

CASE(inherited_timerfd_keeps_its_deadline)
{
	int fd = MUST(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));

	IS_NEARLY(timerfd_left(fd, TFD_TIMER_ABSTIME, moment(CLOCK_MONOTONIC, HOUR * 1000)), HOUR);
	MUST(timens_unshare(AHEAD, BOOT_AHEAD));
	CHILD(inside, 0) {
		struct itimerspec left;
		OK(timerfd_gettime(fd, &left));
		IS_NEARLY(left.it_value.tv_sec, HOUR);
		int own = MUST(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
		IS_NEARLY(timerfd_left(own, TFD_TIMER_ABSTIME, moment(CLOCK_MONOTONIC, HOUR * 1000)), HOUR);
		OK(timerfd_gettime(fd, &left));
		IS_NEARLY(left.it_value.tv_sec, HOUR); /* control: one set inside has changed nothing */
	}
	EXITS(inside, 0);
}
