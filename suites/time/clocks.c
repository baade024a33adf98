// SPDX-License-Identifier: GPL-2.0-only
/* Which clocks a time namespace shifts, by whichever way they are read. time_namespaces(7), clock_getres(2) */
#include "helpers/nscheck.h"
#include "helpers/timens.h"

#define GROUP     "time.clocks"
#define MONOTONIC 100000 /* the offsets in these tests */
#define BOOTTIME  300000

struct clock {
	const char *name;
	clockid_t id;
	long long offset, outside;
};

/* Reads the clocks here; one without its hardware, which is an alarm clock, gives -1. */
static void read_outside(struct clock *clocks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		clocks[i].outside = clock_seconds(clocks[i].id);
		if (clocks[i].outside < 0)
			HOLDS(clocks[i].id == CLOCK_BOOTTIME_ALARM || clocks[i].id == CLOCK_REALTIME_ALARM);
	}
}

static void differ_by_their_offset(const struct clock *clocks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		NOTE("%s", clocks[i].name);
		if (clocks[i].outside < 0)
			continue;
		IS_NEARLY(clock_seconds(clocks[i].id), clocks[i].outside + clocks[i].offset);
		IS_NEARLY(clock_seconds_raw(clocks[i].id), clocks[i].outside + clocks[i].offset);
	}
	NOTE_END();
}

