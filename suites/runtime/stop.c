// SPDX-License-Identifier: GPL-2.0-only
/* How containers are stopped and how they end. pid_namespaces(7) "The namespace init process", signal(7) */
#include <sys/mman.h>
#include <sys/pidfd.h>

#include "suites/runtime/eyes.h"

#define GROUP     "runtime.stop"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

static volatile pid_t sender = -1;

static void keep_sender(int sig __attribute__((unused)), siginfo_t *info,
			void *context __attribute__((unused)))
{
	sender = info->si_pid;
}

PAYLOAD(handler)
{
	struct sigaction action = {.sa_sigaction = keep_sender, .sa_flags = SA_SIGINFO};
	sigset_t none;

	sigemptyset(&none);
	signal_block(SIGTERM);
	MUST(sigaction(SIGTERM, &action, NULL));
	TELL(outer);
	FAILS(EINTR, sigsuspend(&none));
	IS(sender, 0);
	_exit(7);
}

CASE(handler_gets_sigterm_from_host)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, handler, .map = f->map);
		HEAR(box);
		OK(container_signal(box, SIGTERM));
		EXITS(box, 7);
	}
}

PAYLOAD(echo)
{
	long long word;

	while ((word = HEAR(outer)))
		TELL(outer, word);
}

static void claim_answers(struct child *process)
{
	static long long word = 100;

	TELL(process, ++word);
	IS(HEAR(process), word);
}

CASE(default_sigterm_is_ignored_by_pid_1)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, echo, .map = f->map);
		claim_answers(box);
		OK(container_signal(box, SIGTERM));
		claim_answers(box);
		OK(container_signal(box, SIGINT));
		claim_answers(box);
		OK(container_signal(box, SIGKILL));
		DIES_BY(box, SIGKILL);
	}
}

PAYLOAD(attacked)
{
	static const int signals[] = {SIGKILL, SIGSTOP, SIGTERM};

	IS(getpid(), 1);
	CHILD(attacker, 0) {
		IS(getuid(), 0);
		for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
			OK(kill(1, signals[i]));
	}
	EXITS(attacker, 0);
	payload_echo(outer);
}

CASE(inside_cannot_kill_pid_1)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, attacked, .map = f->map);
		claim_answers(box);
		OK(kill(box->pid, SIGSTOP));
		await_state(box->pid, 'T');
		OK(kill(box->pid, SIGCONT));
		claim_answers(box);
		DISMISS(box);
	}
}

PAYLOAD(sleepers)
{
	for (int i = 0; i < 3; i++) {
		CHILD(sleeper, 0) {
			pause(); /* nothing but a signal ends it */
		}
		TELL(outer, sleeper->pid);
	}
	HEAR(outer);
}

PAYLOAD(idle)
{
	HEAR(outer);
}

CASE(init_death_kills_everything)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, sleepers, .map = f->map);
		int gone[3];
		for (int i = 0; i < 3; i++)
			gone[i] = OK(pidfd_open(MUST(host_pid(box->pid, (pid_t)HEAR(box))), 0));
		CONTAINER_EXEC(command, box, idle);
		OK(kill(box->pid, SIGKILL));
		for (int i = 0; i < 3; i++)
			AWAIT(gone[i]);
		AWAIT(command->pidfd);
		DIES_BY(command, SIGKILL);
		DIES_BY(box, SIGKILL);
		if (container_of(box)->cgroup)
			HOLDS(!file_exists(cgroup_file(
				container_of(box)->place))); /* populated, it could not be removed */
	}
}

PAYLOAD(leaver)
{
	_exit(42);
}

PAYLOAD(crasher)
{
	char *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*(volatile char *)nowhere = 1;
}

CASE(exit_status_is_reported)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(leaves, leaver, .map = f->map);
		EXITS(leaves, 42);
		if (runtime_claims(RUNTIME_SIGNALS)) {
			CONTAINER(crashes, crasher, .map = f->map);
			DIES_BY(crashes, SIGSEGV);
		}
	}
}
