/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_MONITOR_H
#define VM_MONITOR_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/fault.h"

/*
 * The seam to the virtual machine monitor: the program that runs one VM in one process. One file implements all this for
 * one monitor (vm/qemu.c) and ends with MONITOR(); nothing outside of it knows which monitor it is. --qemu PATH takes
 * the program of any of them, which is told by what it says to --version.
 *
 * Whoever has the command line of argv() starts it, as anybody and with no descriptors but those that the request names.
 * Started, it is talked with over one of them. To end it the process is killed: no monitor has to be asked, and a VM
 * that is to begin anew is another process. What counts is what it said before its end: a guest that ends by itself is always
 * told of. One that was not, with a monitor that a signal ended or that exits with another status than 0, was the host's
 * trouble; status 0 without a word is taken for the guest's end.
 */

enum accel {
	ACCEL_AUTO, /* a wish of the user; whoever starts a monitor has decided for one of the others */
	ACCEL_KVM,
	ACCEL_TCG, /* emulation */
};

/* What a monitor gets as descriptors; the first five are one end of a connected stream socket pair. */
enum monitor_fd {
	MONITOR_TALK,    /* the monitor's own: commands and what it says; whatever its protocol is */
	MONITOR_CONSOLE, /* TTY_CONSOLE of runner/contract.h: the kernel log */
	MONITOR_RESULTS, /* virtio port PORT_RESULTS */
	MONITOR_ORDERS,  /* virtio port PORT_ORDERS */
	MONITOR_SERIAL2, /* TTY_CHANNEL: both directions, where the kernel has no virtio_console */
	MONITOR_SAVED,   /* a file, read from where it stands: the saved VM to restore; -1: a VM is booted */
	MONITOR_KERNEL, /* files that kernel and initrd name as /dev/fd/N when their paths cannot be opened */
	MONITOR_INITRD,
	MONITOR_DEBUGGER, /* a socket that listens: who connects speaks GDB's remote protocol, and the guest waits for it */
	MONITOR_FDS
};

/* Processors of a VM unless others are asked for. */
#define MONITOR_CPUS 2

/* One VM to start. */
struct monitor_request {
	const char *program;
	const char *kernel, *initrd; /* files */
	const char *append;          /* more for the kernel's command line, or NULL */
	enum accel accel;            /* ACCEL_KVM or ACCEL_TCG */
	int memory_mib;
	int cpus;          /* 0: monitor_cpus_online() says how many are online */
	char *const *more; /* words of the user's own for the monitor's command line, as they are */
	size_t more_count;
	bool dumped; /* a guest that has ended stands still until the monitor is killed, so that it can be dumped */
	bool shell;           /* the kernel's command line asks for a shell */
	int fds[MONITOR_FDS]; /* numbers in the monitor's process; -1: not there */
};

enum monitor_event_kind {
	MONITOR_SAVE_ENDED, /* of save(); text: why it failed, NULL: the file is whole. The guest is stopped */
	MONITOR_RESTORE_ENDED, /* of a VM that was started to be restored; text: why it failed, NULL: the guest runs */
	MONITOR_BREAK_SENT, /* of send_break() */
	MONITOR_STOPPED,    /* the guest stands still for good and by itself; text: one line that says so */
	MONITOR_ENDING, /* the VM is about to end, which is the guest's doing; text: a word or two of why, such as guest-panic */
	MONITOR_ENDED_BY_HOST, /* the same, but a signal to the monitor or an error of its own ends it */
	MONITOR_DUMP_ENDED, /* of dump(); text: why it failed, NULL: the file is whole. The guest may run on */
};

struct monitor_event {
	enum monitor_event_kind kind;
	const char *text;
};

typedef void monitor_sink(void *arg, const struct monitor_event *event);

/* The talk with one started monitor; an implementation's own struct begins with it. */
struct monitor_talk {
	bool restoring; /* the VM is not restored yet */
	monitor_sink *sink;
	void *arg;
	int wake_ms; /* wake() is to be called after so many milliseconds; -1: need not. Changes with each call. */
};

/* One monitor. */
struct monitor {
	const char *title;   /* for people: QEMU */
	const char *package; /* Debian's, which has the program; NULL: none */

	/* Whether the first line of `PROGRAM --version` is one of this monitor. */
	bool (*is_mine)(const char *version);

	/* The command line for a request that is sound, for monitor_argv_free(); NULL with a fault. */
	char **(*argv)(const struct monitor_request *request, struct fault *fault);

	/* Begins a talk over our end of MONITOR_TALK, which stays the caller's; monitor_talk() fills in the base. */
	struct monitor_talk *(*begin)(int fd);
	void (*end)(struct monitor_talk *talk);

	/* Takes bytes that the monitor sent, of any cut and kind. */
	void (*take)(struct monitor_talk *talk, const char *data, size_t len);
	void (*wake)(struct monitor_talk *talk);

	/* Stops the guest and writes its state to a file, from where fd stands; MONITOR_SAVE_ENDED follows. */
	void (*save)(struct monitor_talk *talk, int fd);
	/* Lets a guest that was saved, or could not be, run again. */
	void (*go_on)(struct monitor_talk *talk);

	/*
	 * Writes the guest's memory and registers to a file, from where fd stands, as an ELF core that debuggers read, with
	 * the note that the kernel has for them if it hands one over; MONITOR_DUMP_ENDED follows. The guest stands still
	 * meanwhile; one that has ended is still there if the request said `dumped`.
	 */
	void (*dump)(struct monitor_talk *talk, int fd);

	/* A break on the console's line, which makes the next byte there a sysrq key. */
	void (*send_break)(struct monitor_talk *talk);
	/* An interrupt that the guest cannot mask (NMI). */
	void (*interrupt)(struct monitor_talk *talk);
};

/* Makes a monitor known; the linker gathers them. */
#define MONITOR(name)                                                                                        \
	__attribute__((section("monitors"), used)) static const struct monitor *const known_##name = &(name)

/*
 * The monitor that a program is.
 * program: a path, or a name that is looked up in PATH
 * cache_dir: where is kept what the program said, so that it is asked once
 * version, size: receives the first line of `PROGRAM --version`
 * NULL with a fault: it is not installed or none that is known (bad input).
 */
const struct monitor *monitor_find(const char *program, const char *cache_dir, char *version, size_t size,
				   struct fault *fault);

/*
 * How many processors of a VM are online when it has booted, of a kernel that can use them all. Those that were asked for
 * are; of the two that a VM has otherwise emulation leaves one offline: a second one costs every test a quarter of its
 * time and brings no concurrency (one thread serves both), and a test that needs it brings it up.
 */
int monitor_cpus_online(int cpus, enum accel accel);

/* The command line for a request, NULL-terminated, for monitor_argv_free(); NULL with a fault about the request. */
char **monitor_argv(const struct monitor *monitor, const struct monitor_request *request,
		    struct fault *fault);
void monitor_argv_free(char **argv);

/*
 * For implementations: the kernel's command line, to free, or NULL with a fault. own: words, each with a space before it,
 * that this monitor wants there.
 */
char *monitor_command_line(const struct monitor_request *request, const char *own, struct fault *fault);

/* Begins the talk with a started monitor; to be ended by its end(). fd does not block, and stays the caller's. */
struct monitor_talk *monitor_talk(const struct monitor *monitor, int fd, bool restoring, monitor_sink *sink,
				  void *arg);

/* How the process ended, in words: "QEMU ended with status 0"; to free. */
char *monitor_ended(const struct monitor *monitor, int status);

#endif
