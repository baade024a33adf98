// SPDX-License-Identifier: GPL-2.0-only
/*
 * Violent ends: whatever is killed, interrupted, full or gone, what had been received is in the report, --resume runs
 * the rest, and no VM and no file of a temporary kind is left.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/journal.h"
#include "results/run.h"
#include "runner/base/text.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

#define ONE_VM "--accel tcg --jobs 1 -o out "

/* The pid of a fake machine of this test, which has the test's folder in its environment; 0 when there is none. */
static pid_t fake_machine(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	pid_t found = 0;

	while (!found && (e = readdir(proc))) {
		char name[300], text[8192] = "";
		int fd;
		ssize_t n;

		if (*e->d_name < '1' || *e->d_name > '9')
			continue;
		snprintf(name, sizeof(name), "/proc/%s/comm", e->d_name);
		fd = open(name, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, text, sizeof(text));
		close(fd);
		if (n <= 0 || strncmp(text, "fake-machine", strlen("fake-machine")))
			continue;
		snprintf(name, sizeof(name), "/proc/%s/environ", e->d_name);
		fd = open(name, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, text, sizeof(text));
		close(fd);
		if (n > 0 && memmem(text, (size_t)n, dir, strlen(dir)))
			found = atoi(e->d_name);
	}
	closedir(proc);
	return found;
}

/* What was killed has a moment to go; then nothing may be there but what belongs there, or half a report. */
static void leaves_nothing(void)
{
	for (int i = 0; i < 200 && fake_machine(); i++)
		usleep(10000);
	ck_assert_int_eq(fake_machine(), 0);
	char *command = mem_printf(
		"cd '%s' && find . -type f ! -path './cache/*' ! -path './out/journal.ndjson' ! -path "
		"'./out/results.*' ! -path './out/console.log' ! -name log ! -name guest ! -name known; "
		"find . -name '*.tmp*' ! -path './out/results.*.tmp'",
		dir);
	FILE *found = popen(command, "re");
	char line[500] = "";

	ck_assert_msg(found && !fgets(line, sizeof(line), found), "left: %s", line);
	pclose(found);
	free(command);
}

/* The report of what is there has so many passes and misses; --resume then has them all. */
static void is_whole_again(int passed, int missed)
{
	leaves_nothing();
	IS_STATUS(run("", "--report out"), missed ? 3 : 0);
	ck_assert_int_eq(total("pass"), passed);
	ck_assert_int_eq(total("miss"), missed);
	IS_STATUS(run("", "--resume out"), 0);
	ck_assert_int_eq(total("pass"), 5);
	holds(output, "5 passed, 0 failed, 0 skipped in");
	leaves_nothing();
}

START_TEST(the_host_is_killed)
{
	pid_t pid = start("hang:a.one.second", ONE_VM);

	await("a.one.first");
	ck_assert(fake_machine());
	kill(pid, SIGKILL);
	ck_assert_int_eq(wait_status(pid), 1000 + SIGKILL);
	is_whole_again(1, 4);
	json_t *root = results();
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(root, "run"), "resumed")), 1);
	ck_assert_str_eq(json_string_value(json_object_get(json_object_get(root, "end"), "how")), "finished");
	json_decref(root);
}
END_TEST

/* By a signal that nobody here sent, or an error of its own: that is no verdict on the kernel. */
START_TEST(monitor_is_killed)
{
	static const struct {
		const char *script, *message;
	} ends[] = {
		{"killed:a.one.second", "the fake was ended by signal 9 (Killed)"},
		{"terminated:a.one.second", "the VM ended (host-signal)"},
		{"fails:a.one.second", "the fake ended with status 1"},
	};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		char *message =
			mem_printf("%s while the test ran: the trouble of this machine, not of the kernel",
				   ends[i].message);

		IS_STATUS(run_out(ends[i].script, ""), 3);
		ck_assert_str_eq(fact("a.one.second", "verdict"), "error");
		ck_assert_str_eq(fact("a.one.second", "message"), message);
		ck_assert_int_eq(total("pass"), 4);
		holds(output, "; once more in another VM\n");
		ck_assert_ptr_null(strstr(output, "again, alone"));
		free(message);
	}
	leaves_nothing();
}
END_TEST

