// SPDX-License-Identifier: GPL-2.0-only
/* Whole runs of build/nscheck-fake against build/fake-machine: verdicts, exit statuses, files, signals. */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

START_TEST(all_pass)
{
	IS_STATUS(run_out("", ""), 0);
	ck_assert_int_eq(total("pass"), 5);
	holds(output, "5 passed, 0 failed, 0 skipped");
	ck_assert_str_eq(fact("a.one.first", "suite"), "a");
	char *ktap = slurp("out/results.ktap");
	ck_assert(!strncmp(ktap, "KTAP version 1\n1..5\n", 20));
	holds(ktap, "\nok 1 a.one.first\n");
	free(ktap);
	free(slurp("out/console.log"));
	ck_assert(access(dir, F_OK) == 0);
}
END_TEST

START_TEST(verdicts_of_the_guest)
{
	IS_STATUS(run_out("fail:a.one.first,skip:a.one.second,leak:a.two.third,timeout:b.one.exempt,error:b."
			  "one.lonely",
			  ""),
		  1);
	ck_assert_str_eq(fact("a.one.first", "verdict"), "fail");
	ck_assert_str_eq(fact("a.one.first", "file"), "suites/fake/one.c");
	ck_assert_str_eq(fact("a.one.first", "message"), "in 'init': getpid() is 2, expected 1");
	ck_assert_str_eq(fact("a.one.first", "diagnostics"), "detail: more of it");
	ck_assert_str_eq(fact("a.one.second", "reason"), "no veth here");
	ck_assert_str_eq(fact("a.two.third", "verdict"), "leak");
	ck_assert_str_eq(fact("b.one.exempt", "verdict"), "timeout");
	ck_assert_str_eq(fact("b.one.lonely", "message"), "cannot arrange");
	holds(output, "suites/fake/one.c:42: in 'init': getpid() is 2, expected 1\n");
	holds(output, " a.one.first\n");
	holds(output, "skipped 1: no veth here (a.one.second)");
	IS_STATUS(run_out("error:a.one.first", "a.one"), 3);
	IS_STATUS(run_out("skip:a.one.first", "a.one"), 0);
}
END_TEST

START_TEST(kernel_complaints_are_verdicts)
{
	IS_STATUS(run_out("splat:a.one.first,late-splat:a.one.second", "a"), 1);
	ck_assert_str_eq(fact("a.one.first", "verdict"), "splat");
	holds(fact("a.one.first", "kernel_log"), "WARNING: CPU: 0 PID: 7");
	ck_assert_str_eq(fact("a.one.second", "verdict"), "splat");
	holds(fact("a.one.second", "message"), "after its end: WARNING: CPU: 1");
	holds(output, "] splat   a.one.second\nsuites/");
	holds(output, ": after its end: WARNING: CPU: 1 PID: 9 at fs/late.c:1 late+0x1/0x2\n    kernel: [");
	ck_assert_str_eq(fact("a.two.third", "verdict"), "pass");
	IS_STATUS(run_out("no-marks:a.one.first,splat:a.one.first", "a.one.first"), 1);
	ck_assert_str_eq(fact("a.one.first", "verdict"), "splat");
}
END_TEST

START_TEST(a_crash_costs_one_verdict)
{
	IS_STATUS(run_out("crash:a.one.second", ""), 1);
	ck_assert_str_eq(fact("a.one.second", "verdict"), "crash");
	ck_assert_str_eq(fact("a.one.second", "fingerprint"), "fake_crash|fake_caller|do_syscall_64");
	holds(fact("a.one.second", "message"), "BUG: kernel NULL pointer dereference");
	ck_assert_int_eq(total("pass"), 4);
	holds(output, "crash   a.one.second");
	holds(output, "again, alone and cold");
	char *journal = slurp("out/journal.ndjson");
	holds(journal, "\"again\":true");
	free(journal);
	IS_STATUS(run_out("vanish:a.two.third", ""), 1);
	ck_assert_str_eq(fact("a.two.third", "verdict"), "crash");
	holds(fact("a.two.third", "message"), "the fake ended with status 0");
	ck_assert_int_eq(total("pass"), 4);
	IS_STATUS(run_out("half:a.two.third", ""), 1);
	ck_assert_str_eq(fact("a.two.third", "verdict"), "crash");
}
END_TEST

