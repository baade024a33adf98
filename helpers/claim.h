/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_CLAIM_H
#define HELPERS_CLAIM_H

#include <errno.h>
#include <stdbool.h>

#include "helpers/record.h"

/* The verbs of nscheck.h. Each prints the text of the call, the errno's name and the process's role. */

#define NS_PASTE_(a, b)  a##b
#define NS_PASTE(a, b)   NS_PASTE_(a, b)
#define NS_UNIQUE(stem)  NS_PASTE(stem, __COUNTER__)
#define NS_WHERE         __FILE__, __LINE__
#define NS_IS_POINTER(v) (__builtin_classify_type(v) == 5)

#ifdef __cppcheck__ /* which cannot parse a statement within an expression */
#define MUST(call)       (call)
#define OK(call)         (call)
#define FAILS(err, call) ((void)(err), (void)(call))
#else
#define MUST(call) NS_MUST_(call, #call, NS_UNIQUE(must_))
#define NS_MUST_(call, text, r)                                                                              \
	({                                                                                                   \
		__auto_type r = (call);                                                                      \
		if ((long)r == -1 || (NS_IS_POINTER(r) && !r)) {                                             \
			claim_arranged(NS_WHERE, text, errno);                                               \
		}                                                                                            \
		r;                                                                                           \
	})

#define OK(call) NS_OK_(call, #call, NS_UNIQUE(ok_))
#define NS_OK_(call, text, r)                                                                                \
	({                                                                                                   \
		__auto_type r = (call);                                                                      \
		if ((long)r == -1 || (NS_IS_POINTER(r) && !r)) {                                             \
			claim_works(NS_WHERE, text, errno);                                                  \
		}                                                                                            \
		r;                                                                                           \
	})

#define FAILS(err, call) NS_FAILS_(err, call, #call, NS_UNIQUE(fails_))
#define NS_FAILS_(err, call, text, r)                                                                        \
	do {                                                                                                 \
		errno = 0;                                                                                   \
		__auto_type r = (call);                                                                      \
		claim_fails(NS_WHERE, text, (long)r, errno, err);                                            \
	} while (0)
#endif

struct claim_value {
	const char *text; /* NULL for a number */
	bool is_text;
	long long number;
};

static inline struct claim_value claim_text(const char *text)
{
	return (struct claim_value){.text = text, .is_text = true};
}

static inline struct claim_value claim_number(long long number)
{
	return (struct claim_value){.number = number};
}

#define NS_VALUE(v) (_Generic((v), char * : claim_text, const char * : claim_text, default : claim_number)(v))

#define IS(value, expected)  claim_is(NS_WHERE, #value, NS_VALUE(value), #expected, NS_VALUE(expected))
#define IS_NOT(value, other) claim_is_not(NS_WHERE, #value, NS_VALUE(value), #other, NS_VALUE(other))
#define HOLDS(condition)     ((condition) ? (void)0 : claim_holds(NS_WHERE, #condition))

#define SKIP(...)  record_end(RECORD_SKIP, NS_WHERE, __VA_ARGS__)
#define NOTE(...)  record_note(__VA_ARGS__)
#define NOTE_END() record_note("%s", "")

void claim_arranged(const char *file, int line, const char *call, int err) __attribute__((noreturn));
void claim_works(const char *file, int line, const char *call, int err) __attribute__((noreturn));
void claim_fails(const char *file, int line, const char *call, long result, int err, int expected);
void claim_is(const char *file, int line, const char *what, struct claim_value value, const char *other,
	      struct claim_value expected);
void claim_is_not(const char *file, int line, const char *what, struct claim_value value, const char *other,
		  struct claim_value unexpected);
void claim_holds(const char *file, int line, const char *condition) __attribute__((noreturn));

/* The name of an errno ("EPERM"), or its number as text. */
const char *errno_name(int err);

#endif