START_TEST(monitor_is_killed_once)
{
	IS_STATUS(run_out("killed-cold:a.one.second", ""), 0);
	ck_assert_int_eq(total("pass"), 5);
	ck_assert_int_eq(total("error"), 0);
	holds(output, "note: a.one.second: the fake was ended by signal 9 (Killed) while the test ran: ");
	char *journal = slurp("out/journal.ndjson");
	ck_assert_ptr_null(strstr(journal, "\"verdict\":\"error\""));
	free(journal);
	/* What the kernel said before is its own. */
	IS_STATUS(run_out("killed-cold:a.one.second,splat:a.one.second", "--cold --reruns 0"), 1);
	ck_assert_str_eq(fact("a.one.second", "verdict"), "splat");
	leaves_nothing();
}
END_TEST

/* With several at once, and while failed tests are run again. */
START_TEST(some_monitors_are_killed)
{
	IS_STATUS(run("fail:a.one.first,killed-cold:a.one.second,killed-cold:a.two.third",
		      "--accel tcg --jobs 3 -o out"),
		  1);
	ck_assert_int_eq(total("fail"), 1);
	ck_assert_int_eq(total("pass"), 4);
	IS_STATUS(run_out("killed:a.one.first,killed:a.one.second,killed:a.two.third", "a"), 3);
	ck_assert_int_eq(total("error"), 3);
	leaves_nothing();
}
END_TEST

START_TEST(monitor_is_killed_before_a_test)
{
	IS_STATUS(run_out("killed-booting", ""), 3);
	holds(output, "nscheck: the fake was ended by signal 9 (Killed) before the guest said hello\n");
	ck_assert_int_eq(total("miss"), 5);
	IS_STATUS(run_out("", ""), 0);
	IS_STATUS(run_out("killed-restoring", ""), 3);
	ck_assert_ptr_null(strstr(output, "thrown away"));
	IS_STATUS(run_out("restore-fails", ""), 0); /* it is there, then */
	holds(output, "thrown away");
	leaves_nothing();
}
END_TEST

START_TEST(both_are_killed)
{
	pid_t pid = start("hang:a.one.second", ONE_VM);

	await("a.one.first");
	kill(fake_machine(), SIGKILL);
	kill(pid, SIGKILL);
	ck_assert_int_eq(wait_status(pid), 1000 + SIGKILL);
	leaves_nothing();
	IS_STATUS(run("", "--report out"), total("miss") ? 3 : 1);
	ck_assert_int_eq(total("pass"), 1);
}
END_TEST

/* From its first call to its reports; every second time with its VM. */
START_TEST(the_host_is_killed_at_any_time)
{
	enum { TIMES = 15, STEP_US = 25000 };
	char *clean = mem_printf("rm -rf '%s/out' '%s/cache'", dir, dir);

	for (int i = 1; i <= TIMES; i++) {
		ck_assert_int_eq(system(clean), 0);
		pid_t pid = start("slow", ONE_VM), vm = 0;
		usleep((useconds_t)(i * STEP_US));
		if (i % 2 && (vm = fake_machine()))
			kill(vm, SIGKILL);
		kill(pid, SIGKILL);
		wait_status(pid);
		leaves_nothing();
	}
	IS_STATUS(run_out("", "--cold"), 0);
	free(clean);
}
END_TEST

START_TEST(one_interrupt_lets_the_test_end)
{
	pid_t pid = start("slow,slow,slow:a.one.second", ONE_VM);

	await("a.one.first");
	kill(pid, SIGINT);
	IS_STATUS(wait_status(pid), 130);
	holds(output, "note: interrupted: running tests have five seconds; once more ends them now\n");
	ck_assert_int_ge(total("pass"), 1);
	ck_assert_int_eq(total("pass") + total("miss"), 5);
	holds(output, "to run the rest: ");
	holds(output, " --resume /");
	holds(output, "/out\n");
	is_whole_again((int)total("pass"), (int)total("miss"));
}
END_TEST

START_TEST(two_interrupts_end_it_now)
{
	pid_t pid = start("hang:a.one.second", ONE_VM);

	await("a.one.first");
	kill(pid, SIGINT);
	await("interrupted");
	kill(pid, SIGINT);
	IS_STATUS(wait_status(pid), 130);
	is_whole_again(1, 4);
}
END_TEST