START_TEST(a_crash_that_needs_the_tests_before_it)
{
	IS_STATUS(run_out("crash-later:a.one.second", "a"), 1);
	ck_assert_str_eq(fact("a.one.second", "verdict"), "crash");
	json_t *root = results(), *again;
	again = json_object_get(json_array_get(json_object_get(root, "tests"), 1), "run_again");
	ck_assert_str_eq(json_string_value(json_object_get(again, "verdict")), "pass");
	ck_assert_str_eq(json_string_value(json_object_get(again, "start")), "cold");
	json_decref(root);
}
END_TEST

START_TEST(a_hang_ends_by_the_clock_of_the_host)
{
	IS_STATUS(run_out("hang:a.one.first", "--timeout-factor 0.1 --repeat 2 a.one.first"), 1);
	ck_assert_str_eq(fact("a.one.first", "verdict"), "crash");
	holds(fact("a.one.first", "message"), "hang: ");
}
END_TEST

START_TEST(a_hostile_guest_changes_no_verdict)
{
	IS_STATUS(run_out("flood:a.one.first", "--timeout-factor 10 a"), 3);
	ck_assert_str_eq(fact("a.one.first", "verdict"), "error");
	ck_assert_str_eq(fact("a.one.second", "verdict"), "pass");
	IS_STATUS(run_out("garbage:a.one.first,other:a.one.second,twice:a.two.third", ""), 0);
	ck_assert_int_eq(total("pass"), 5);
	holds(output, "note: VM 1: the guest sent what was not asked for");
	IS_STATUS(run_out("unheard-of:a.one.first", "a"), 3);
	ck_assert_str_eq(fact("a.one.first", "message"),
			 "the guest says what the contract does not have: #:nscheck_end: well a.one.first");
	IS_STATUS(run_out("bad-number:a.one.first", "a"), 0);
	IS_STATUS(run_out("escape:a.one.first", "a.one.first"), 1);
	ck_assert_str_eq(fact("a.one.first", "message"), "\\x1b]0;owned\\x07\\x0d<b>&\"'\\xff");
	ck_assert_ptr_null(strchr(output, '\033'));
}
END_TEST

START_TEST(a_vm_that_does_not_come_up_is_explained)
{
	IS_STATUS(run_out("panics", "a"), 3);
	holds(output, "Unable to mount root fs");
	holds(output, "the command was:\n");
	holds(output, "before the guest said hello");
	ck_assert_int_eq(total("miss"), 3);
	IS_STATUS(run_out("dies", "a"), 3);
	holds(output, "the fake said: fake-machine: cannot do that");
	IS_STATUS(run_out("silent-death", "a"), 3);
	IS_STATUS(run_out("mute", "a"), 3);
	holds(output, "the kernel stands still and has said nothing on its console");
	IS_STATUS(run_out("foreign", "a"), 3);
	holds(output, "the guest speaks version ");
}
END_TEST

START_TEST(a_setup_line_speaks_for_itself)
{
	IS_STATUS(run_out("setup-fails", "--setup 'modprobe none' a"), 3);
	holds(output, "nscheck: --setup 'modprobe none' ended with status 7: thing\n");
	holds(output, "it printed:\nno such\nthing\n");
	char *log = slurp("out/setup.log");
	ck_assert_str_eq(log, "VM 1: --setup 'modprobe none'\nno such\nthing\n(ended with status 7)\n");
	free(log);
	IS_STATUS(run_out("", "--setup true --setup 'echo b' a"), 0);
	log = slurp("out/setup.log");
	ck_assert_str_eq(log, "VM 1: --setup 'true'\nwell done\n(ended with status 0)\n"
			      "VM 1: --setup 'echo b'\nwell done\n(ended with status 0)\n");
	free(log);
	/* The VM is restored from here on: what the line does to it is not the saved VM's fault. */
	IS_STATUS(run_out("setup-panics", "--setup 'echo c\n>/proc/sysrq-trigger' a"), 3);
	holds(output, "nscheck: the kernel died in --setup 'echo c >/proc/sysrq-trigger': "
		      "BUG: kernel NULL pointer dereference, address: 0000000000000008\n");
	holds(output, "it printed:\nso far\n");
	ck_assert_ptr_null(strstr(output, "thrown away"));
	log = slurp("out/setup.log");
	holds(log, "\nso far\n(the kernel died in --setup ");
	free(log);
	IS_STATUS(run_out("setup-killed", "--setup true a"), 3);
	holds(output, "note: the fake was ended by signal 9 (Killed) in --setup 'true'\n");
	ck_assert_ptr_null(strstr(output, "thrown away"));
	IS_STATUS(run_out("", "a"), 0);
	char *journal = slurp("out/journal.ndjson");
	holds(journal, "\"warm\"");
	free(journal);
	IS_STATUS(run_out("", "--setup '' a"), 2);
	ck_assert_str_eq(output, "nscheck: --setup '': want a value\n");
}
END_TEST

