// SPDX-License-Identifier: GPL-2.0-only
/* Container runtimes: --runtime, as an order to the guest, a fact of the run and an axis of the matrix. */
#include <stdlib.h>

#include "runner/tests/host/samples.h"
#include "runner/tests/tests.h"

START_TEST(the_guest_is_told)
{
	IS_STATUS(run_out("fail-runc:a.one.first", "--runtime crun a.one"), 0);
	IS_STATUS(run_out("fail-runc:a.one.first", "--runtime runc a.one"), 1);
	holds(output, "--runtime runc");
	IS_STATUS(run_out("fail-runc:a.one.first,survive:a.one.second", "--runtime runc --sabotage a.one"),
		  1);
	holds(output, "survivor: a.one.second\n");
}
END_TEST

START_TEST(the_results_name_it)
{
	IS_STATUS(run_out("", "--runtime crun --runtime-path /opt/crun a.one"), 0);
	char *json = slurp("out/results.json");

	holds(json, "\"name\": \"crun\",\n   \"version\": \"1.2-fake\",\n   \"path\": \"/opt/crun\"");
	holds(json, " --runtime crun ");
	holds(json, " --runtime-path /opt/crun");
	free(json);
}
END_TEST

START_TEST(several_are_an_axis)
{
	write_kernel("k5", "5.10.1-fake");
	write_kernel("k6", "6.1.0-fake");
	IS_STATUS(run_out("fail-runc:a.one.first",
			  "-k k5 -k k6 --runtime reference --runtime crun --runtime runc a.one"),
		  1);
	holds(output, "run 5 of 6: k6 crun\n");
	holds(output, "k5 reference ");
	holds(output, "6.1.0-fake, runc 1.2-fake: 1 passed, 1 failed, 0 skipped in ");
	holds(output, "the same in every run: 1 pass\n");
	holds(output, "[4] k6 reference      2 passed, 0 failed, 0 skipped\n");
	holds(output, "[6] k6 runc 1.2-fake  1 passed, 1 failed, 0 skipped\n");
	holds(output, "/k6 --runtime runc ");
	free(slurp("out/k6-crun/results.json"));
}
END_TEST

START_TEST(without_a_selection_its_suite)
{
	IS_STATUS(run_out("", "--runtime crun"), 2);
	holds(output, "runtime matches no test");
}
END_TEST

START_TEST(fetched_without_a_run)
{
	write_kernel("k5", "5.10.1-fake");
	IS_STATUS(run("", "--fetch-only -k k5 --runtime crun --runtime reference"), 0);
	holds(output, "k5: 5.10.1-fake\ncrun: 1.2-fake\nreference: no package is needed\n");
}
END_TEST

START_TEST(nonsense_is_refused)
{
	static const char *const nonsense[] = {
		"--runtime nothing",
		"--runtime ''",
		"--runtime 'a,sabotage'",
		"--runtime ../x",
		"--runtime-path /bin/true",
		"--runtime reference --runtime-path /bin/true",
		"--runtime crun --runtime runc --runtime-path /bin/true",
		"--runtime crun --runtime runc --shell",
	};

	for (size_t i = 0; i < sizeof(nonsense) / sizeof(*nonsense); i++) {
		IS_STATUS(run("", nonsense[i]), 2);
		ck_assert_msg(lines_of(output) == 1, "%s: %s", nonsense[i], output);
	}
}
END_TEST

static Suite *runtime_suite(void)
{
	Suite *suite = suite_create("host/runtime");
	TCase *t = tcase_create("runtime");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, host_setup, host_teardown);
	tcase_add_test(t, the_guest_is_told);
	tcase_add_test(t, the_results_name_it);
	tcase_add_test(t, several_are_an_axis);
	tcase_add_test(t, without_a_selection_its_suite);
	tcase_add_test(t, fetched_without_a_run);
	tcase_add_test(t, nonsense_is_refused);
	suite_add_tcase(suite, t);
	return suite;
}
HOST_SUITE(runtime_suite)
