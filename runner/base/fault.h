/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_BASE_FAULT_H
#define RUNNER_BASE_FAULT_H

/* Exit statuses of nscheck, also those that a fault carries. */
enum exit_status {
	EXIT_EXPECTED = 0,
	EXIT_TEST_FAILED = 1,
	EXIT_BAD_INPUT = 2,  /* usage, or input that the user can mend */
	EXIT_UNFINISHED = 3, /* the harness could not finish */
	EXIT_INTERRUPTED = 130,
};

/* Why something could not be done, in one line for the user: what is wrong and what to do about it. */
struct fault {
	int status; /* 0: no fault yet */
	char text[1024];
};

/*
 * Records a fault; the first one wins, since later ones are its consequences. Always returns -1, so that
 * a function can say `return fault_set(...)`. The text is cut at the size of the field.
 */
int fault_set(struct fault *fault, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