START_TEST(vms_are_saved_and_restored)
{
	IS_STATUS(run_out("", "a.one.first"), 0);
	ck_assert_str_eq(fact("a.one.first", "start"), "cold");
	IS_STATUS(run_out("", "a.one.first"), 0);
	ck_assert_str_eq(fact("a.one.first", "start"), "warm");
	IS_STATUS(run_out("", "--cold a.one.first"), 0);
	ck_assert_str_eq(fact("a.one.first", "start"), "cold");
	IS_STATUS(run_out("restore-fails", "a.one.first"), 0);
	holds(output, "note: the saved VM cannot be restored");
	ck_assert_str_eq(fact("a.one.first", "start"), "cold");
	IS_STATUS(run_out("", "a.one.first"), 0);
	ck_assert_str_eq(fact("a.one.first", "start"), "warm");
	IS_STATUS(run_out("serial", "--append x a.one.first"), 0);
	IS_STATUS(run_out("serial", "--append x a.one.first"), 0);
	ck_assert_str_eq(fact("a.one.first", "start"), "warm");
	IS_STATUS(run_out("save-fails", "--append y a.one.first"), 0);
	holds(output, "no snapshot was saved");
	IS_STATUS(run_out("", "--cache-size 0 --append z a.one.first"), 0);
	ck_assert_str_eq(fact("a.one.first", "start"), "cold");
}
END_TEST

/* Another machine by its words is another saved VM; the facts have them, and so does the line that repeats a test. */
START_TEST(words_of_ones_own_for_the_monitor)
{
	IS_STATUS(run_out("", "a.one.first"), 0);
	IS_STATUS(
		run_out("fail:a.one.first", "--qemu-arg -device --qemu-arg 'x,y=1 2' --reruns 0 a.one.first"),
		1);
	ck_assert_str_eq(fact("a.one.first", "start"), "cold");
	holds(output, " --qemu-arg -device --qemu-arg 'x,y=1 2' ");
	char *json = slurp("out/results.json");
	holds(json, "-device 'x,y=1 2'\"");
	holds(json, "\"qemu_args\"");
	free(json);
	IS_STATUS(run_out("", "--qemu-arg -device --qemu-arg 'x,y=1 2' a.one.first"), 0);
	ck_assert_str_eq(fact("a.one.first", "start"), "warm");
	IS_STATUS(run_out("", "--qemu-arg -device --qemu-arg z a.one.first"), 0);
	ck_assert_str_eq(fact("a.one.first", "start"), "cold");
	IS_STATUS(run("", "--qemu-arg -sandbox --qemu-arg off"), 2);
	ck_assert_str_eq(output,
			 "nscheck: --qemu-arg -sandbox: want another one: the sandbox stays as it is\n");
}
END_TEST

START_TEST(several_vms_share_the_queue)
{
	IS_STATUS(run("slow", "--accel tcg --jobs 3 -o out"), 0);
	ck_assert_int_eq(total("pass"), 5);
	IS_STATUS(run("slow,crash:a.one.first,vanish:a.two.third", "--accel tcg --jobs 3 -o out2"), 1);
	holds(output, "3 passed, 0 failed, 0 skipped, 2 crashed");
	IS_STATUS(run("", "--accel tcg --jobs 2 --fresh-vm -o out3"), 0);
	holds(output, "5 passed");
}
END_TEST

START_TEST(sabotage_is_scored)
{
	IS_STATUS(run_out("", "--sabotage"), 0);
	holds(output, "sabotage: 4 of 4 caught");
	IS_STATUS(run_out("survive:a.one.first", "--sabotage"), 1);
	holds(output, "sabotage: 3 of 4 caught\nsurvivor: a.one.first\n");
}
END_TEST

