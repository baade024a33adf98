// SPDX-License-Identifier: GPL-2.0-only
/* What a user sees while a run goes on: the line that changes, what is told of a failure, what is left out of an oops. */
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "results/term.h"
#include "results/trace.h"
#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

#define LONG_ID "user.fcap.v2_of_real_root_is_effective_everywhere_and_nowhere_else_in_the_world"

static struct progress half_way(void)
{
	struct progress p = {
		.planned = 923, .kernel = "6.12.0-amd64", .passed_word = "passed", .failed_word = "failed"};

	progress_expect(&p, 40, 900);
	progress_expect(&p, 0, 23);
	progress_begin(&p, 1000);
	for (; p.done < 450; p.done++)
		progress_over(&p, 40);
	p.passed = 440;
	p.failed = 2;
	return p;
}

static void is_line(const struct progress *p, const char *what, size_t width, const char *want)
{
	char *line = progress_line(p, what, width, 9000, "", "");

	ck_assert_str_eq(line, want);
	ck_assert_uint_le(strlen(line), width);
	free(line);
}

START_TEST(the_line_says_as_much_as_there_is_room_for)
{
	struct progress p = half_way();

	is_line(&p, "pid.init.a", 199,
		"[450/923] 6.12.0-amd64: 440 passed, 2 failed, about 9 s left: pid.init.a");
	is_line(&p, "pid.init.a", 60, "[450/923] 440 passed, 2 failed, about 9 s left: pid.init.a");
	is_line(&p, "pid.init.a", 40, "450/923 +440 -2 9s pid.init.a");
	is_line(&p, "pid.init.a", 21, "+440 -2 9s pid.init.a");
	is_line(&p, "pid.init.abcdefg", 19, "+440 -2 9s pid..efg");
	is_line(&p, "pid.init.a", 8, "pid..t.a");
	is_line(&p, "pid.init.a", 1, "p");
}
END_TEST

/* From one column to more than anybody has. */
START_TEST(an_id_is_cut_only_where_it_must_be)
{
	struct progress p = half_way();
	const size_t shortest = strlen("+440 -2 9s ");

	for (size_t width = 1; width < 260; width++) {
		char *line = progress_line(&p, LONG_ID, width, 9000, "", "");

		ck_assert_uint_le(strlen(line), width);
		if (width >= shortest + strlen(LONG_ID))
			ck_assert_msg(strstr(line, LONG_ID), "%zu: %s", width, line);
		else if (width >= shortest)
			ck_assert_uint_eq(strlen(line), width);
		free(line);
	}
}
END_TEST

START_TEST(only_the_number_of_failures_has_a_colour)
{
	struct progress p = half_way();
	char *line = progress_line(&p, "pid.init.a", 60, 9000, "<", ">");

	ck_assert_str_eq(line, "[450/923] 440 passed, <2 failed>, about 9 s left: pid.init.a");
	free(line);
	p.failed = 0;
	line = progress_line(&p, "pid.init.a", 60, 9000, "<", ">");
	ck_assert_str_eq(line, "[450/923] 440 passed, 0 failed, about 9 s left: pid.init.a");
	free(line);
}
END_TEST

START_TEST(what_is_left_is_told_when_it_can_be)
{
	struct progress p = {.planned = 10, .kernel = "k", .passed_word = "passed", .failed_word = "failed"};

	ck_assert_int_eq(progress_left(&p, 5000), -1);
	progress_expect(&p, 1000, 5);
	progress_expect(&p, 100, 4);
	progress_expect(&p, 0, 1);
	progress_begin(&p, 1000);
	ck_assert_int_eq(progress_left(&p, 9000), -1);
	for (int i = 0; i < 5; i++)
		progress_over(&p, 1000);
	ck_assert_int_eq(progress_left(&p, 1900), -1);
	/* Half of the tests, but most of the work; what is not known counts like the others. */
	int64_t left = progress_left(&p, 6000);
	ck_assert_msg(left > 900 && left < 1200, "%lld", (long long)left);
	is_line(&p, "x", 60, "[0/10] k: 0 passed, 0 failed, about 2 s left: x");
	for (int i = 0; i < 4; i++)
		progress_over(&p, 100);
	progress_over(&p, 0);
	ck_assert_int_eq(progress_left(&p, 9000), -1);
	is_line(&p, "x", 60, "[0/10] k: 0 passed, 0 failed: x");
}
END_TEST

