// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/thread.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <unistd.h>

#include "helpers/compat.h"

struct start {
	void (*act)(void);
	pid_t tid;
	sem_t done;
};

static void *run(void *start)
{
	struct start *s = start;

	s->tid = gettid();
	if (s->act)
		s->act();
	sem_post(&s->done);
	for (;;)
		pause();
	return NULL;
}

static void wait_for(sem_t *done)
{
	while (sem_wait(done) < 0)
		;
}

pid_t thread_run(void (*act)(void))
{
	struct start start = {.act = act};
	pthread_t thread;

	sem_init(&start.done, 0, 0);
	errno = pthread_create(&thread, NULL, run, &start);
	if (errno)
		return -1;
	wait_for(&start.done);
	return start.tid;
}

static char stack[65536] __attribute__((aligned(16)));
static struct start cloned;

static int run_cloned(void *unused __attribute__((unused)))
{
	if (cloned.act)
		cloned.act();
	sem_post(&cloned.done);
	for (;;)
		syscall(SYS_rt_sigsuspend, &(sigset_t){0}, 8);
	return 0;
}

pid_t thread_clone(int flags, void (*act)(void))
{
	cloned.act = act;
	sem_init(&cloned.done, 0, 0);
	pid_t tid = clone(run_cloned, stack + sizeof(stack), CLONE_THREAD | CLONE_SIGHAND | CLONE_VM | flags,
			  NULL);
	if (tid > 0)
		wait_for(&cloned.done);
	return tid;
}

pid_t thread_partner(void)
{
	cloned.act = NULL;
	sem_init(&cloned.done, 0, 0);
	pid_t pid = clone(run_cloned, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	if (pid > 0)
		wait_for(&cloned.done);
	return pid;
}