START_TEST(repeat_stops_at_the_first_that_is_bad)
{
	IS_STATUS(run_out("", "--repeat 3 a"), 0);
	holds(output, "9 results in a row");
	IS_STATUS(run_out("crash-later:a.one.first", "--repeat 3 a"), 1);
	holds(output, "3 results in a row");
}
END_TEST

/* The baseline "known" of the test's folder. */
static void write_known(const char *lines)
{
	char *path = mem_printf("%s/known", dir);
	FILE *f = fopen(path, "we");

	ck_assert(f);
	fprintf(f, "id\tkernel\tverdict\treason\tlink\tadded\texpires\n%s", lines);
	fclose(f);
	free(path);
}

START_TEST(a_known_failure_is_expected)
{
	write_known("a.one.*\t6.0.*\tfail\tbroken since 5.9\thttps://link/1\t2026-01-01\t2999-01-01\n");
	IS_STATUS(run_out("fail:a.one.first,fail:a.one.second", "--baseline known"), 0);
	ck_assert_int_eq(total("xfail"), 2);
	ck_assert_int_eq(total("fail"), 0);
	ck_assert_str_eq(fact("a.one.first", "verdict"), "xfail");
	ck_assert_str_eq(fact("a.one.first", "observed"), "fail");
	ck_assert_str_eq(fact("a.one.first", "known_reason"), "broken since 5.9");
	ck_assert_str_eq(fact("a.one.first", "known_link"), "https://link/1");
	ck_assert_str_eq(fact("a.one.first", "message"), "in 'init': getpid() is 2, expected 1");
	holds(output, "xfail   a.one.first (");
	holds(output, " s): broken since 5.9\n");
	holds(output, "3 passed, 0 failed, 0 skipped, 2 xfail");
	char *ktap = slurp("out/results.ktap");
	holds(ktap, " a.one.first # XFAIL broken since 5.9\n");
	free(ktap);
	IS_STATUS(run("", "--report out"), 0);
	IS_STATUS(run_out("fail:a.one.first,fail:a.one.second", "--baseline none"), 1);
	IS_STATUS(run_out("fail:a.one.first,fail:a.one.second", ""), 1);
	IS_STATUS(run_out("fail:a.one.first,fail:a.two.third", "--baseline known '!a.one.second'"), 1);
	holds(output, "again: ");
	char *known = mem_printf(" --baseline %s/known a.two.third\n", dir);
	holds(output, known);
	free(known);
	IS_STATUS(run_out("timeout:a.one.first", "--baseline known a.one.first"), 1);
	IS_STATUS(run_out("skip:a.one.first", "--baseline known a.one.first"), 0);
	IS_STATUS(run_out("error:a.one.first", "--baseline known a.one.first"), 3);
	IS_STATUS(run_out("fail:a.one.first", "--baseline known --repeat 3 a.one.first"), 0);
	holds(output, "3 results in a row");
}
END_TEST

START_TEST(a_known_failure_that_passes_fails_the_run)
{
	write_known("a.one.first\t-\tfail\tbroken\t-\t2026-01-01\t2999-01-01\n");
	IS_STATUS(run_out("", "--baseline known"), 1);
	ck_assert_str_eq(fact("a.one.first", "verdict"), "xpass");
	ck_assert_str_eq(fact("a.one.first", "observed"), "pass");
	holds(output, "xpass   a.one.first");
	holds(output, ": passes, but known:2 expects fail: broken\n");
	holds(output, "4 passed, 0 failed, 0 skipped, 1 xpass");
	char *ktap = slurp("out/results.ktap");
	holds(ktap, " a.one.first # XPASS\n");
	holds(ktap, "\nnot ok ");
	free(ktap);
	IS_STATUS(run("", "--report out"), 1);
	IS_STATUS(run_out("", "--baseline known --repeat 3 a.one.first"), 1);
	holds(output, "0 results in a row");
}
END_TEST

