// SPDX-License-Identifier: GPL-2.0-only
/* The file that holds the offsets: what it takes, until when, and of whom. time_namespaces(7) */
#include "helpers/nscheck.h"
#include "helpers/timens.h"

#define GROUP "time.offsets"
#define ZERO  "monotonic 0 0, boottime 0 0"
#define HALF  4611686018 /* half of KTIME_SEC_MAX: no clock may go beyond */

CASE(file_format_in_the_initial_namespace)
{
	IS(timens_offsets(0), ZERO);
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		IS(timens_offsets(getppid()), ZERO);
		FAILS(EACCES, timens_write(getppid(), "monotonic 1 0"));
	}
	EXITS(user, 0);

	MUST(timens_unshare(10, 20));
	IS(timens_offsets(0), "monotonic 10 0, boottime 20 0"); /* control: the file of another namespace */
}

CASE(valid_writes_by_name_and_number)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{"monotonic 10 0", "monotonic 10 0, boottime 0 0"},
		{"1 11 0", "monotonic 11 0, boottime 0 0"},
		{"7 12 0", "monotonic 11 0, boottime 12 0"},
		{"boottime 13 0\n", "monotonic 11 0, boottime 13 0"},
		{"monotonic 20 0\nboottime 21 0", "monotonic 20 0, boottime 21 0"},
		{"monotonic 22 0\nboottime 23 0\n", "monotonic 22 0, boottime 23 0"},
		{"monotonic 5 999999999", "monotonic 5 999999999, boottime 23 0"},
		{"monotonic 0 0", "monotonic 0 0, boottime 23 0"},
		{"boottime -1 0", "monotonic 0 0, boottime -1 0"},
	};
	const struct timespec old_enough = {.tv_sec = 2}; /* for a clock that shall be a second behind */
	IS(clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &old_enough, NULL), 0);
	OK(unshare(NS_TIME));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		NOTE("\"%s\"", rows[i].text);
		IS(timens_write(0, rows[i].text), strlen(rows[i].text));
		IS(timens_offsets(0), rows[i].shown);
	}
}

CASE(malformed_writes_are_einval)
{
	static char page[65536];
	static const char *const rows[] = {
		"realtime 1 0",
		"tai 1 0",
		"monotonic_raw 1 0",
		"0 1 0",
		"monotonic 1",
		"monotonic",
		"garbage",
		"monotonic 5 0\ngarbage",
		"monotonic 1 1000000000",
		"",
		"monotonic 1 -1",
		"monotonic x 0",
		"\n",
		page,
	};
	long size = MUST(sysconf(_SC_PAGESIZE));
	IS(snprintf(page, sizeof(page), "%-*s", (int)size, "monotonic 1 0"), size);

	MUST(timens_unshare(10, 20));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		NOTE("\"%.30s\"", rows[i]);
		FAILS(EINVAL, timens_write(0, rows[i]));
		IS(timens_offsets(0), "monotonic 10 0, boottime 20 0");
	}
	NOTE("not at the file's start");
	int fd = MUST(open("/proc/self/timens_offsets", O_RDWR | O_CLOEXEC));
	IS(lseek(fd, 5, SEEK_SET), 5);
	FAILS(EINVAL, write(fd, "monotonic 1 0", 13));
	IS(timens_offsets(0), "monotonic 10 0, boottime 20 0");
	IS(lseek(fd, 0, SEEK_SET), 0);
	IS(write(fd, "monotonic 1 0", 13), 13); /* control: at the start it is good */
	IS(timens_offsets(0), "monotonic 1 0, boottime 20 0");
}

CASE(out_of_range_is_erange)
{
	long long now = clock_seconds(CLOCK_MONOTONIC);
	const long long bad[] = {9223372036, -9223372036, INT64_MAX, -(now + 5), HALF};
	const long long good[] = {HALF - now - 200, -(now - 1)};

	OK(unshare(NS_TIME));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		NOTE("offset %lld", bad[i]);
		FAILS(ERANGE, timens_write(0, path("monotonic %lld 0", bad[i])));
		IS(timens_offsets(0), ZERO);
	}
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		NOTE("offset %lld", good[i]);
		OK(unshare(NS_TIME));
		OK(timens_write(0, path("monotonic %lld 0", good[i])));
		CHILD(member, 0) {
			IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), now + good[i]);
			HOLDS(clock_seconds(CLOCK_MONOTONIC) >= 0 && clock_seconds(CLOCK_MONOTONIC) < HALF);
		}
		EXITS(member, 0);
	}
}

