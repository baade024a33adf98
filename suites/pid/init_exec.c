// SPDX-License-Identifier: GPL-2.0-only
/* What execve(2) and threads do to the init of a PID namespace. pid_namespaces(7) "The namespace init process" */
/* Goes on from init.c. */
#include <pthread.h>

#include "suites/pid/patterns.h"

#define GROUP "pid.init"

static void claim_adopts_an_orphan(void)
{
	make_orphan(1);
	IS(orphan_reaped(-1), 42);
}

static volatile int handled;

static void count(int sig __attribute__((unused)))
{
	handled++;
}

PAYLOAD(without_handlers)
{
	IS(getpid(), 1);
	CHILD(member, 0) {
		OK(kill(1, SIGTERM));
		OK(kill(1, SIGUSR1));
	}
	EXITS(member, 0);
	for (;;) {
		TELL(outer);
		HEAR(outer);
	}
}

CASE(execve_does_not_lose_the_protection)
{
	static const int signals[] = {SIGTERM, SIGUSR1};

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		MUST(sigaction(SIGTERM, &(struct sigaction){.sa_handler = count}, NULL));
		OK(kill(1, SIGTERM));
		IS(handled, 1);
		EXEC(init, without_handlers);
	}
	HEAR(init);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		NOTE("SIG%s", sigabbrev_np(signals[i]));
		OK(kill(init->pid, signals[i]));
		TELL(init);
		HEAR(init);
	}
	OK(kill(init->pid, SIGKILL));
	DIES_BY(init, SIGKILL);
}

PAYLOAD(reaper)
{
	IS(getpid(), 1);
	IS(gettid(), 1);
	OK(kill(1, SIGKILL));
	claim_adopts_an_orphan();
	_exit(42);
}

static void *execute_reaper(void *init)
{
	IS(gettid(), 2);
	EXEC(init, reaper);
	return NULL;
}

CASE(execve_by_another_thread_keeps_pid_1_and_reaper_role)
{
	CHILD(init, NS_PID) {
		pthread_t thread;
		IS(getpid(), 1);
		MUST(pthread_create(&thread, NULL, execute_reaper, init) ? -1 : 0);
		for (;;)
			pause();
	}
	EXITS(init, 42);
}

static void *go_on_alone(void *init)
{
	IS(gettid(), 2);
	IS(getpid(), 1);
	while (MUST(proc_state(1)) != 'Z') /* until the leader is gone, for which there is no event */
		sched_yield();
	claim_adopts_an_orphan();
	TELL(init);
	HEAR(init);
	_exit(42);
}

CASE(leader_thread_exit_keeps_namespace_alive)
{
	CHILD(init, NS_PID | NS_MNT) {
		pthread_t thread;
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		MUST(pthread_create(&thread, NULL, go_on_alone, init) ? -1 : 0);
		TELL(init);
		HEAR(init);
		syscall(SYS_exit, 0);
	}
	HEAR(init);
	struct child *witness = witness_of_the_end(init, 3); /* 2 is the thread */
	TELL(init);
	HEAR(init);
	HOLDS(!ready(witness->pidfd)); /* the member lives */
	TELL(init);
	EXITS(witness, 0);
	EXITS(init, 42);
}