START_TEST(a_known_splat_may_come_late)
{
	write_known("a.one.second\t-\tsplat\twarns\t-\t2026-01-01\t2999-01-01\n");
	IS_STATUS(run_out("late-splat:a.one.second", "--baseline known a"), 0);
	ck_assert_str_eq(fact("a.one.second", "verdict"), "xfail");
	ck_assert_str_eq(fact("a.one.second", "observed"), "splat");
	holds(fact("a.one.second", "message"), "after its end: WARNING: CPU: 1");
	/* What was printed while nothing was known of it is put right at once. */
	holds(output, "] xpass   a.one.second");
	holds(output, "] xfail   a.one.second: after its end: WARNING: CPU: 1 PID: 9 at fs/late.c:1 "
		      "late+0x1/0x2: warns\n");
}
END_TEST

START_TEST(a_known_crash_is_not_run_again)
{
	write_known("a.one.first\t6.0..6.1\tcrash\tdies\t-\t2026-01-01\t2999-01-01\n");
	IS_STATUS(run_out("crash:a.one.first", "--baseline known a"), 0);
	ck_assert_str_eq(fact("a.one.first", "observed"), "crash");
	ck_assert_int_eq(total("pass"), 2);
	ck_assert_ptr_null(strstr(output, "alone and cold"));
}
END_TEST

START_TEST(an_entry_that_is_over_does_not_count)
{
	write_known("a.one.first\t-\tfail\tbroken\t-\t2020-01-01\t2020-01-02\n"
		    "a.one.second\t<6\tfail\tbroken\t-\t2020-01-01\t2999-01-02\n");
	IS_STATUS(run_out("fail:a.one.first", "--baseline known a"), 1);
	holds(output, "note: known:2: expired on 2020-01-02 and does not count: a.one.first\n");
	ck_assert_str_eq(fact("a.one.first", "verdict"), "fail");
	ck_assert_str_eq(fact("a.one.second", "verdict"), "pass");
	IS_STATUS(run("", "--baseline known --lint"), 2);
	holds(output, "known:2: expired on 2020-01-02: a.one.first\n");
	write_known("a.one.frist\t-\tfail\tbroken\t-\t2020-01-01\t2999-01-02\nnonsense\n");
	IS_STATUS(run("", "--baseline known --lint"), 2);
	holds(output, "known:2: matches no test: a.one.frist\n");
	holds(output, "known:3: not seven columns");
	IS_STATUS(run_out("", "--baseline known a"), 2);
	holds(output, "nscheck: known:3: not seven columns");
	ck_assert_int_eq(lines_of(output), 1);
	write_known("");
	IS_STATUS(run("", "--baseline known --lint"), 0);
	ck_assert_str_eq(output, "");
}
END_TEST

START_TEST(a_run_makes_a_baseline_and_annotations)
{
	char *known;

	unsetenv("GITHUB_ACTIONS");
	IS_STATUS(run_out("fail:a.one.first", "--update-baseline made --github --reruns 0 a"), 1);
	holds(output, "\n::error file=suites/");
	holds(output,
	      "\nmade: 1 added, 0 expired asked again; a reason that begins with ? is yours to write\n");
	known = slurp("made");
	holds(known, "\na.one.first\t6.0.*\tfail\t? in 'init': getpid() is 2, expected 1\t-\t");
	free(known);
	IS_STATUS(run_out("fail:a.one.first", "--baseline made --reruns 0 a"), 0);
	ck_assert_int_eq(total("xfail"), 1);
	ck_assert_ptr_null(strstr(output, "::error"));
	IS_STATUS(run("", "--lint --baseline made"), 2);
	holds(output, "made:3: its reason is still to be written: a.one.first\n");
	IS_STATUS(run("", "-o second a"), 0);
	IS_STATUS(run("", "--compare out second"), 0);
	holds(output, "\nfixed: 1\n  pass    a.one.first (was xfail)\n");
}
END_TEST

START_TEST(the_door_names_itself_in_what_repeats_a_test)
{
	setenv("NSCHECK_COMMAND", "./run.sh", 1);
	IS_STATUS(run_out("fail:a.one.first", "a"), 1);
	unsetenv("NSCHECK_COMMAND");
	char *again = mem_printf("    again: %s/run.sh --qemu ", dir);
	holds(output, again);
	free(again);
	setenv("NSCHECK_COMMAND", "nscheck", 1); /* found by its name, wherever one is */
	IS_STATUS(run_out("fail:a.one.first", "a"), 1);
	unsetenv("NSCHECK_COMMAND");
	holds(output, "    again: nscheck --qemu ");
}
END_TEST

