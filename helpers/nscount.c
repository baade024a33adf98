// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/nscount.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/claim.h"
#include "helpers/file.h"
#include "helpers/record.h"
#include "helpers/sabotage.h"

/* The limit is that of the caller's user namespace: under sabotage it would be the whole system's. */
bool ns_quota(const char *file, int line, int flag, int n)
{
	const char *limit = path("/proc/sys/user/max_%s_namespaces", ns_type(flag)->name);

	if (!sabotage_on() && file_write(limit, path("%d", n)) < 0)
		record_end(RECORD_ERROR, file, line, "cannot limit the number of %s namespaces: %s",
			   ns_type(flag)->label, errno_name(errno));
	return true;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* A process in a new namespace that stays until it is ended. -1 with errno. */
static pid_t inhabitant(int flag)
{
	pid_t pid = ns_clone3((unsigned int)flag);

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

int ns_one_more(int flag)
{
	pid_t pid = inhabitant(flag);

	if (pid < 0)
		return -1;
	end(pid);
	return 0;
}

/* After a call that made a namespace or did not: true if the limit is reached, when a freed one may make room. */
static bool is_full(int made)
{
	if (made >= 0 || errno != ENOSPC)
		return false;
	if (record_get()->kind != RECORD_NONE)
		record_follow();
	sched_yield();
	return true;
}

int ns_new_when_freed(int flag)
{
	int ns;

	while (is_full(ns = ns_new(flag)))
		;
	return ns;
}

/* An inhabitant as soon as there is room for it. */
static pid_t next_inhabitant(const char *file, int line, int flag)
{
	pid_t pid;

	while (is_full(pid = inhabitant(flag)))
		;
	if (pid < 0)
		record_end(RECORD_FAIL, file, line,
			   "making a %s namespace in place of the one that went gave %s",
			   ns_type(flag)->label, errno_name(errno));
	return pid;
}

void ns_freed(const char *file, int line, int flag, int n)
{
	const char *label = ns_type(flag)->label;
	pid_t here[8], excess;

	if (n < 1 || n > 8)
		record_end(RECORD_ERROR, file, line, "cannot count to %d", n);
	for (int i = 0; i < n; i++)
		here[i] = next_inhabitant(file, line, flag);
	excess = inhabitant(flag);
	int err = errno;
	for (int i = 0; i < n; i++)
		end(here[i]);
	if (excess >= 0) {
		end(excess);
		record_end(RECORD_FAIL, file, line, "there is room for %d %s namespaces, expected %d", n + 1,
			   label, n);
	}
	if (err != ENOSPC)
		record_end(RECORD_FAIL, file, line, "a %s namespace too many gave %s, expected ENOSPC", label,
			   errno_name(err));
}
