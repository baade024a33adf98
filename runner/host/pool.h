/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_POOL_H
#define RUNNER_HOST_POOL_H

#include "results/baseline.h"
#include "results/journal.h"
#include "results/term.h"
#include "runner/host/accel.h"
#include "runner/host/plan.h"
#include "runner/host/vm.h"

/* Where the time of a run went, in milliseconds. */
struct pool_times {
	int64_t boot, save, restore, stream, tests;
	int64_t ending; /* from the last result to the end of the last VM */
	int64_t own;    /* processor time of this program */
	int64_t wall;
};

/* How a run goes about its jobs. */
struct pool_config {
	const char *hint; /* what the user is told at the start of each VM, or NULL */
	bool sabotage;
	bool cold;         /* no VM is restored */
	int repeat;        /* rounds of the plan; stops at the first bad result when more than one */
	int reruns;        /* of a failed test, alone in booted VMs */
	const char *dumps; /* the folder for the memory of guests that died or hung, or NULL */
	int fail_fast;     /* unexpected verdicts after which no further test is begun; 0: never */
};

/* One queue of jobs feeds some VMs; every result is in the journal before its VM gets the next job. */
struct pool {
	struct machine *machine;
	struct pool_config config;
	struct vm_owner owner; /* it, to its VMs */
	struct journal *journal;
	struct term *term;
	struct plan *plan;
	const struct baseline *baseline;
	struct accel_memory *accel;
	size_t next; /* first job that nobody has taken, counted over all rounds of --repeat */
	int jobs;    /* VMs at once */
	struct slot *slots;
	int vms; /* started so far */
	int64_t began, last_result_at;
	int64_t before_ms; /* of a run that is resumed: when its last result was */
	bool ever_ready;
	int failures; /* VMs in a row that did not come up */
	int restore_failures;
	bool stopping; /* no further job is started */
	bool dropping; /* what the running tests still say does not count */
	int interrupts;
	int64_t stop_until;
	int dumps, not_dumped; /* pool_dump.c */
	int bad;               /* unexpected verdicts of planned tests */
	int timeouts,
		shortened; /* planned tests that timed out; those that got less than their time limit for it */
	bool cut;          /* they were enough, and something was left to run */
	size_t good;       /* results that were pass, skip or xfail */
	struct recheck *rechecks; /* again.c */
	int rechecked, not_rechecked, searches, not_searched;
	struct fault *fault;
	struct text trouble; /* lines that explain the fault */
	struct pool_times times;
	struct watch signals;
};

/* Adds to the journal, and for a note to the terminal; trouble stops the run. */
void pool_journal(struct pool *pool, const char *type, json_t *entry);
void pool_note(struct pool *pool, const char *text);

/* What the baseline makes of a verdict on this kernel and container runtime. */
void pool_expect(const struct pool *pool, struct result *r);

/* A test of an interrupted run has this outcome; it may have to be run again, or has been already. */
void again_resume(struct pool *p, const struct test *test, const struct outcome *o);

/* Runs the plan to its end, the first fault, or the second interrupt. Returns -1 when there was a fault. */
int pool_run(struct pool *pool);

#endif