/* A limit of the size of files: a write is done in part, and the next one not at all, as on a full disk. */
START_TEST(the_disk_is_full)
{
	struct rlimit old, tight;

	IS_STATUS(run_out("", ""), 0);
	char *journal = slurp("out/journal.ndjson"), *test = strstr(journal, "a.two.third\",\"verdict");
	ck_assert_ptr_nonnull(test);
	getrlimit(RLIMIT_FSIZE, &old);
	tight = (struct rlimit){(rlim_t)(test - journal), old.rlim_max};
	free(journal);
	setrlimit(RLIMIT_FSIZE, &tight);
	int status = run_out("", "--cold");
	setrlimit(RLIMIT_FSIZE, &old);
	IS_STATUS(status, 3);
	holds(output, "nscheck: cannot write the journal: ");
	holds(output, "; what came before is kept\n");
	const char *line = strstr(output, "6.0.0-fake: ");
	int passed = 0, missed = 0;
	ck_assert(line && sscanf(line, "%*s %d passed, 0 failed, 0 skipped, %d miss", &passed, &missed) == 2);
	ck_assert(passed > 0 && passed + missed == 5);
	is_whole_again(passed, missed);
}
END_TEST

START_TEST(the_results_folder_is_removed)
{
	pid_t pid = start("slow", ONE_VM);

	await("a.one.first");
	char *rm = mem_printf("rm -rf '%s/out'", dir);
	ck_assert_int_eq(system(rm), 0);
	free(rm);
	IS_STATUS(wait_status(pid), 0);
	holds(output, "note: the results folder was removed and has been made again; the kernel logs until "
		      "now are lost\n");
	ck_assert_int_eq(total("pass"), 5);
	is_whole_again(5, 0);
}
END_TEST

static void write_journal(const char *text, size_t len)
{
	char *path = mem_printf("%s/out/journal.ndjson", dir);
	FILE *f = fopen(path, "we");

	ck_assert(f && fwrite(text, 1, len, f) == len);
	fclose(f);
	free(path);
}

static size_t whole_lines(const char *text, size_t len)
{
	while (len && text[len - 1] != '\n')
		len--;
	return len;
}

/* At every byte the report has just the whole lines, and what would be appended begins on a line of its own. */
START_TEST(the_journal_is_cut_at_every_byte)
{
	IS_STATUS(run_out("skip:a.one.first", "--reruns 0"), 0);
	char *all = slurp("out/journal.ndjson"), *out = mem_printf("%s/out", dir);
	size_t len = strlen(all), first = strcspn(all, "\n") + 1;

	for (size_t at = 0; at <= len; at++) {
		struct fault fault = {0}, opened = {0};
		struct journal j;
		struct run run;

		write_journal(all, at);
		ck_assert_int_eq(run_load(&run, out, &fault), at < first ? -1 : 0);
		if (at >= first) {
			size_t results = 0;

			for (const char *s = all; (s = strstr(s, "\"type\":\"test\"}\n")); s++)
				results += s + strlen("\"type\":\"test\"}\n") <= all + at;
			ck_assert_uint_eq(run.count - run.total[VERDICT_MISS], results);
			ck_assert_uint_eq(run.damaged, 0);
			run_free(&run);
		}
		ck_assert_int_eq(journal_open(&j, out, &opened), 0);
		ck_assert_uint_eq((size_t)lseek(j.fd, 0, SEEK_END), whole_lines(all, at));
		journal_close(&j);
	}
	free(all);
	free(out);
}
END_TEST

START_TEST(a_run_that_was_cut_can_be_resumed)
{
	IS_STATUS(run_out("", ""), 0);
	char *all = slurp("out/journal.ndjson");
	size_t len = strlen(all), first = strcspn(all, "\n") + 1;

	write_journal(all, first - 1);
	IS_STATUS(run("", "--resume out"), 2);
	holds(output, "holds no run: it was cut before the first test\n");
	ck_assert_int_eq(lines_of(output), 1);
	for (size_t at = first; at <= len; at += (len - first) / 7) {
		write_journal(all, at);
		IS_STATUS(run("", "--resume out"), 0);
		ck_assert_int_eq(total("pass"), 5);
	}
	free(all);
}
END_TEST