/* What the last run says that repeats its one failed test, to free. */
static char *again_line(void)
{
	const char *line = strstr(output, "    again: ");

	ck_assert_msg(line, "%s", output);
	line += strlen("    again: ");
	return strndup(line, strcspn(line, "\n"));
}

static json_t *options_told_in(const char *name)
{
	char *text = slurp(name);
	json_t *root = json_loads(text, 0, NULL), *run = json_object_get(root, "run");
	json_t *options = json_deep_copy(json_object_get(run, "options"));

	ck_assert_ptr_nonnull(options);
	json_decref(root);
	free(text);
	return options;
}

/* In another folder, and with all that the run was told. */
START_TEST(what_repeats_a_test_holds_anywhere)
{
	write_kernel("k it", "6.1.0-k fail:a.one.second");
	write_kernel("c", "");
	write_known("a.two.third\t-\tfail\tbroken\t-\t2026-01-01\t2999-01-01\n");
	IS_STATUS(
		run_out("",
			"-k './k it:config=./c,modules=sub/../m' --append 'a b' --append 'a b' --cpus 2 "
			"--memory 256 --setup 'echo x' --setup true --timeout-factor 2 --cold --runtime crun "
			"--runtime-path ./c --baseline known --reruns 0 a.one.second"),
		1);
	char *line = again_line();
	char *command = mem_printf(
		"cd / && TEST_FOLDER='%s' FAKE_MACHINE= %s --reruns 0 -o '%s/second' >'%s/log' 2>&1", dir,
		line, dir, dir);
	ck_assert_int_eq(WEXITSTATUS(system(command)), 1);
	free(output);
	output = slurp("log");
	char *same = again_line();
	ck_assert_str_eq(line, same);
	json_t *first = options_told_in("out/results.json"), *second = options_told_in("second/results.json");
	json_object_del(first, "baseline"); /* the path of which was not absolute */
	json_object_del(second, "baseline");
	ck_assert_msg(json_equal(first, second), "%s", line);
	holds(line, "/k it:config=/");
	holds(line, ",modules=/");
	holds(line, " --runtime crun ");
	json_decref(first);
	json_decref(second);
	free(command);
	free(line);
	free(same);
}
END_TEST

START_TEST(quiet_tells_what_went_wrong)
{
	IS_STATUS(run_out("skip:a.two.third", "-q a"), 0);
	holds(output, "6.0.0-fake: 2 passed, 0 failed, 1 skipped in ");
	ck_assert_uint_eq(lines_of(output), 2);
	IS_STATUS(run_out("fail:a.one.second", "--quiet --reruns 0 a"), 1);
	holds(output, "] fail    a.one.second (");
	holds(output, "    again: ");
	ck_assert_ptr_null(strstr(output, "a.one.first"));
}
END_TEST

START_TEST(verbose_tells_what_was_said)
{
	IS_STATUS(run_out("fail:a.one.second", "-v --reruns 0 a"), 1);
	holds(output, "] pass    a.one.first (");
	holds(output,
	      "\nsuites/fake/one.c:42: in 'init': getpid() is 2, expected 1\n    detail: more of it\n");
	IS_STATUS(run_out("crash:a.one.second", "-v --reruns 0 a"), 1);
	holds(output, "    kernel: [    2.000002]  ? guessed+0x1/0x2\n");
	IS_STATUS(run_out("", "-v -q a"), 2);
	IS_STATUS(run_out("crash:a.one.second", "--reruns 0 a"), 1);
	holds(output, "    kernel: [    2.000001] RIP: 0010:fake_crash+0x12/0x34\n");
	ck_assert_ptr_null(strstr(output, "guessed"));
}
END_TEST

static void is_commit(const char *want)
{
	json_t *root = results(), *run = json_object_get(root, "run"),
	       *kernel = json_object_get(run, "kernel");
	const char *commit = json_string_value(json_object_get(kernel, "commit"));

	ck_assert_str_eq(commit ? commit : "", want);
	json_decref(root);
}