CASE(monotonic_family_and_boottime_are_shifted)
{
	struct clock clocks[] = {
		{"CLOCK_MONOTONIC", CLOCK_MONOTONIC, MONOTONIC, 0},
		{"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW, MONOTONIC, 0},
		{"CLOCK_MONOTONIC_COARSE", CLOCK_MONOTONIC_COARSE, MONOTONIC, 0},
		{"CLOCK_BOOTTIME", CLOCK_BOOTTIME, BOOTTIME, 0},
		{"CLOCK_BOOTTIME_ALARM", CLOCK_BOOTTIME_ALARM, BOOTTIME, 0},
	};
	read_outside(clocks, ARRAY_SIZE(clocks));
	MUST(timens_unshare(MONOTONIC, BOOTTIME));
	CHILD(inside, 0) {
		differ_by_their_offset(clocks, ARRAY_SIZE(clocks));
	}
	EXITS(inside, 0);
}

CASE(realtime_tai_and_cpu_clocks_are_not_shifted)
{
	struct clock clocks[] = {
		{"CLOCK_REALTIME", CLOCK_REALTIME, 0, 0},
		{"CLOCK_REALTIME_COARSE", CLOCK_REALTIME_COARSE, 0, 0},
		{"CLOCK_REALTIME_ALARM", CLOCK_REALTIME_ALARM, 0, 0},
		{"CLOCK_TAI", CLOCK_TAI, 0, 0},
		{"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID, 0, 0},
		{"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID, 0, 0},
	};
	long long start = clock_seconds(CLOCK_MONOTONIC);

	read_outside(clocks, ARRAY_SIZE(clocks));
	MUST(timens_unshare(MONOTONIC, BOOTTIME));
	CHILD(inside, 0) {
		differ_by_their_offset(clocks, ARRAY_SIZE(clocks));
		IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), start + MONOTONIC); /* control: others are */
	}
	EXITS(inside, 0);
}

CASE(realtime_set_inside_is_set_everywhere)
{
	struct timespec now, monotonic = {.tv_sec = 1};

	MUST(timens_unshare(MONOTONIC, BOOTTIME));
	MUST(clock_gettime(CLOCK_REALTIME, &now));
	struct timespec later = {.tv_sec = now.tv_sec + 1000000, .tv_nsec = now.tv_nsec};
	CHILD(inside, 0) {
		TELL(inside, clock_settime(CLOCK_REALTIME, &later) < 0 ? errno : 0);
		FAILS(EINVAL, clock_settime(CLOCK_MONOTONIC, &monotonic));
	}
	long long err = HEAR(inside), seen = clock_seconds(CLOCK_REALTIME);
	if (!err)
		MUST(clock_settime(CLOCK_REALTIME, &now)); /* put back before anything is claimed */
	IS(err, 0);
	IS_NEARLY(seen, later.tv_sec);
	EXITS(inside, 0);

	CHILD(contained, NS_USER, .map = CONTAINER_MAP) {
		MUST(timens_unshare(0, 0));
		FAILS(EPERM, clock_settime(CLOCK_REALTIME, &later));
	}
	EXITS(contained, 0);
	IS_NEARLY(clock_seconds(CLOCK_REALTIME), now.tv_sec);
}

/* Both readings of the clock, of this moment. */
static void reads(long long seconds)
{
	long long by_syscall = clock_seconds_raw(CLOCK_MONOTONIC), by_libc = clock_seconds(CLOCK_MONOTONIC);

	IS_NEARLY(by_libc, seconds);
	IS_NEARLY(by_syscall, seconds);
}

CASE(vdso_and_syscall_agree_across_switches)
{
	long long start = clock_seconds(CLOCK_MONOTONIC);
	int initial = MUST(ns_open(0, "time"));

	MUST(timens_unshare(MONOTONIC, BOOTTIME));
	int shifted = MUST(ns_open(0, "time_for_children"));
	CHILD(switcher, 0) {
		reads(start + MONOTONIC);
		for (int round = 0; round < 50; round++) {
			OK(setns(initial, NS_TIME));
			reads(start);
			OK(setns(shifted, NS_TIME));
			reads(start + MONOTONIC);
		}
	}
	EXITS(switcher, 0);
}

PAYLOAD(clock_reader)
{
	TELL(outer, clock_seconds(CLOCK_MONOTONIC));
	TELL(outer, clock_seconds_raw(CLOCK_MONOTONIC));
	TELL(outer, OK(ns_id(0, "time")));
	TELL(outer, OK(ns_id(0, "time_for_children")));
}

/* What a clock_reader says: the seconds of both readings, and whether it is where its children will be. */
struct reading {
	long long by_libc, by_syscall;
	bool moved;
};

static struct reading hear_reading(struct child *reader)
{
	struct reading r = {.by_libc = HEAR(reader), .by_syscall = 0};

	r.by_syscall = HEAR(reader);
	long long id = HEAR(reader);
	r.moved = HEAR(reader) == id;
	return r;
}

CASE(offset_survives_exec)
{
	long long start = clock_seconds(CLOCK_MONOTONIC);

	MUST(timens_unshare(MONOTONIC, BOOTTIME));
	CHILD(program, 0) {
		reads(start + MONOTONIC);
		EXEC(program, clock_reader);
	}
	struct reading inside = hear_reading(program);
	EXITS(program, 0);
	IS_NEARLY(inside.by_libc, start + MONOTONIC);
	IS_NEARLY(inside.by_syscall, start + MONOTONIC);
	HOLDS(inside.moved);
}

CASE(exec_moves_the_unsharing_process_itself)
{
	long long start = clock_seconds(CLOCK_MONOTONIC);

	CHILD(program, 0) {
		MUST(timens_unshare(MONOTONIC, BOOTTIME));
		reads(start);
		EXEC(program, clock_reader);
	}
	struct reading after = hear_reading(program);
	EXITS(program, 0);
	HOLDS(after.moved);
	IS_NEARLY(after.by_libc, start + MONOTONIC);
	IS_NEARLY(after.by_syscall, start + MONOTONIC);
}

static long long in_thread, in_thread_raw;

static void read_in_thread(void)
{
	in_thread = clock_seconds(CLOCK_MONOTONIC);
	in_thread_raw = clock_seconds_raw(CLOCK_MONOTONIC);
}

/* vfork(2); the child executes a clock_reader that tells over the caller's own link. */
static pid_t vfork_reader(struct child *caller)
{
	pid_t pid = vfork();

	if (pid == 0)                       /* EXEC changes nothing that the caller reads later */
		EXEC(caller, clock_reader); /* NOLINT(clang-analyzer-unix.Vfork) */
	return pid;
}

/* Who shares the memory of `box` stays in the old time namespace with it; a program that it starts does not. */
static void stays_with_its_memory(struct child *box, pid_t partner, long long start)
{
	MUST(kill(partner, SIGKILL));
	IS(waitpid(partner, NULL, 0), partner);
	pid_t program = OK(vfork_reader(box));
	IS(waitpid(program, NULL, 0), program);
	reads(start);
	OK(thread_run(read_in_thread));
	IS_NEARLY(in_thread, start);
	IS_NEARLY(in_thread_raw, start);
	reads(start);
}

CASE(vfork_child_enters_only_with_exec)
{
	const bool moves = feature_here("exec_enters_time_namespace");
	long long start = clock_seconds(CLOCK_MONOTONIC);

	CHILD(box, 0) {
		MUST(timens_unshare(MONOTONIC, BOOTTIME));
		if (moves) {
			stays_with_its_memory(box, OK(thread_partner()), start);
		} else {
			FAILS(EINVAL, thread_partner());
			FAILS(EINVAL, vfork_reader(box));
			FAILS(EINVAL, thread_run(NULL));
		}
	}
	if (moves) {
		struct reading of_program = hear_reading(box);
		IS_NEARLY(of_program.by_libc, start + MONOTONIC);
		IS_NEARLY(of_program.by_syscall, start + MONOTONIC);
		HOLDS(of_program.moved);
	}
	EXITS(box, 0);
}