START_TEST(what_a_resumed_run_takes_over)
{
	write_kernel("k", "6.1.0-k");
	pid_t pid =
		start("hang:a.one.second", ONE_VM "--kernel k --timeout-factor 3 --setup 'echo \"a b\"' a b");
	await("a.one.first");
	kill(pid, SIGKILL);
	wait_status(pid);
	IS_STATUS(run("fail:a.two.third", "--resume out"), 1);
	ck_assert_str_eq(fact("a.two.third", "verdict"), "fail");
	ck_assert_int_eq(total("pass"), 4);
	holds(output, "    again: ");
	holds(output, " --timeout-factor 3 --setup 'echo \"a b\"' ");
	json_t *root = results(), *vms = json_object_get(root, "vms");
	for (size_t i = 0; i < json_array_size(vms); i++) /* numbers go on */
		ck_assert_int_eq(json_integer_value(json_object_get(json_array_get(vms, i), "vm")),
				 (int)i + 1);
	json_decref(root);
	/* What failed is not run again and again. */
	IS_STATUS(run("", "--resume out"), 1);
	ck_assert_ptr_null(strstr(output, "again, alone"));
	write_kernel("k", "6.1.0-other");
	IS_STATUS(run("", "--resume out"), 2);
	holds(output,
	      "nscheck: cannot resume: the kernel is not what it was when the run began; begin it anew\n");
	ck_assert_int_eq(lines_of(output), 1);
}
END_TEST

START_TEST(reruns_are_part_of_the_rest)
{
	IS_STATUS(run_out("fail-later:a.one.second", "a"), 1);
	char *all = slurp("out/journal.ndjson"), *again = strstr(all, "\"again\":true");
	ck_assert_ptr_nonnull(again);
	size_t len = whole_lines(all, (size_t)(again - all));
	for (int i = 0; i < 2; i++) { /* without any of them, and with the first */
		write_journal(all, len);
		IS_STATUS(run("", "--report out"), 1);
		ck_assert_str_eq(fact("a.one.second", "verdict"), "fail");
		IS_STATUS(run("fail-later:a.one.second", "--resume out"), 1);
		ck_assert_str_eq(fact("a.one.second", "verdict"), "flaky");
		holds(output, "failed 1 of 3 runs");
		len += strcspn(all + len, "\n") + 1;
	}
	free(all);
}
END_TEST

START_TEST(what_cannot_be_resumed)
{
	IS_STATUS(run_out("", "a"), 0);
	IS_STATUS(run("", "--resume out b"), 2);
	IS_STATUS(run("", "--resume out --cold"), 2);
	IS_STATUS(run("", "--resume nowhere"), 2);
	ck_assert_int_eq(lines_of(output), 1);
	IS_STATUS(run("", "--resume ."), 2);
	ck_assert_int_eq(lines_of(output), 1);
	char *guest = mem_printf("echo >>'%s/guest'", dir);
	ck_assert_int_eq(system(guest), 0);
	free(guest);
	IS_STATUS(run("", "--resume out"), 2);
	holds(output, "cannot resume: the test program is not what it was");
	IS_STATUS(run_out("", "--repeat 2 a"), 0);
	IS_STATUS(run("", "--resume out"), 2);
	holds(output, "a run with --repeat");
	pid_t pid = start("hang:a.one.second", ONE_VM);
	(void)pid;
	ck_assert_int_ne(wait_status(pid), 0); /* out holds a run already */
	char *rm = mem_printf("rm -rf '%s/out'", dir);
	ck_assert_int_eq(system(rm), 0);
	free(rm);
	pid = start("hang:a.one.second", ONE_VM);
	await("a.one.first");
	IS_STATUS(run("", "--resume out"), 2);
	holds(output, "nscheck: another nscheck is writing to ");
	kill(pid, SIGKILL);
	wait_status(pid);
}
END_TEST

static Suite *lost(void)
{
	Suite *s = suite_create("host/lost");
	TCase *t = tcase_create("fake machine");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, the_host_is_killed);
	tcase_add_test(t, monitor_is_killed);
	tcase_add_test(t, monitor_is_killed_once);
	tcase_add_test(t, some_monitors_are_killed);
	tcase_add_test(t, monitor_is_killed_before_a_test);
	tcase_add_test(t, both_are_killed);
	tcase_add_test(t, the_host_is_killed_at_any_time);
	tcase_add_test(t, one_interrupt_lets_the_test_end);
	tcase_add_test(t, two_interrupts_end_it_now);
	tcase_add_test(t, the_disk_is_full);
	tcase_add_test(t, the_results_folder_is_removed);
	tcase_add_test(t, the_journal_is_cut_at_every_byte);
	tcase_add_test(t, a_run_that_was_cut_can_be_resumed);
	tcase_add_test(t, what_a_resumed_run_takes_over);
	tcase_add_test(t, reruns_are_part_of_the_rest);
	tcase_add_test(t, what_cannot_be_resumed);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(lost)
