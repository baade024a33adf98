// SPDX-License-Identifier: GPL-2.0-only
/* Matrices: several kernels in one run of build/nscheck-fake. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

static void three_kernels(void)
{
	write_kernel("k5", "5.10.1-fake absent:a.one.first,skip:b.one.exempt");
	write_kernel("k6", "6.1.0-fake absent:a.one.first,fail:a.two.third");
	write_kernel("k7", "7.3.0-fake timeout:a.one.second,fail:a.two.third");
}

START_TEST(a_table_of_what_differs)
{
	three_kernels();
	IS_STATUS(run_out("", "-k k5 -k k6 --kernel k7 -k k5"), 1);
	holds(output, "kernel 2 of 3: k6\n");
	holds(output, "skipped 2: no veth here (a.one.first, b.one.exempt)\n");
	holds(output, "lost    a.one.first (");
	holds(output, "no veth here, although a kernel of this version should have it\n");
	holds(output, "\nthe same on every kernel: 1 pass\n"
		      "k5      k6      k7\n"
		      "skip    pass    pass    b.one.exempt\n"
		      "skip    lost    pass    a.one.first\n"
		      "pass    pass    timeout a.one.second\n"
		      "pass    fail    fail    a.two.third\n"
		      "[1] k5  3 passed, 0 failed, 2 skipped\n"
		      "[2] k6  3 passed, 1 failed, 0 skipped, 1 lost\n"
		      "[3] k7  3 passed, 1 failed, 0 skipped, 1 timed out\n"
		      "results: out\n");
	holds(output, "/k6 --qemu ");
	free(slurp("out/k7/results.json"));
	free(slurp("out/k5/results.ktap"));
}
END_TEST

START_TEST(a_kernel_that_cannot_run_does_not_end_the_others)
{
	three_kernels();
	write_kernel("dead", "6.6.6-fake panics");
	IS_STATUS(run_out("", "-k none -k dead -k k5 a.one"), 3);
	holds(output, "nscheck: none: no such kernel: none\n");
	holds(output, "[1] none  not run: no such kernel: none\n");
	holds(output, "[2] dead  not run: ");
	holds(output, "[3] k5    1 passed, 0 failed, 1 skipped\n");
	holds(output, "the same on every kernel: 1 pass, 1 skip\n");
	char *json = slurp("out/none/results.json");
	holds(json, "\"fault\": \"no such kernel: none\"");
	holds(json, "\"miss\": 2");
	free(json);
}
END_TEST

/* The lines of the table, which --report prints again. */
START_TEST(a_matrix_is_reported_again)
{
	three_kernels();
	IS_STATUS(run_out("", "-k k5 -k k6"), 1);
	char *table = mem_strdup(strstr(output, "\nthe same on every"));
	char *gone = mem_printf("%s/out/k5/results.json", dir),
	     *journal = mem_printf("%s/out/k6/journal.ndjson", dir);

	ck_assert_int_eq(unlink(gone), 0);
	IS_STATUS(run("", "--report out"), 1);
	ck_assert_str_eq(output, table);
	ck_assert_int_eq(access(gone, F_OK), 0);
	ck_assert_int_eq(unlink(journal), 0);
	IS_STATUS(run("", "--report out"), 3);
	holds(output, "[2] k6  not run: nscheck was killed\n");
	write_kernel("out/matrix.json", "{}");
	IS_STATUS(run("", "--report out"), 2);
	ck_assert_int_eq(lines_of(output), 1);
	free(table);
	free(gone);
	free(journal);
}
END_TEST

START_TEST(all_of_the_list)
{
	IS_STATUS(run_out("", "--matrix a.one.first"), 0);
	holds(output, "kernel 1 of 8: debian/5.10\n");
	holds(output, "the same on every kernel: 1 pass\n");
	free(slurp("out/debian-experimental/results.json"));
}
END_TEST

START_TEST(an_interrupt_ends_the_matrix)
{
	three_kernels();
	pid_t pid = start("hang:a.one.second", "--accel tcg --jobs 1 -o out -k k5 -k k6 a.one");

	await("a.one.first");
	kill(pid, SIGINT);
	await("interrupted");
	kill(pid, SIGINT);
	IS_STATUS(wait_status(pid), 130);
	holds(output, "[1] k5  0 passed, 0 failed, 1 skipped, 1 miss; cut short: interrupted\n");
	holds(output, "[2] k6  not run: interrupted\n");
}
END_TEST

START_TEST(what_would_stop_every_kernel_is_told_once)
{
	static const char *const nonsense[] = {
		"-k k5 -k k6 --qemu /nowhere",
		"-k k5 -k k6 --baseline /nowhere",
		"-k k5 -k k6 --modules .",
		"-k k5 -k k6 --config x",
		"-k k5 -k k6 --shell",
		"-k k5 -k k6 b.one.unwritten",
		"--matrix --shell",
		"-k k5 -k k6 -o /proc/none",
	};

	for (size_t i = 0; i < sizeof(nonsense) / sizeof(*nonsense); i++) {
		IS_STATUS(run("", nonsense[i]), 2);
		ck_assert_msg(lines_of(output) == 1 && !strncmp(output, "nscheck: ", 9), "%s: %s",
			      nonsense[i], output);
	}
}
END_TEST

/* What a run of the matrix in "out" was told to take. */
static void has_version(const char *folder, const char *version)
{
	char *name = mem_printf("out/%s/results.json", folder), *text = slurp(name),
	     *want = mem_printf("\"version\": \"%s\"", version);

	holds(text, want);
	free(name);
	free(text);
	free(want);
}