/* The commit of a build tree, and of the sources of one that was built beside them. */
START_TEST(the_commit_of_a_build_tree_is_kept)
{
	char *make =
		mem_printf("cd '%s' && mkdir tree beside && git -c init.defaultBranch=main init -q tree && "
			   "git -C tree -c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -q "
			   "--allow-empty -m one && "
			   "git -C tree rev-parse HEAD >head && ln -s ../tree beside/source",
			   dir);

	ck_assert_int_eq(system(make), 0);
	free(make);
	write_kernel("tree/fake-kernel", "6.0.0-tree");
	write_kernel("beside/fake-kernel", "6.0.0-beside");
	write_kernel("alone", "6.0.0-alone");
	char *head = slurp("head"), *inner = mem_printf("%s/tree/inner", dir);
	head[strcspn(head, "\n")] = '\0';
	ck_assert_uint_eq(strlen(head), 40);
	IS_STATUS(run_out("", "--kernel tree a.one.first"), 0);
	is_commit(head);
	IS_STATUS(run_out("", "--kernel beside a.one.first"), 0);
	is_commit(head);
	IS_STATUS(run_out("", "--kernel alone a.one.first"), 0);
	is_commit("");
	/* One that lies within something else's. */
	ck_assert_int_eq(mkdir(inner, 0777), 0);
	write_kernel("tree/inner/fake-kernel", "6.0.0-inner");
	IS_STATUS(run_out("", "--kernel tree/inner a.one.first"), 0);
	is_commit("");
	free(inner);
	free(head);
}
END_TEST

START_TEST(selections)
{
	IS_STATUS(run("", "--list"), 0);
	ck_assert_int_eq(lines_of(output), 5);
	holds(output, "a.one.first\tIt holds.\t-\n");
	IS_STATUS(run("", "--runtimes"), 0);
	ck_assert_str_eq(output, "reference\ncrun\nrunc\n");
	IS_STATUS(run("", "--list --missing"), 0);
	ck_assert_int_eq(lines_of(output), 1);
	IS_STATUS(run("", "--list tier:seed '!b'"), 0);
	ck_assert_int_eq(lines_of(output), 2);
	IS_STATUS(run("", "--list '*.second' a.two"), 0);
	ck_assert_int_eq(lines_of(output), 2);
	IS_STATUS(run("", "--list selftest"), 0);
	ck_assert_int_eq(lines_of(output), 1);
	IS_STATUS(run("", "--list --json b"), 0);
	json_t *rows = json_loads(output, 0, NULL);
	ck_assert_int_eq(json_array_size(rows), 2);
	json_decref(rows);
	IS_STATUS(run("", "a.one.frist"), 2);
	holds(output, "a.one.frist matches no test; nearest: a.one.first");
	IS_STATUS(run("", "tier:sed"), 2);
	holds(output, "nearest: tier:seed");
	IS_STATUS(run("", "'!c'"), 2);
	IS_STATUS(run("", "b.one.unwritten"), 2);
	holds(output, "no test is written yet");
}
END_TEST

START_TEST(nonsense_is_one_line_and_status_2)
{
	static const char *const nonsense[] = {
		"--timeout-factor x",
		"--timeout-factor 0",
		"--timeout-factor nan",
		"--repeat 0",
		"--repeat 1x",
		"--jobs -1",
		"--jobs 99999999999999999999",
		"--accel maybe",
		"--memory 1",
		"--cpus 0",
		"--json",
		"--missing",
		"--kernel none",
		"--qemu /nowhere",
		"--guest /nowhere",
		"--report /nowhere",
		"--shell a",
		"-o /proc/none",
		"-o /proc/self",
		"--sabotage --repeat 2",
		"--fail-fast=0",
		"--fail-fast --repeat 2",
		"--gdb --matrix",
		"--gdb --list",
		"--gdb --sabotage",
		"--gdb --repeat 2",
		"--reruns -1",
		"--in-order",
		"--in-order --fresh-vm a",
		"--baseline /nowhere",
		"--lint a",
		"--compare out",
		"--compare nowhere /nowhere",
		"--compare --list a b",
		"--lint --update-baseline known",
		"--update-baseline nowhere/known",
		"--sabotage --update-baseline known",
		"--lint --baseline /nowhere",
		"''",
		"--output= a",
		"--cache= a",
		"--setup \"$(head -c 5000 /dev/zero | tr '\\0' x)\" a",
	};

	for (size_t i = 0; i < sizeof(nonsense) / sizeof(*nonsense); i++) {
		IS_STATUS(run("", nonsense[i]), 2);
		ck_assert_msg(lines_of(output) == 1 && !strncmp(output, "nscheck: ", 9), "%s: %s",
			      nonsense[i], output);
	}
}
END_TEST

