/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_RECORD_H
#define HELPERS_RECORD_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * The one record of a test: a page shared by every process that the test makes, whatever namespaces, root
 * or credentials it has moved to. libcheck sees only its own child; a failure in a grandchild would be lost
 * or come out with somebody else's line. Here the first process anywhere in the tree that fails or skips
 * writes down where and why, and all others end.
 */
enum record_kind {
	RECORD_NONE,
	RECORD_FAIL,  /* a claim about the kernel does not hold */
	RECORD_ERROR, /* arranging failed: the harness, not the kernel */
	RECORD_SKIP,  /* the kernel lacks what the test needs */
};

struct record {
	int claimed; /* compare-and-swap: who sets it writes the rest */
	int kind;    /* enum record_kind, stored last */
	int line;
	pid_t pid; /* of the writer, as it sees itself */
	char file[160];
	char role[160]; /* "init/member": the chain of CHILD blocks; empty in the test's main process */
	char message[1500];
	/* Of the test itself: where its source begins, and CLONE_NEW* types that it is skipped for (helpers/lack.h). */
	struct {
		int line, lacking;
		char file[160];
	} test;
};

/* Exit status of a process that ends because the record is written, by itself or by another. */
#define RECORD_EXIT 213

/* Makes the shared page and its alarm in the process that runs libcheck, before the test is forked; or clears them. */
void record_make(void);

/* Notes where the test that begins stands, and the types of namespaces that it cannot ask for. */
void record_test(const char *file, int line, int lacking);

/* What stands in the record; its kind is RECORD_NONE as long as nothing went wrong. */
const struct record *record_get(void);

/* Declares the calling process to be the test's main one: its record ends the test through libcheck. */
void record_own(void);

/* True in the test's main process, false in every process it made. */
bool record_is_main(void);

/*
 * Ends this process with a verdict at `file`:`line`; the first call in the process tree wins. In the main
 * process the verdict goes to libcheck, anywhere else to the record, which wakes whoever waits.
 */
void record_end(enum record_kind kind, const char *file, int line, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 4, 5)));

/* Ends this process because another one has written the record: the main process hands it to libcheck. */
void record_follow(void) __attribute__((noreturn));

/* A descriptor that becomes readable (POLLIN) once the record is written, and stays so. */
int record_alarm(void);

/* Adds to the role of this process: the chain of CHILD names, "" in the main process. */
void record_enter_role(const char *name);

/*
 * Words added to every later message of this process, such as the row of a table in hand; empty, it
 * takes them back. Used through NOTE and NOTE_END.
 */
void record_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* For a payload (an exec of this program): the descriptors to keep, as text for its environment; and back. */
void record_export(char *text, size_t size);
bool record_import(const char *text);

/*
 * The same for a payload that is reached over a socket: the two descriptors, role and note of this
 * process; and over there, where both are closed on exec and moved out of the way.
 */
struct record_hand {
	int fds[2];
	char role[160], note[256];
};
void record_give(struct record_hand *hand);
void record_take(const struct record_hand *hand);

#endif
