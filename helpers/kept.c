// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the order of freeing rests on. A namespace is freed
 *	mount, UTS, cgroup, time	by whoever lets go last, at once, before a process that ends can be reaped;
 *	user	by a work item of its own, queued when the last credentials are freed, which is up to RCU callbacks;
 *	PID	by an RCU callback (newer kernels: which a work item of its own queues), after that of its last struct pid;
 *	IPC	by the one work item of all, which takes the whole list of those let go, the last one first;
 *	network	by one work item as well, all of a list together.
 *
 * The callbacks of one processor are called in the order in which they were queued there, work items that were queued
 * on one processor are begun in that order, and both queue what follows on the same one. So on one processor a decoy,
 * which is of the same type, ends in the same way and is let go later, is not freed earlier, with two exceptions.
 * Within one list of IPC or network namespaces it may come first: hence a second decoy, made after the first was seen
 * freed. A work item does not run beside itself, so the list of the second is begun when that of the first is done.
 * And a work item that sleeps is overtaken by those behind it: that of a user or PID namespace does not, but for
 * a reader of its sysctls, and has all the time of the second decoy, at least one RCU grace period.
 *
 * That a decoy is freed is seen in a count of its own: the limits of /proc/sys/user hold for each user apart, so what
 * another uid of the box makes is limited like what the box makes and does not count with it.
 */
#include "helpers/kept.h"

#include <errno.h>
#include <linux/securebits.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/claim.h"
#include "helpers/creds.h"
#include "helpers/file.h"
#include "helpers/record.h"
#include "helpers/sabotage.h"

#define DECOYS 3 /* each sees the one before freed */

/* This process is one of an ORDERED box. */
static bool ordered;

/* Where holders hold nothing: how many were found out. In memory that all processes of a test share. */
static int *found_out;

void kept_by_nothing(void)
{
	found_out = MUST(
		mmap(NULL, sizeof(*found_out), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

int kept_found_out(void)
{
	return __atomic_load_n(found_out, __ATOMIC_SEQ_CST);
}

bool kept_is_by_nothing(void)
{
	return found_out != NULL;
}

bool kept_order(const char *file, int line)
{
	cpu_set_t one;
	int cpu = sched_getcpu();

	CPU_ZERO(&one);
	if (cpu >= 0)
		CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one) < 0)
		record_end(RECORD_ERROR, file, line, "cannot stay on one processor: %s", errno_name(errno));
	ordered = true;
	return true;
}

/* Becomes another user of the box with all capabilities, as what is made is counted for the effective uid. */
static void become_another_user(void)
{
	MUST(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0));
	MUST(seteuid(UNPRIVILEGED));
}

/* One decoy after the other, where one is allowed. */
static void see_decoys_freed(const char *file, int line, int flag)
{
	pid_t pid =
		fork(); /* no CHILD: the end of its channel, a UNIX socket, would start the collector of those */
	int status = 0;

	if (pid == 0) {
		record_enter_role("decoys");
		become_another_user();
		for (int i = 0; i < DECOYS; i++)
			ns_freed(file, line, flag, 1);
		_exit(EXIT_SUCCESS);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (record_get()->kind != RECORD_NONE)
		record_follow();
	if (pid < 0 || status != 0)
		record_end(RECORD_ERROR, file, line, "cannot make decoys: %s",
			   pid < 0 ? errno_name(errno) : "their maker was killed");
}

void kept_judge(const char *file, int line, bool there, const char *what)
{
	if (kept_is_by_nothing() && there)
		record_end(RECORD_FAIL, file, line, "%s, although nothing keeps it and decoys have gone",
			   what);
	if (kept_is_by_nothing()) {
		__atomic_add_fetch(found_out, 1, __ATOMIC_SEQ_CST);
		_exit(EXIT_SUCCESS);
	}
	if (!there)
		record_end(RECORD_FAIL, file, line, "not so: %s; nothing keeps what was let go", what);
}

void kept_claim(const char *file, int line, int flag)
{
	const struct ns_type *type = ns_type(flag);
	long long limit =
		sabotage_on() ? 1 : file_number(path("/proc/sys/user/max_%s_namespaces", type->name));

	if (limit < 0)
		record_end(RECORD_ERROR, file, line, "cannot read the limit of %s namespaces: %s",
			   type->label, errno_name(errno));
	if (!ordered)
		record_end(RECORD_ERROR, file, line, "KEPT is for an ORDERED box");
	ns_quota(file, line, flag, 1);
	see_decoys_freed(file, line, flag);
	ns_quota(file, line, flag, (int)limit);
	int one_more = ns_one_more(flag);
	if (one_more < 0 && errno != ENOSPC)
		record_end(RECORD_FAIL, file, line, "a %s namespace too many gave %s, expected ENOSPC",
			   type->label, errno_name(errno));
	kept_judge(file, line, one_more < 0,
		   path("as many %s namespaces are there as the limit allows", type->label));
}
