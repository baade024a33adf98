// SPDX-License-Identifier: GPL-2.0-only
/* What ends the init of a PID namespace and what does not. pid_namespaces(7) "The namespace init process" */
/* Goes on from init.c. */
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "helpers/seccomp.h"
#include "suites/pid/patterns.h"

#define GROUP "pid.init"

static void no_handler(int sig __attribute__((unused)))
{
}

static void fault(void)
{
	volatile int *volatile nowhere = NULL;

	// cppcheck-suppress nullPointer
	*nowhere = 0; // NOLINT(clang-analyzer-core.NullDereference): that is what is asked for
}

CASE(synchronous_fault_is_fatal)
{
	for (int blocked = 0; blocked < 2; blocked++) {
		NOTE("%s", blocked ? "with a handler, blocked" : "without a handler");
		CHILD(init, NS_PID) {
			IS(getpid(), 1);
			OK(kill(1, SIGSEGV)); /* control: the signal alone does nothing */
			if (blocked) {
				MUST(sigaction(SIGSEGV, &(struct sigaction){.sa_handler = no_handler}, NULL));
				signal_block_all();
			}
			TELL(init);
			HEAR(init);
			fault();
		}
		HEAR(init);
		struct child *witness = witness_of_the_end(init, 2);
		TELL(init);
		EXITS(witness, 0);
		DIES_BY(init, SIGSEGV);
	}
}

CASE(seccomp_kill_is_fatal)
{
	static const struct {
		const char *name;
		unsigned int action;
	} actions[] = {
		{"SECCOMP_RET_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS},
		{"SECCOMP_RET_KILL_THREAD", SECCOMP_RET_KILL_THREAD},
		{"SECCOMP_RET_TRAP", SECCOMP_RET_TRAP},
	};

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		NOTE("%s", actions[i].name);
		CHILD(init, NS_PID) {
			IS(getpid(), 1);
			OK(kill(1, SIGSYS)); /* control: the signal alone does nothing */
			MUST(seccomp_filter(SYS_getpgid, actions[i].action));
			getpgid(0);
		}
		DIES_BY(init, SIGSYS);
	}
}

CASE(traced_init_reports_but_survives_default_signal)
{
	static const unsigned long long flags[] = {NS_PID, 0 /* control */};
	int status;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		NOTE("%s", flags[i] ? "init" : "an ordinary process");
		CHILD(tracee, flags[i]) {
			if (flags[i])
				IS(getpid(), 1);
			HEAR(tracee);
			OK(kill(getpid(), SIGTERM));
			_exit(42);
		}
		MUST(ptrace(PTRACE_SEIZE, tracee->pid, NULL, NULL));
		TELL(tracee);
		IS(waitpid(tracee->pid, &status, __WALL), tracee->pid);
		HOLDS(WIFSTOPPED(status));
		IS(WSTOPSIG(status), SIGTERM);
		OK(ptrace(PTRACE_CONT, tracee->pid, NULL, SIGTERM));
		if (flags[i])
			EXITS(tracee, 42);
		else
			DIES_BY(tracee, SIGTERM);
	}
}

/* The wait status of an init whose creator died, as its adopter gets it. */
static int end_after_pdeathsig(int sig)
{
	int gate[2], status;

	MUST(pipe2(gate, O_CLOEXEC));
	CHILD(creator, 0) {
		close(gate[1]);
		CHILD(init, NS_PID) {
			IS(getpid(), 1);
			MUST(prctl(PR_SET_PDEATHSIG, sig));
			TELL(init);
			AWAIT(gate[0]); /* shut by the adopter once the creator is dead */
			_exit(42);
		}
		HEAR(init);
		orphan_bequeath(creator, init);
	}
	pid_t init = orphan_inherited(creator);
	if (sig != SIGKILL)
		close(gate[1]);
	IS(waitpid(init, &status, 0), init);
	return status;
}

CASE(pdeathsig_follows_the_ancestor_rule)
{
	MUST(prctl(PR_SET_CHILD_SUBREAPER, 1));

	int status = end_after_pdeathsig(SIGKILL);
	HOLDS(WIFSIGNALED(status));
	IS(WTERMSIG(status), SIGKILL);

	status = end_after_pdeathsig(SIGTERM);
	HOLDS(WIFEXITED(status));
	IS(WEXITSTATUS(status), 42);
}
