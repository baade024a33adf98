// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/record.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

/* Out of the way of tests that look at the lowest free descriptors. */
#define HIGH_FD 200

static struct record *record;
static int record_fd = -1, alarm_fd = -1;
static pid_t main_pid;
static char role[sizeof(record->role)];
static char note[256];

static int high(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);

	close(fd);
	return moved;
}

static void record_map(void)
{
	record = mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE, MAP_SHARED, record_fd, 0);
	if (record == MAP_FAILED) {
		perror("nscheck: cannot map the record");
		exit(EXIT_FAILURE);
	}
}

/* The server of the tests makes one record and clears it: no process of an earlier test is left that could write it. */
static void record_clear(void)
{
	uint64_t count;

	memset(record, 0, sizeof(*record));
	while (read(alarm_fd, &count, sizeof(count)) > 0)
		;
}

void record_make(void)
{
	if (record) {
		record_clear();
		return;
	}
	record_fd = high(memfd_create("nscheck-record", MFD_CLOEXEC));
	alarm_fd = high(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (record_fd < 0 || alarm_fd < 0 || ftruncate(record_fd, sizeof(*record)) < 0) {
		perror("nscheck: cannot make the record");
		exit(EXIT_FAILURE);
	}
	record_map();
}

void record_test(const char *file, int line, int lacking)
{
	snprintf(record->test.file, sizeof(record->test.file), "%s", file);
	record->test.line = line;
	record->test.lacking = lacking;
}

void record_export(char *text, size_t size)
{
	fcntl(record_fd, F_SETFD, 0);
	fcntl(alarm_fd, F_SETFD, 0);
	snprintf(text, size, "%d %d %s", record_fd, alarm_fd, role);
}

bool record_import(const char *text)
{
	int used = 0;

	if (sscanf(text, "%d %d %n", &record_fd, &alarm_fd, &used) < 2 || !used)
		return false;
	snprintf(role, sizeof(role), "%s", text + used);
	fcntl(record_fd, F_SETFD, FD_CLOEXEC);
	fcntl(alarm_fd, F_SETFD, FD_CLOEXEC);
	record_map();
	return true;
}

void record_give(struct record_hand *hand)
{
	hand->fds[0] = record_fd;
	hand->fds[1] = alarm_fd;
	snprintf(hand->role, sizeof(hand->role), "%s", role);
	snprintf(hand->note, sizeof(hand->note), "%s", note);
}

void record_take(const struct record_hand *hand)
{
	record_fd = high(hand->fds[0]);
	alarm_fd = high(hand->fds[1]);
	snprintf(role, sizeof(role), "%s", hand->role);
	snprintf(note, sizeof(note), "%s", hand->note);
	record_map();
}

const struct record *record_get(void)
{
	return record;
}

void record_own(void)
{
	main_pid = getpid();
	role[0] = note[0] = '\0';
}

bool record_is_main(void)
{
	return getpid() == main_pid && !role[0];
}

int record_alarm(void)
{
	return alarm_fd;
}

void record_enter_role(const char *name)
{
	size_t used = strlen(role);

	snprintf(role + used, sizeof(role) - used, "%s%s", used ? "/" : "", name);
}

void record_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(note, sizeof(note), fmt, ap);
	va_end(ap);
}

void record_follow(void)
{
	if (!record_is_main())
		_exit(RECORD_EXIT);
	if (record->kind == RECORD_SKIP)
		_exit(EXIT_SUCCESS); /* libcheck knows no skip; whoever reports reads the record */
	_ck_assert_failed(record->file, record->line, "test", "%s", record->message);
}

void record_end(enum record_kind kind, const char *file, int line, const char *fmt, ...)
{
	int expected = 0;

	if (__atomic_compare_exchange_n(&record->claimed, &expected, 1, false, __ATOMIC_SEQ_CST,
					__ATOMIC_SEQ_CST)) {
		va_list ap;
		va_start(ap, fmt);
		int used = vsnprintf(record->message, sizeof(record->message), fmt, ap);
		va_end(ap);
		if (note[0] && used > 0 && (size_t)used < sizeof(record->message))
			snprintf(record->message + used, sizeof(record->message) - used, " [%s]", note);
		snprintf(record->file, sizeof(record->file), "%s", file);
		snprintf(record->role, sizeof(record->role), "%s", role);
		record->line = line;
		record->pid = getpid();
		__atomic_store_n(&record->kind, kind, __ATOMIC_SEQ_CST);
		uint64_t one = 1;
		if (write(alarm_fd, &one, sizeof(one)) < 0)
			_exit(RECORD_EXIT); /* whoever waits sees this process end instead */
	} else {
		/* The first writer is in the middle of it; its alarm tells when it is done. */
		struct pollfd written = {.fd = alarm_fd, .events = POLLIN};
		while (poll(&written, 1, -1) < 0 && errno == EINTR)
			;
	}
	record_follow();
}