static void is_left(long per_test_ms, const char *want, const char *want_short)
{
	struct progress p = {.planned = 10, .kernel = "", .passed_word = "passed", .failed_word = "failed"};

	progress_expect(&p, 0, 10);
	p.began = 9000 - per_test_ms * 5;
	for (int i = 0; i < 5; i++)
		progress_over(&p, 0);
	char *line = progress_line(&p, "x", 200, 9000, "", "");
	holds(line, want);
	free(line);
	line = progress_line(&p, "x", 20, 9000, "", "");
	holds(line, want_short);
	free(line);
}

START_TEST(what_is_left_is_as_exact_as_it_can_be)
{
	is_left(1600, "about 8 s left", " 8s ");
	is_left(4300, "about 25 s left", " 25s ");
	is_left(11500, "about 1 min left", " 1m ");
	is_left(12300, "about 2 min left", " 2m ");
	is_left(18000000, "about 25 h 0 min left", " 25h0m ");
}
END_TEST

/* A terminal of that many columns; what was written to it is read back. */
struct screen {
	int master;
	FILE *out;
	struct term term;
};

static void resize(const struct screen *s, unsigned short columns)
{
	ck_assert_int_eq(ioctl(s->master, TIOCSWINSZ, &(struct winsize){.ws_row = 24, .ws_col = columns}), 0);
}

static void open_screen(struct screen *s, unsigned short columns)
{
	s->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(s->master, 0);
	ck_assert(!grantpt(s->master) && !unlockpt(s->master));
	resize(s, columns);
	s->out = fopen(ptsname(s->master), "we");
	ck_assert_ptr_nonnull(s->out);
	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "1", 1);
	term_begin(&s->term, s->out, "6.12.0-amd64", "./run.sh", 3);
}

