/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_VM_H
#define RUNNER_HOST_VM_H

#include <stdbool.h>
#include <stdint.h>

#include "results/result.h"
#include "runner/host/machine.h"
#include "runner/host/table.h"

/* One VM, from its start to its end. All times are milliseconds of loop_now(). */
struct vm;

/* Why a VM that was not told to leave is gone. */
enum vm_end {
	VM_END_ASKED,
	VM_END_BOOT,    /* never ready */
	VM_END_RESTORE, /* a restored one was never ready */
	VM_END_SETUP,   /* a setup line failed: no other VM would do better */
	VM_END_CRASH,   /* ready once, then gone by itself */
};

/* What its owner may know of it; times are 0 as long as they have not come. */
struct vm_life {
	int number;
	bool warm;     /* it was restored */
	char *release; /* of its kernel, once it said hello; else NULL */
	int64_t started_at;
	int64_t saving_at;   /* 0: nothing was saved */
	int64_t prepared_at; /* booted or restored: its first orders were sent */
	int64_t ready_at;
	int tests_run;
	bool distrusted; /* broke the protocol: to be replaced */
	bool killed;     /* by this program */
	bool taken;      /* killed by somebody else on the host */
	bool silent;     /* its kernel said nothing yet */
	enum vm_end end;
	char *failure; /* one line: why it ended; NULL: it did not, or was asked to */
};

/* Who is told of what a VM does. Handlers must not free the VM; that is done once it is gone. */
struct vm_owner {
	void (*ready)(void *arg, struct vm *vm);
	void (*result)(void *arg, struct vm *vm, struct result *result); /* result is the receiver's */
	void (*note)(void *arg, struct vm *vm, const char *text);
	/* Its guest died or hangs: a file to dump its memory to, which the owner closes, or -1. Then, how that went. */
	int (*dump)(void *arg, struct vm *vm);
	void (*dumped)(void *arg, struct vm *vm, const char *trouble); /* trouble: one line, or NULL */
	void (*late_splat)(void *arg, struct vm *vm, const char *id, const char *line, const char *log);
	void *arg;
};

/* Starts one: a restore when a snapshot is at hand and cold is false. NULL with a fault. */
struct vm *vm_start(const struct machine *machine, const struct vm_owner *owner, int number, bool cold,
		    struct fault *fault);

/* What is known of it, as long as it is not freed. */
const struct vm_life *vm_life(const struct vm *vm);

/* Appends what a failed setup line and the monitor said and the end of the console, for whoever wonders why it did not come up. */
void vm_explain(const struct vm *vm, struct text *out);

bool vm_may_save(const struct vm *vm);   /* a snapshot may come of it */
bool vm_is_free(const struct vm *vm);    /* it takes a test now, or will */
bool vm_is_ready(const struct vm *vm);   /* it takes a test now */
bool vm_is_leaving(const struct vm *vm); /* it was told to */
bool vm_is_gone(const struct vm *vm);

/* Orders a test of a ready VM. share: how much of its time limit it gets, 1 at most. */
void vm_order(struct vm *vm, const struct test *test, double share, bool sabotage);

/* Tells an idle VM to power off; one that is busy is killed. */
void vm_leave(struct vm *vm);
void vm_kill(struct vm *vm);

/* When vm_late() is to be called; INT64_MAX: need not. */
int64_t vm_deadline(const struct vm *vm);
void vm_late(struct vm *vm);

/* Kills, waits and frees, in whatever state it is. */
void vm_free(struct vm *vm);

#endif