START_TEST(a_name_that_no_report_can_have_is_refused)
{
	setenv("NSCHECK_ORIGIN", "my ci", 1);
	int status = run_out("", "a");
	unsetenv("NSCHECK_ORIGIN");
	IS_STATUS(status, 2);
	ck_assert_str_eq(output, "nscheck: NSCHECK_ORIGIN='my ci': want small letters, digits and _\n");
}
END_TEST

START_TEST(the_standard_streams_may_be_closed)
{
	IS_STATUS(run_out("", "a"), 0);
	IS_STATUS(run_out("", "a <&- >&- 2>&- #"), 0);
	ck_assert_int_eq(total("pass"), 3);
	IS_STATUS(run_out("", "a 2>&- >/dev/full #"), 0);
	ck_assert_int_eq(total("pass"), 3);
}
END_TEST

START_TEST(kvm_that_does_not_work_is_remembered)
{
	if (access("/dev/kvm", R_OK | W_OK) || !geteuid())
		return; /* as root a VM runs as nobody, who may not have it */
	IS_STATUS(run("kvm-fails", "-o out a.one.first"), 0);
	holds(output, "note: KVM does not work here");
	IS_STATUS(run("kvm-fails", "-o out2 a.one.first"), 0);
	ck_assert_ptr_null(strstr(output, "note: KVM"));
}
END_TEST

START_TEST(a_results_folder_in_use_is_refused)
{
	IS_STATUS(run_out("", "a.one"), 0);
	IS_STATUS(run("", "-o out a.one"), 2);
	holds(output, "out is not empty");
}
END_TEST

START_TEST(a_debugger_is_told_how)
{
	IS_STATUS(run_out("", "--gdb a.one a.two"), 0);
	holds(output,
	      "note: the VM waits for a debugger: type in another terminal\n    gdb\n    target remote /");
	ck_assert_int_eq(total("pass"), 3);
}
END_TEST

static Suite *runs(void)
{
	Suite *s = suite_create("host/runs");
	TCase *t = tcase_create("fake machine");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_debugger_is_told_how);
	tcase_add_test(t, all_pass);
	tcase_add_test(t, verdicts_of_the_guest);
	tcase_add_test(t, kernel_complaints_are_verdicts);
	tcase_add_test(t, a_crash_costs_one_verdict);
	tcase_add_test(t, a_crash_that_needs_the_tests_before_it);
	tcase_add_test(t, a_hang_ends_by_the_clock_of_the_host);
	tcase_add_test(t, a_hostile_guest_changes_no_verdict);
	tcase_add_test(t, a_vm_that_does_not_come_up_is_explained);
	tcase_add_test(t, a_setup_line_speaks_for_itself);
	tcase_add_test(t, vms_are_saved_and_restored);
	tcase_add_test(t, words_of_ones_own_for_the_monitor);
	tcase_add_test(t, several_vms_share_the_queue);
	tcase_add_test(t, sabotage_is_scored);
	tcase_add_test(t, repeat_stops_at_the_first_that_is_bad);
	tcase_add_test(t, a_known_failure_is_expected);
	tcase_add_test(t, a_known_failure_that_passes_fails_the_run);
	tcase_add_test(t, a_known_splat_may_come_late);
	tcase_add_test(t, a_known_crash_is_not_run_again);
	tcase_add_test(t, an_entry_that_is_over_does_not_count);
	tcase_add_test(t, a_run_makes_a_baseline_and_annotations);
	tcase_add_test(t, the_door_names_itself_in_what_repeats_a_test);
	tcase_add_test(t, what_repeats_a_test_holds_anywhere);
	tcase_add_test(t, quiet_tells_what_went_wrong);
	tcase_add_test(t, verbose_tells_what_was_said);
	tcase_add_test(t, the_commit_of_a_build_tree_is_kept);
	tcase_add_test(t, selections);
	tcase_add_test(t, nonsense_is_one_line_and_status_2);
	tcase_add_test(t, a_name_that_no_report_can_have_is_refused);
	tcase_add_test(t, the_standard_streams_may_be_closed);
	tcase_add_test(t, kvm_that_does_not_work_is_remembered);
	tcase_add_test(t, a_results_folder_in_use_is_refused);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(runs)
