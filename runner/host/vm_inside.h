/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_VM_INSIDE_H
#define RUNNER_HOST_VM_INSIDE_H

#include "runner/host/hang.h"
#include "runner/host/orders.h"
#include "runner/host/silence.h"
#include "runner/host/stream.h"
#include "runner/host/vm.h"

/*
 * A VM as its own three files know it: vm.c, its process, channels and end; vm_up.c, all until it is ready for tests;
 * vm_run.c, a test from its order to its result. Nobody else includes this.
 */
enum vm_state {
	VM_BOOTING, /* until hello */
	VM_SAVING,  /* its state goes to the snapshot file */
	VM_RESTORING,
	VM_PREPARING, /* clock, entropy, suites, setup lines */
	VM_READY,
	VM_RUNNING,  /* a test was ordered */
	VM_SETTLING, /* its result is here, its last console lines may not be */
	VM_HANGING,  /* too late: what the guest was doing is asked for */
	VM_LEAVING,  /* told to power off */
	VM_DUMPING,  /* its guest is dead or hangs; its memory goes to a file */
	VM_DYING,    /* killed, not gone yet */
	VM_DEAD,
};

struct vm {
	const struct machine *machine;
	const struct vm_owner *owner;
	struct vm_life life;
	enum vm_state state;
	int64_t deadline; /* of the state */
	int64_t up_by;    /* of a start: the deadline, which comes after looks at who is silent */
	int64_t wake_at;  /* of the monitor's own */
	pid_t pid;
	struct watch process, channels[CHANNELS];
	struct monitor_talk *talk;
	char *ending;       /* what the monitor said of why the VM ends, or NULL */
	bool ended_by_host; /* which is not the guest's doing */
	struct text errors; /* the monitor's own words */
	struct stream stream, serial_stream;
	struct stream *channel; /* the one that said hello; NULL: none yet */
	struct console console;
	struct silence silence;
	struct orders orders;

	bool dumping;    /* to a file of the owner's */
	int snapshot_fd; /* being written, or -1 */
	size_t setups_done;
	bool setting_up;  /* the next setup line runs */
	char *setup_said; /* the last one's output, when it failed; else NULL */
	double slowness;  /* of the guest, 1: as usual or faster */

	const struct test *test; /* that was ordered; NULL: none */
	int64_t ordered_at;
	struct result *pending; /* waits for the console to settle */
	char *last_id;          /* the test before */
	char *earlier_id;       /* and the one before that */
	int marks_missed;
	int strays;
	struct hang hang;
};

/* Waits so many milliseconds for the next thing; negative: for ever. */
void vm_wait(struct vm *vm, double ms);

/* Kills it for a reason of this program's. */
void vm_end_now(struct vm *vm, enum vm_end end, const char *why);

/* The same for a guest that is dead or hangs: its memory is dumped first if that is wanted. why: NULL: the console says it. */
void vm_end_dead(struct vm *vm, enum vm_end end, const char *why);

/* The channel that it said hello on, also for orders. */
void vm_choose_channel(struct vm *vm, struct stream *stream);

/* ---- vm_up.c ---- */

/* It was started: from now on it has so much time to come up. */
void vm_up_begin(struct vm *vm);

void vm_up_hello(struct vm *vm, struct stream *from, const char *release);
void vm_up_foreign_hello(struct vm *vm, const char *text);
void vm_up_suites(struct vm *vm, const struct stream_event *event);
void vm_up_setup(struct vm *vm, const struct stream_event *event);

/* The monitor has saved or restored it; trouble: one line of why not, or NULL. */
void vm_up_saved(struct vm *vm, const char *trouble);
void vm_up_restored(struct vm *vm, const char *trouble);

/* The deadline has come before it was ready. */
void vm_up_late(struct vm *vm);

/* It is gone before it was ready. */
void vm_up_gone(struct vm *vm, int status);

/* Why a VM ends that was not ready yet. */
enum vm_end vm_up_end(const struct vm *vm);

/* ---- vm_run.c ---- */

void vm_run_result(struct vm *vm, struct result *r);
void vm_run_late(struct vm *vm);

/* Tells of a complaint of the kernel between two tests. */
void vm_run_gap(struct vm *vm);

/* It is gone: the running test gets its verdict. status: of the process. */
void vm_run_gone(struct vm *vm, int status);

#endif