CASE(two_records_are_applied_together_or_not_at_all)
{
	const char *two = "monotonic 5 0\nboottime 6 0\n";

	OK(unshare(NS_TIME));
	FAILS(ERANGE, timens_write(0, "monotonic 5 0\nboottime 9223372036 0\n"));
	IS(timens_offsets(0), ZERO);
	IS(timens_write(0, path("%smonotonic 7 0\n", two)), strlen(two));
	IS(timens_offsets(0), "monotonic 5 0, boottime 6 0");
}

CASE(frozen_by_the_first_member)
{
	long long start = clock_seconds(CLOCK_MONOTONIC);

	MUST(timens_unshare(100000, 0));
	OK(timens_write(0, "monotonic 200000 0"));
	CHILD(first, 0) {
		IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), start + 200000);
		FAILS(EACCES, timens_write(0, "monotonic 1 0"));
	}
	EXITS(first, 0);
	FAILS(EACCES, timens_write(0, "monotonic 1 0"));
	IS(timens_offsets(0), "monotonic 200000 0, boottime 0 0");

	CHILD(joiner, 0) {
		OK(unshare(NS_TIME));
		OK(timens_write(0, "monotonic 300000 0"));
		OK(setns(OK(ns_open(0, "time_for_children")), NS_TIME));
		FAILS(EACCES, timens_write(0, "monotonic 1 0"));
		IS(timens_offsets(0), "monotonic 300000 0, boottime 0 0");
		IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), start + 300000);
	}
	EXITS(joiner, 0);
}

CASE(initial_namespace_is_never_writable)
{
	long long start = clock_seconds(CLOCK_MONOTONIC);

	HOLDS(cap_effective(CAP_SYS_TIME));
	FAILS(EACCES, timens_write(1, "monotonic 100000 0"));
	FAILS(EACCES, timens_write(0, "monotonic 100000 0"));
	CHILD(member, 0) {
		IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), start);
	}
	EXITS(member, 0);

	OK(unshare(NS_TIME));
	OK(timens_write(0, "monotonic 100000 0")); /* control: a new one can */
}

CASE(write_needs_cap_sys_time_in_the_owner_by_opener_and_writer)
{
	long long start = clock_seconds(CLOCK_MONOTONIC);

	CHILD(incapable, 0) {
		OK(unshare(NS_TIME));
		int opened_before = MUST(open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC));
		MUST(cap_drop(CAP_SYS_TIME));
		FAILS(EPERM, timens_write(0, "monotonic 1 0"));
		IS(write(opened_before, "monotonic 2 0", 13), 13);
		GIVE_FD(incapable, MUST(open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC)));
		HEAR(incapable);
		CHILD(shifted, 0) {
			IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), start + 100000);
		}
		EXITS(shifted, 0);
	}
	int opened_by_incapable = TAKE_FD(incapable);
	FAILS(EPERM, write(opened_by_incapable, "monotonic 1 0", 13));
	IS(timens_offsets(incapable->pid), "monotonic 2 0, boottime 0 0");
	OK(timens_write(incapable->pid, "monotonic 100000 0")); /* control: the same file, opened here */
	DISMISS(incapable);

	CHILD(stranger, 0) {
		OK(unshare(NS_TIME));
		MUST(unshare(NS_USER));
		FAILS(EPERM, timens_write(0, "monotonic 1 0"));
	}
	EXITS(stranger, 0);
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		OK(unshare(NS_USER | NS_TIME));
		OK(timens_write(0, "monotonic 100000 0"));
		CHILD(shifted, 0) {
			IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), start + 100000);
		}
		EXITS(shifted, 0);
	}
	EXITS(user, 0);
}