START_TEST(each_kernel_has_its_own_modules)
{
	three_kernels();
	IS_STATUS(run_out("", "--reruns 0 -k k5:config=c5 -k k6:modules=m,config=c6 -k k7 -k k6:config=other "
			      "-k k5:config=c5 a.two.third"),
		  1);
	holds(output, "kernel 1 of 4: k5\n");
	holds(output, "kernel 4 of 4: k6:config=other\n");
	holds(output, "[2] 6.1.0-fake      0 passed, 1 failed, 0 skipped\n");
	has_version("k5", "config c5, modules -");
	has_version("k6", "config c6, modules m");
	has_version("k6-config-other", "config other, modules -");
	/* A run of it is resumed, and a test repeated, with just these. */
	char *cut = mem_printf("cd '%s' && sed -i '2,$d' out/k6/journal.ndjson && rm -r out/k6-config-other",
			       dir);
	ck_assert_int_eq(system(cut), 0);
	free(cut);
	IS_STATUS(run("", "--resume out"), 1);
	holds(output, "kernel 1 of 4: k5: nothing is left to run\n");
	holds(output, "/k6:config=/");
	has_version("k6", "config c6, modules m");
	has_version("k6-config-other", "config other, modules -");
	IS_STATUS(run_out("", "-k k6:modules=m a.one.second"), 0);
	has_version(".", "config -, modules m");
	IS_STATUS(run_out("", "-k k5 -k k6:modulse=m"), 2);
	holds(output, "nscheck: --kernel k6:modulse=m: want KERNEL:config=FILE,modules=DIR; ");
	ck_assert_int_eq(lines_of(output), 1);
	IS_STATUS(run("", "--bisect a.one.first -k k6:config=c --config d"), 128);
	ck_assert_str_eq(output, "nscheck: --config is given twice: --kernel k6:config=c says it as well\n");
}
END_TEST

START_TEST(a_kernel_that_only_one_matrix_has_counts)
{
	three_kernels();
	IS_STATUS(run("", "--accel tcg --reruns 0 -o old -k k5 -k k6 a.one.second b.one.lonely"), 0);
	IS_STATUS(run("", "--accel tcg --reruns 0 -o more -k k5 -k k6 -k k7 a.one.second b.one.lonely"), 1);
	IS_STATUS(run("", "--compare old old"), 0);
	IS_STATUS(run("", "--compare old more"), 1);
	holds(output, "\n\nB: k7, 7.3.0-fake, ");
	holds(output, "the other one has no such kernel: 2 new, 1 of them failed, 0 undecided\n");
	IS_STATUS(run("", "--compare more old"), 1);
	holds(output, "the other one has no such kernel: 2 gone\n");
	IS_STATUS(run("", "--compare --common more old"), 0);
	IS_STATUS(run("", "--compare more k6"), 2); /* the last run of which is in results/runs */
	IS_STATUS(run("", "--compare more old/k6"), 0);
	IS_STATUS(run("", "--accel tcg --reruns 0 -o other -k k7 -k none a.one.second b.one.lonely"), 3);
	IS_STATUS(run("", "--compare old other"), 2);
	ck_assert_str_eq(output, "nscheck: the two have no kernel in common\n");
	IS_STATUS(run("", "--compare --common more other"), 0);
	IS_STATUS(run("", "--compare more other"), 1);
	holds(output, "B: none, no release, ");
}
END_TEST

START_TEST(kernels_are_fetched_and_listed)
{
	three_kernels();
	IS_STATUS(run("", "--fetch-only -k k5 -k none -k k7"), 2);
	holds(output, "k5: 5.10.1-fake\n");
	holds(output, "nscheck: none: no such kernel: none\n");
	holds(output, "k7: 7.3.0-fake\n");
	IS_STATUS(run("", "--fetch-only --matrix"), 0);
	ck_assert_int_eq(lines_of(output), 8);

	char *folder = mem_printf("mkdir -p '%s/cache/kernels/debian/7.0'", dir);
	ck_assert_int_eq(system(folder), 0);
	free(folder);
	write_kernel("cache/kernels/debian/7.0/facts",
		     "name debian/7.0\npackage linux-image-7\nversion 7.0.1-1\n"
		     "absent linux-modules-7\ndeb 0 linux-image-7.deb");
	IS_STATUS(run("", "--kernels"), 0);
	ck_assert_int_eq(lines_of(output), 8);
	holds(output, "debian/7.0           7.0.1-1                1 MiB  linux-image-7, without modules\n");
	holds(output,
	      "debian/6.1           not in the cache: the newest linux-image-6.1.*-cloud-amd64 of bookworm-");
	IS_STATUS(run("", "--kernels a"), 2);
	IS_STATUS(run("", "--fetch-only a"), 2);
}
END_TEST

static Suite *matrices(void)
{
	Suite *s = suite_create("host/matrix");
	TCase *t = tcase_create("fake machine");

	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_table_of_what_differs);
	tcase_add_test(t, a_kernel_that_cannot_run_does_not_end_the_others);
	tcase_add_test(t, a_matrix_is_reported_again);
	tcase_add_test(t, all_of_the_list);
	tcase_add_test(t, an_interrupt_ends_the_matrix);
	tcase_add_test(t, each_kernel_has_its_own_modules);
	tcase_add_test(t, a_kernel_that_only_one_matrix_has_counts);
	tcase_add_test(t, kernels_are_fetched_and_listed);
	tcase_add_test(t, what_would_stop_every_kernel_is_told_once);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(matrices)