static const char *seen(struct screen *s)
{
	static char text[4096];

	fflush(s->out);
	ssize_t n = read(s->master, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void close_screen(struct screen *s)
{
	fclose(s->out);
	close(s->master);
}

START_TEST(the_line_follows_the_terminal)
{
	struct screen s;

	open_screen(&s, 200);
	term_test(&s.term, LONG_ID);
	ck_assert_str_eq(seen(&s), "[0/3] 6.12.0-amd64: 0 passed, 0 failed: " LONG_ID);
	resize(&s, 20);
	term_resized(&s.term);
	ck_assert_str_eq(seen(&s), "\r\033[K+0 -0 user..._world");
	resize(&s, 0);
	term_resized(&s.term);
	ck_assert_uint_le(strlen(seen(&s)), strlen("\r\033[K") + 79);
	term_note(&s.term, "x");
	ck_assert_str_eq(seen(&s), "\r\033[Knote: x\r\n");
	resize(&s, 40);
	term_resized(&s.term); /* there is none now */
	term_test(&s.term, "a.b");
	ck_assert_str_eq(seen(&s), "[0/3] 0 passed, 0 failed: a.b");
	close_screen(&s);
}
END_TEST

/* Reads until a part has been seen. */
static void await_on(int master, const char *part)
{
	struct text all = {0};
	char some[512];
	ssize_t n;

	while (!strstr(text_get(&all), part) && (n = read(master, some, sizeof(some))) > 0)
		text_add(&all, some, (size_t)n);
	ck_assert_msg(strstr(text_get(&all), part), "'%s' is not in: %s", part, text_get(&all));
	text_free(&all);
}

START_TEST(a_run_hears_that_the_terminal_has_another_size)
{
	struct screen s = {.master = -1};
	char *command = mem_printf("cd '%s' && exec timeout --foreground -k 5 60 '%s/nscheck-fake' --qemu "
				   "'%s/fake-machine' --guest '%s/guest' --cache '%s/cache' --accel tcg -j 1 "
				   "--timeout-factor 10 -o out a.one.first",
				   dir, build, build, dir, dir);
	pid_t pid = forkpty(&s.master, NULL, NULL, &(struct winsize){.ws_row = 24, .ws_col = 120});

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		setenv("TEST_FOLDER", dir, 1);
		setenv("FAKE_MACHINE", "hang:a.one.first", 1);
		setenv("TERM", "xterm", 1);
		setenv("NO_COLOR", "1", 1);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	await_on(s.master, "[0/1] 6.0.0-fake: 0 passed, 0 failed: a.one.first");
	resize(&s, 20);
	await_on(s.master, "\r\033[K+0 -0 a.one.first");
	kill(pid, SIGTERM);
	close(s.master);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	free(command);
}
END_TEST

static struct result *sample(const char *id, enum verdict verdict)
{
	struct result *r = result_new(id);

	r->verdict = verdict;
	r->duration_ms = 1500;
	if (verdict == VERDICT_PASS)
		return r;
	r->message = mem_strdup("BUG: it broke");
	r->diagnostics = mem_strdup("one\ntwo");
	r->kernel_log = mem_strdup("[    1.0] BUG: it broke\n[    1.1] Code: 0f 0b\n[    1.2] Call Trace:\n"
				   "[    1.3]  broken_one+0x1/0x2\n");
	return r;
}

static char *told;

/* What is printed about a result where there is no terminal. */
static const char *tell(struct term *t, enum verdict verdict)
{
	struct result *r = sample("a.one.b", verdict);
	size_t len;

	free(told);
	t->out = open_memstream(&told, &len);
	term_result(t, r, &(struct term_test){.file = "suites/a/one.c", .line = 7});
	fclose(t->out);
	result_free(r);
	return told;
}

START_TEST(verbose_tells_all_that_was_said)
{
	struct term t = {.command = "./run.sh", .live = true};

	ck_assert_str_eq(tell(&t, VERDICT_PASS), "");
	ck_assert_str_eq(tell(&t, VERDICT_CRASH), "[2/0] crash   a.one.b (1.50 s)\n"
						  "suites/a/one.c:7: BUG: it broke\n"
						  "    kernel: [    1.0] BUG: it broke\n"
						  "    kernel: [    1.2] Call Trace:\n"
						  "    kernel: [    1.3]  broken_one+0x1/0x2\n"
						  "    again: ./run.sh a.one.b\n");
	t.verbose = true;
	ck_assert_str_eq(tell(&t, VERDICT_PASS), "[3/0] pass    a.one.b (1.50 s)\n");
	tell(&t, VERDICT_FAIL);
	holds(told, "\nsuites/a/one.c:7: BUG: it broke\n    one\n    two\n    kernel: [    1.0] BUG");
	holds(told, "    kernel: [    1.1] Code: 0f 0b\n");
	ck_assert_uint_eq(t.progress.passed, 2);
	ck_assert_uint_eq(t.progress.failed, 2);
	free(told);
	told = NULL;
}
END_TEST

START_TEST(a_file_is_one_that_can_be_opened_from_here)
{
	struct term t = {.command = "./run.sh", .sources = dir};
	char *here = getcwd(NULL, 0), *want = mem_printf("\n%s/suites/a/one.c:7: BUG", dir), *path;

	holds(tell(&t, VERDICT_FAIL),
	      "\nsuites/a/one.c:7: BUG"); /* no such file: as it is called in the tree */
	path = mem_printf("%s/suites/a", dir);
	char *make = mem_printf("mkdir -p %s && : >%s/one.c", path, path);
	ck_assert_int_eq(system(make), 0);
	holds(tell(&t, VERDICT_FAIL), want);
	ck_assert_int_eq(chdir(dir), 0);
	holds(tell(&t, VERDICT_FAIL), "\nsuites/a/one.c:7: BUG");
	ck_assert_int_eq(chdir("suites"), 0);
	holds(tell(&t, VERDICT_FAIL), "\na/one.c:7: BUG");
	ck_assert_int_eq(chdir(here), 0);
	free(make);
	free(path);
	free(want);
	free(here);
	free(told);
	told = NULL;
}
END_TEST

static const char oops[] =
	"[   10.0] quiet before\n"
	"[   10.1] BUG: kernel NULL pointer dereference, address: 0000000000000008\n"
	"[   10.1] #PF: supervisor read access in kernel mode\n"
	"[   10.1] PGD 0 P4D 0 \n"
	"[   10.1] Oops: 0000 [#1] PREEMPT SMP PTI\n"
	"[   10.1][   T99] CPU: 0 UID: 0 PID: 99 Comm: nscheck-guest Not tainted 6.12.0 #1\n"
	"[   10.1] Hardware name: QEMU Standard PC (i440FX + PIIX, 1996)\n"
	"[   10.1] RIP: 0010:lock_mount+0x12/0x34\n"
	"[   10.1] Code: 0f 1f 44 00 00 41 54 55 53 48\n"
	"[   10.1] RSP: 0018:ffffc9 EFLAGS: 00010246\n"
	"[   10.1] RAX: 0000000000000000 RBX: ffff\n"
	"[   10.1] R10: 0000000000000000 R11: ffff\n"
	"[   10.1] FS:  00007f(0000) GS:ffff(0000)\n"
	"[   10.1] CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033\n"
	"[   10.1] CR2: 0000000000000008 CR3: 0000000001 CR4: 00000000000006f0\n"
	"[   10.1] Call Trace:\n"
	"[   10.1]  <TASK>\n"
	"[   10.1]  ? guessed+0x1/0x2\n"
	"[   10.1]  do_move_mount+0x12/0x34\n"
	"[   10.1]  __x64_sys_move_mount+0x12/0x34\n"
	"[   10.1]  do_syscall_64+0x3b/0x90\n"
	"[   10.1] RIP: 0033:0x7f\n"
	"[   10.1]  </TASK>\n"
	"[   10.1] Modules linked in: veth\n"
	"[   10.2] Kernel panic - not syncing: Fatal exception\n";

static void is_brief(const char *log, const char *message, const char *want)
{
	char *brief = trace_brief(log, message);

	ck_assert_str_eq(brief, want);
	free(brief);
}

START_TEST(of_an_oops_the_trace_is_told)
{
	is_brief(oops, "BUG: kernel NULL pointer dereference",
		 "[   10.1] BUG: kernel NULL pointer dereference, address: 0000000000000008\n"
		 "[   10.1] #PF: supervisor read access in kernel mode\n"
		 "[   10.1] Oops: 0000 [#1] PREEMPT SMP PTI\n"
		 "[   10.1][   T99] CPU: 0 UID: 0 PID: 99 Comm: nscheck-guest Not tainted 6.12.0 #1\n"
		 "[   10.1] Call Trace:\n"
		 "[   10.1]  do_move_mount+0x12/0x34\n"
		 "[   10.1]  __x64_sys_move_mount+0x12/0x34\n"
		 "[   10.1]  do_syscall_64+0x3b/0x90\n");
	is_brief("[ 1.0] a\n[ 1.1] BUG: bad page state\n[ 1.2] more", "BUG: bad",
		 "[ 1.1] BUG: bad page state\n[ 1.2] more\n");
	is_brief("", "x", "");
	is_brief("[ 1.0] a\n[ 1.1] WARNING: b\n[ 1.2] c", "after its end: WARNING: b",
		 "[ 1.1] WARNING: b\n[ 1.2] c\n");
}
END_TEST

START_TEST(of_a_log_without_a_complaint_the_end_is_told)
{
	struct text log = {0};

	for (int i = 0; i < 20; i++)
		text_printf(&log, "[ %d.0] line\n[ %d.0] RAX: 00\n", i, i);
	is_brief(text_get(&log), "hang: nothing came",
		 "[ 14.0] line\n[ 15.0] line\n[ 16.0] line\n[ 17.0] line\n[ 18.0] line\n[ 19.0] line\n");
	text_free(&log);
	is_brief("one", NULL, "one\n");
}
END_TEST

/* Each word is one of the verdict table, or says the same. */
START_TEST(totals_have_the_words_of_the_verdicts)
{
	struct run run = {.total = {[VERDICT_PASS] = 3, [VERDICT_MISS] = 2, [VERDICT_XFAIL] = 1}};
	size_t len;

	FILE *out = open_memstream(&told, &len);
	term_totals(out, &run);
	fclose(out);
	ck_assert_str_eq(told, "3 passed, 0 failed, 0 skipped, 2 miss, 1 xfail");
	free(told);
	told = NULL;
}
END_TEST

static Suite *term(void)
{
	Suite *s = suite_create("results/term");
	TCase *t = tcase_create("what is seen while a run goes on");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_add_test(t, the_line_says_as_much_as_there_is_room_for);
	tcase_add_test(t, an_id_is_cut_only_where_it_must_be);
	tcase_add_test(t, only_the_number_of_failures_has_a_colour);
	tcase_add_test(t, what_is_left_is_told_when_it_can_be);
	tcase_add_test(t, what_is_left_is_as_exact_as_it_can_be);
	tcase_add_test(t, the_line_follows_the_terminal);
	tcase_add_test(t, a_run_hears_that_the_terminal_has_another_size);
	tcase_add_test(t, verbose_tells_all_that_was_said);
	tcase_add_test(t, a_file_is_one_that_can_be_opened_from_here);
	tcase_add_test(t, of_an_oops_the_trace_is_told);
	tcase_add_test(t, of_a_log_without_a_complaint_the_end_is_told);
	tcase_add_test(t, totals_have_the_words_of_the_verdicts);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(term)
