// SPDX-License-Identifier: GPL-2.0-only
#include "runner/guest/serve.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/cgroup.h"
#include "helpers/child.h"
#include "runner/contract.h"

/* Out of the way of tests that look at the lowest free descriptors. */
#define HIGH_FD 200

/* Where the agent asks and is answered; -1 in a test, and wherever there is no agent. */
static int requests = -1, answers = -1;

pid_t __real_fork(void);
pid_t __wrap_fork(void);

/*
 * For libcheck's fork, which knows of no cgroup: moving a process between cgroups afterwards waits for a grace
 * period of RCU. The test that is born is not to hold the way to the agent, whose end tells of the server's death.
 */
pid_t __wrap_fork(void)
{
	int box = requests < 0 ? -1 : open(cgroup_file(BOX_MAIN), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid_t pid = box < 0 ? __real_fork() : fork_into(box);

	if (pid == 0 && requests >= 0) {
		close(requests);
		close(answers);
		requests = answers = -1;
	}
	if (box >= 0)
		close(box);
	return pid;
}

/* Nothing else comes from the agent, and no test reads or writes it by accident. */
static void keep_agent(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct stat st;
	bool piped = fstat(STDIN_FILENO, &st) == 0 && S_ISFIFO(st.st_mode);

	requests = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, HIGH_FD);
	answers = fcntl(piped ? STDOUT_FILENO : STDIN_FILENO, F_DUPFD_CLOEXEC, HIGH_FD);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
}

int serve(void (*one)(FILE *in, FILE *out, double factor, char *flags, const char *id))
{
	keep_agent();
	FILE *in = fdopen(requests, "r"), *out = fdopen(answers, "w");
	char line[REQUEST_MAX + 2];

	while (in && out && fgets(line, sizeof(line), in)) {
		char *rest = line;
		double factor = strtod(strsep(&rest, " "), NULL);
		char *flags = strsep(&rest, " "), *id = strsep(&rest, "\n");
		if (!flags || !id || !rest)
			return EXIT_FAILURE;
		one(in, out, factor, flags, id);
		if (fflush(out) != 0)
			return EXIT_FAILURE;
	}
	return in && out ? EXIT_SUCCESS : EXIT_FAILURE;
}
