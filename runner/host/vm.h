/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_VM_H
#define RUNNER_HOST_VM_H

#include "runner/host/spawn.h"
#include "runner/host/console.h"
#include "runner/host/loop.h"
#include "runner/host/options.h"
#include "runner/host/qmp.h"
#include "runner/host/snapshot.h"
#include "runner/host/stream.h"
#include "runner/host/table.h"

/* What all VMs of a run share; it outlives them. */
struct machine {
	struct loop *loop;
	const struct options *options;
	const struct kernel *kernel;
	const char *initrd;
	const char *qemu_version;
	enum accel accel; /* never auto */
	struct identity identity;
	int kernel_fd, initrd_fd; /* shared with a QEMU that may not read the paths, else -1 */
	struct snapshots *snapshots;
	bool snapshots_wanted;
	FILE *console_log;
	const struct splat_allow *allow;
	const char *suites; /* the guest program's bytes */
	size_t suites_len;
};

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
	VM_DYING,    /* killed, not gone yet */
	VM_DEAD,
};

/* Why a VM that was not told to leave is gone. */
enum vm_end {
	VM_END_ASKED,
	VM_END_BOOT,    /* never ready */
	VM_END_RESTORE, /* a restored one was never ready */
	VM_END_SETUP,   /* a setup line failed: no other VM would do better */
	VM_END_CRASH,   /* ready once, then gone by itself */
};

/* What a QEMU gets as descriptors SPAWN_FD_FIRST and on. */
enum { FD_QMP, FD_CONSOLE, FD_RESULTS, FD_CONTROL, FD_SERIAL2, FD_INCOMING, FD_KERNEL, FD_INITRD };

struct vm;

/* Who is told of what a VM does. Handlers must not free the VM; that is done once it is VM_DEAD. */
struct vm_owner {
	void (*ready)(void *arg, struct vm *vm);
	void (*result)(void *arg, struct vm *vm, struct result *result); /* result is the receiver's */
	void (*note)(void *arg, struct vm *vm, const char *text);
	void (*late_splat)(void *arg, struct vm *vm, const char *id, const char *line, const char *log);
	void *arg;
};

struct out_chunk;

struct vm {
	const struct machine *machine;
	const struct vm_owner *owner;
	int number;
	enum vm_state state;
	enum vm_end end;
	char *failure; /* one line: why it ended */
	char **argv;
	pid_t pid;
	struct watch process, qmp_watch, console_watch, results, control, serial2, errors;
	struct qmp qmp;
	struct stream stream, serial_stream;
	struct stream *channel; /* the one that said hello; NULL: none yet */
	struct console console;
	struct text errors_text; /* QEMU's own words */
	struct out_chunk *out, **out_end;
	int snapshot_fd; /* being written */
	bool warm;
	char *release;
	size_t setups_done;
	int64_t started_at, ready_at, deadline, ordered_at;
	int64_t saving_at;   /* 0: nothing was saved */
	int64_t prepared_at; /* booted or restored: its first orders were sent */
	const struct test *test;
	char *last_id;          /* the test before */
	char *earlier_id;       /* and the one before that */
	struct result *pending; /* waits for the console to settle */
	int tests_run;
	int marks_missed;
	int strays;
	bool killed;      /* by this program */
	bool distrusted;  /* broke the protocol: to be replaced */
	size_t hang_step; /* what has been tried to learn where it hangs; 0: it does not */
	char *hang;       /* one line: that it hangs */
	double slowness;  /* of the guest, 1: as usual or faster */
	char *shutdown;   /* reason of QMP's SHUTDOWN event */
};

/* Starts QEMU: a restore when a snapshot is at hand and cold is false. NULL with a fault. */
struct vm *vm_start(const struct machine *machine, const struct vm_owner *owner, int number, bool cold,
		    struct fault *fault);

/* Orders a test of a ready VM. */
void vm_order(struct vm *vm, const struct test *test, bool sabotage);

/* Tells an idle VM to power off; one that is busy is killed. */
void vm_leave(struct vm *vm);
void vm_kill(struct vm *vm);

/* To be called when vm->deadline has come. */
void vm_late(struct vm *vm);

/* Kills, waits and frees, in whatever state it is. */
void vm_free(struct vm *vm);

/*
 * The argv of a machine's QEMU, for qemu_argv_free(); shared: kernel and image by descriptor where QEMU may not read
 * the paths; incoming: the number of the descriptor to restore from, or -1.
 */
char **vm_argv(const struct machine *machine, bool shared, int incoming, struct fault *fault);

/* Socket pairs: one end for this program, which does not block, one for QEMU. */
int vm_make_pairs(int mine[], int theirs[], int count);

/* The argv of a machine's QEMU as a user could type it; the caller frees. NULL with a fault. */
char *vm_command(const struct machine *machine, struct fault *fault);

/* What snapshots of this machine are named by. */
int vm_snapshot_key(const struct machine *machine, char key[65], struct fault *fault);

/* Seconds of the host's clock for a test, in a guest as fast as usual. */
double vm_test_limit(const struct test *test, double factor);

#endif
