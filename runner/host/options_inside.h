/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_OPTIONS_INSIDE_H
#define RUNNER_HOST_OPTIONS_INSIDE_H

#include "runner/host/options.h"

/* How an option is read, and what it sets at its offset in struct options. */
enum option_kind {
	OPTION_HEADING, /* none: a line of --help above those of its group */
	OPTION_FLAG,    /* bool */
	OPTION_TASK,    /* the task; and its argument, if it has one, a const char * */
	OPTION_NUMBER,  /* int, from least to most */
	OPTION_FACTOR,  /* double, 0.1 to 1000 */
	OPTION_STRING,  /* const char * */
	OPTION_STRINGS, /* struct strings: may be given again */
	OPTION_CHOICE,  /* an enum: which of the choices, NULL after the last */
	OPTION_PART,    /* two int: I/N */
};

/* What follows from an option. */
enum option_flag {
	OPTION_REMEMBERED = 1, /* part of the command that repeats a test */
	OPTION_MAY_BE_EMPTY = 2,
	OPTION_ONE_KERNEL = 4, /* not with several kernels */
	OPTION_ONE_RUNTIME = 8,
	OPTION_WANTS_WORDS = 16, /* not without a selection */
	OPTION_IS_A_PLACE = 32,  /* where a file of the program's own is: also twice, the last one holds */
	OPTION_IS_A_PATH =
		64, /* a file, unless there is none of that name: told so that any folder will do */
};

/*
 * One option. Whether options go together follows from here: both have to belong to the task; what one names in not_with
 * is refused beside it; what it implies may be given only with that value. One that would have no effect is refused.
 */
struct option_row {
	const char *name;
	char letter; /* 0: none */
	int group;   /* of --help */
	const char *argument, *help;
	enum option_kind kind;
	size_t offset;
	int least, most;
	const char *const *choices;
	enum task task; /* OPTION_TASK: which it is */
	const char *(*wrong)(
		const char *); /* NULL, or what a value would have to be; NULL when it is sound */
	const char *standard;  /* the value when it is not given; NULL: 0 */
	const char *without;   /* the value when it is given without one; NULL: it needs one */
	unsigned int tasks;    /* TASK_BIT() of those that it belongs to */
	const char *needs;     /* an option it makes no sense without, or NULL */
	const char *not_with[3];
	const char
		*implies[2]; /* "NAME=VALUE" or NULL; an option that has its standard value implies nothing */
	unsigned int flags;
	const char *fact; /* its key in the facts of a run; NULL: not told */
};

#define TASK_BIT(task) (1u << (task))

extern const struct option_row option_table[];
extern const size_t option_count;

/* The row of an option, NULL when there is none. */
const struct option_row *option_find(const char *name, size_t len);

/* The field that a row is about. */
void *option_field(const struct option_row *row, const struct options *o);

/* How it was given last, or NULL. */
const struct given *option_given(const struct option_row *row, const struct options *o);

/* Stores a value, which must outlive o. A fault says what is wrong with it. */
int option_store(const struct option_row *row, const char *value, struct options *o, struct fault *fault);

/* Whether all that was given makes sense together; a fault names what does not. Then what is implied is set. */
int options_check(struct options *o, struct fault *fault);

#endif
