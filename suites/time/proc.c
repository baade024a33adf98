// SPDX-License-Identifier: GPL-2.0-only
/* Times since boot as procfs and sysinfo tell them. time_namespaces(7), proc_uptime(5), proc_stat(5), sysinfo(2) */
#include <inttypes.h>
#include <sys/sysinfo.h>

#include "helpers/nscheck.h"
#include "helpers/timens.h"

#define GROUP "time.proc"

/* Hundredths of a second since boot as an open /proc/uptime has them. */
static long long uptime(int fd)
{
	char text[64] = "";
	long long sec, hundredths;

	MUST(pread(fd, text, sizeof(text) - 1, 0));
	IS(sscanf(text, "%lld.%lld", &sec, &hundredths), 2);
	return sec * 100 + hundredths;
}

/* Reads in the order of the clauses: what is read later is never less. */
static void uptime_and_sysinfo_agree(int opened_outside, long long from, long long offset)
{
	struct sysinfo info;
	int fd = MUST(open("/proc/uptime", O_RDONLY | O_CLOEXEC));

	long long first = uptime(fd);
	OK(sysinfo(&info));
	long long second = uptime(opened_outside);
	HOLDS(first >= from + offset * 100);
	HOLDS(info.uptime >= first / 100);
	HOLDS(info.uptime <= second / 100 + 1); /* sysinfo(2) rounds up */
	HOLDS(second >= first);
}

CASE(uptime_and_sysinfo_follow_boottime)
{
	const long long offsets[] = {10, -1, 3600};
	int fd = MUST(open("/proc/uptime", O_RDONLY | O_CLOEXEC));

	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		NOTE("offset %lld", offsets[i]);
		MUST(timens_unshare(0, offsets[i]));
		long long before = uptime(fd);
		CHILD(inside, 0) {
			uptime_and_sysinfo_agree(fd, before, offsets[i]);
			TELL(inside, uptime(fd));
		}
		long long within = HEAR(inside);
		HOLDS(within <= uptime(fd) + offsets[i] * 100);
		EXITS(inside, 0);
		uptime_and_sysinfo_agree(fd, before, 0); /* control: outside */
	}
}

/* The line "btime SECONDS" of /proc/stat. */
static long long btime(void)
{
	const char *line = strstr(OK(file_read("/proc/stat")), "\nbtime ");

	HOLDS(line != NULL);
	return strtoll(line + strlen("\nbtime "), NULL, 10);
}

/* Field 22 of /proc/PID/stat, in clock ticks; the fields after the name, which ends in the last ")", are numbers. */
static long long start_time(pid_t pid)
{
	long long ticks;
	const char *rest = strrchr(OK(file_read(proc_path(pid, "stat"))), ')');

	HOLDS(rest != NULL);
	IS(sscanf(rest, ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lld",
		  &ticks),
	   1);
	return ticks;
}

CASE(stat_btime_and_process_start_times_are_shifted)
{
	const long long offset = 300000, hz = MUST(sysconf(_SC_CLK_TCK));
	long long booted = btime(), started = start_time(0);
	pid_t other = getpid();

	MUST(timens_unshare(0, offset));
	CHILD(inside, 0) {
		HEAR(inside);
		TELL(inside, btime());
		TELL(inside, start_time(other));
		TELL(inside, start_time(0));
		HEAR(inside);
	}
	long long own_outside = start_time(inside->pid);
	TELL(inside);
	long long booted_inside = HEAR(inside), started_inside = HEAR(inside), own_inside = HEAR(inside);
	DISMISS(inside);

	IS(started_inside - started, offset * hz);
	IS(own_inside - own_outside, offset * hz);
	IS(booted - booted_inside, offset);
	IS(booted_inside + own_inside / hz, booted + own_outside / hz);
}
