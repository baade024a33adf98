// SPDX-License-Identifier: GPL-2.0-only
/* PID namespaces within PID namespaces. pid_namespaces(7) "Nesting PID namespaces" */
#include "helpers/nscheck.h"

#define GROUP "nesting.pid"

static int answers[2];
static char own_level;
static volatile int asked;

static void answer(int sig __attribute__((unused)))
{
	asked += write(answers[1], &own_level, 1) == 1;
}

/* The calling init is who its members call 1, and no other level's init is. */
static void claim_members_call_it_1(void)
{
	char level = 0;

	asked = 0;
	MUST(pipe2(answers, O_CLOEXEC));
	MUST(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = answer}, NULL));
	CHILD(member, 0) {
		OK(kill(1, 0));
		OK(kill(1, SIGUSR1));
		AWAIT(answers[0]);
		IS(read(answers[0], &level, 1), 1);
		IS(level, own_level);
	}
	EXITS(member, 0);
}

static void nest(int level)
{
	CHILD(init, NS_PID) {
		NOTE("level %d", level);
		IS(getpid(), 1);
		IS(getppid(), 0);
		own_level = (char)level;
		claim_members_call_it_1();
		if (level < 5)
			nest(level + 1);
		IS(asked, 1);
	}
	EXITS(init, 0);
}

CASE(every_level_has_its_own_pid_1)
{
	nest(1);
}

static void claim_visible(pid_t pid, const char *proc)
{
	OK(kill(pid, 0));
	HOLDS(file_exists(path("%s/%d/stat", proc, pid)));
}

/* An init with a member, whose number of level 0 it tells, and which somebody kills. */
static void hold_a_member(struct child *init)
{
	IS(getpid(), 1);
	CHILD(member, 0) {
		TELL(member, MUST(proc_self()));
		HEAR(member);
	}
	TELL(init, HEAR(member));
	DIES_BY(member, SIGKILL);
}

CASE(parent_sees_all_descendant_levels)
{
	long long pids[32];
	int levels = MUST(proc_status_numbers(0, "NSpid", pids, 0));

	MUST(dir_make("/tmp/proc"));
	CHILD(first, NS_PID | NS_MNT) {
		IS(getpid(), 1);
		MUST(proc_mount("/tmp/proc"));
		CHILD(second, NS_PID | NS_MNT) {
			IS(getpid(), 1);
			MUST(proc_mount("/tmp/proc"));
			CHILD(third, NS_PID) {
				hold_a_member(third);
			}
			TELL(second, HEAR(third));
			claim_visible((pid_t)HEAR(second), "/tmp/proc");
			TELL(second);
			EXITS(third, 0);
		}
		TELL(first, HEAR(second));
		pid_t member = (pid_t)HEAR(first);
		claim_visible(member, "/tmp/proc");
		TELL(second, HEAR(first));
		HEAR(second);
		OK(kill(member, SIGKILL));
		EXITS(second, 0);
	}
	IS(proc_status_numbers((pid_t)HEAR(first), "NSpid", pids, 32), levels + 3);
	long long *own = &pids[levels - 1]; /* at levels 0, 1, 2, 3 */
	IS_NOT(own[0], own[1]);
	IS_NOT(own[1], own[2]);
	IS_NOT(own[0], own[2]);
	claim_visible((pid_t)own[0], "/proc");
	TELL(first, own[1]);
	TELL(first, own[2]);
	EXITS(first, 0);
}

CASE(child_sees_no_ancestor_level)
{
	static const pid_t unused_at_level_2 = 100;
	pid_t outermost = getpid();

	CHILD(first, NS_PID) {
		IS(getpid(), 1);
		CHILD(neighbour, 0, .set_tid = &unused_at_level_2, .set_tid_size = 1) {
			HEAR(neighbour);
		}
		CHILD(second, NS_PID | NS_MNT) {
			pid_t pids[8];
			IS(getpid(), 1);
			IS(getppid(), 0);
			IS(HEAR_SENDER(second).pid, 0);
			TELL(second);
			MUST(proc_mount("/proc"));
			CHILD(third, NS_PID) {
				HEAR(third);
			}
			IS(proc_list("/proc", pids, 8), 2);
			IS(pids[0], 1);
			IS(pids[1], third->pid);
			FAILS(ESRCH, kill(unused_at_level_2, 0));
			FAILS(ESRCH, kill(outermost, 0));
			DISMISS(third);
		}
		TELL(second);
		IS(HEAR_SENDER(second).pid,
		   second->pid); /* controls: downwards, and beside itself, level 1 sees */
		OK(kill(unused_at_level_2, 0));
		EXITS(second, 0);
		DISMISS(neighbour);
	}
	EXITS(first, 0);
}
