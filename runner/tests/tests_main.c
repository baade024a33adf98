// SPDX-License-Identifier: GPL-2.0-only
/* Runs every suite of the host's own tests; libcheck prints `N%: Checks: N, Failures: N, Errors: N`. */
#include "runner/tests/tests.h"

#include <stdlib.h>

static SRunner *runner;

void host_suite_add(Suite *(*make)(void))
{
	/* Seconds: a test that hangs is ended, one that waits for its turn on a busy machine is not. */
	setenv("CK_DEFAULT_TIMEOUT", "60", 0);
	if (!runner)
		runner = srunner_create(make());
	else
		srunner_add_suite(runner, make());
}

int main(void)
{
	if (!runner)
		return EXIT_FAILURE;
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
