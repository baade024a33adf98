/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_CLAIM_H
#define HELPERS_CLAIM_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "helpers/record.h"

/* The verbs of nscheck.h. Each prints the text of the call, the errno's name and the process's role. */

#define NS_PASTE_(a, b) a##b
#define NS_PASTE(a, b)  NS_PASTE_(a, b)
#define NS_UNIQUE(stem) NS_PASTE(stem, __COUNTER__)
#define NS_WHERE        __FILE__, __LINE__

/* What an operand of a verb came to. */
struct claim_value {
	const char *source; /* how it is written in the test */
	const char *text;   /* of a text; NULL for a number */
	long long number;
	bool is_text, is_pointer;
	bool huge;   /* number stands for 2^64 more than it says: it is unsigned and has the highest bit */
	bool failed; /* it is what a call gives that fails: NULL, or -1, which MAP_FAILED and SIG_ERR are too */
	int err;     /* errno, if evaluating it has set it; else 0 */
};

static inline struct claim_value claim_text(const char *text)
{
	return (struct claim_value){.text = text, .is_text = true, .failed = !text};
}

static inline struct claim_value claim_pointer(const volatile void *pointer)
{
	return (struct claim_value){.number = (long long)(intptr_t)pointer,
				    .is_pointer = true,
				    .failed = !pointer || (intptr_t)pointer == -1};
}

static inline struct claim_value claim_signed(long long number)
{
	return (struct claim_value){.number = number, .failed = number == -1};
}

static inline struct claim_value claim_unsigned(unsigned int number)
{
	return (struct claim_value){.number = number, .failed = number == UINT_MAX};
}

static inline struct claim_value claim_unsigned_long(unsigned long long number)
{
	return (struct claim_value){
		.number = (long long)number, .huge = number > LLONG_MAX, .failed = number == ULLONG_MAX};
}

static inline struct claim_value claim_truth(bool truth)
{
	return (struct claim_value){.number = truth};
}

#define NS_IS_POINTER(v) (__builtin_classify_type(v) == 5)
#define NS_VALUE(v)                                                                                          \
	(_Generic((v),                                                                                       \
		 char *: claim_text,                                                                         \
		 const char *: claim_text,                                                                   \
		 bool: claim_truth,                                                                          \
		 unsigned int: claim_unsigned,                                                               \
		 unsigned long: claim_unsigned_long,                                                         \
		 unsigned long long: claim_unsigned_long,                                                    \
		 default: __builtin_choose_expr(NS_IS_POINTER(v), claim_pointer, claim_signed))(v))

#ifdef __cppcheck__ /* which cannot parse a statement within an expression */
#define MUST(call)           (call)
#define OK(call)             (call)
#define FAILS(err, call)     ((void)(err), (void)(call))
#define IS(value, expected)  ((void)(value), (void)(expected))
#define IS_NOT(value, other) ((void)(value), (void)(other))
#define IS_MINUS_ONE(value)  ((void)(value))
#define GAVE(err)            ((void)(err))
#else
/* The value of `call`, which `failed`(file, line, text, errno) is told of if it is that of a failure. */
#define NS_CHECKED_(failed_, call, text, r)                                                                  \
	({                                                                                                   \
		__auto_type r = (call);                                                                      \
		if (NS_VALUE(r).failed)                                                                      \
			failed_(NS_WHERE, text, errno);                                                      \
		r;                                                                                           \
	})
#define MUST(call) NS_CHECKED_(claim_arranged, call, #call, NS_UNIQUE(must_))
#define OK(call)   NS_CHECKED_(claim_works, call, #call, NS_UNIQUE(ok_))

/*
 * An operand, evaluated once into a claim_value called `v`. Operands stand in statements of their own, since the order
 * of the arguments of a call is the compiler's.
 */
#define NS_OPERAND_(operand, text, v, temporary)                                                             \
	_Static_assert(__builtin_strcmp(text, "errno") != 0, "say GAVE(err): a verb clears errno");          \
	errno = 0;                                                                                           \
	__auto_type temporary = (operand);                                                                   \
	struct claim_value v = NS_VALUE(temporary);                                                          \
	claim_source(&v, text)

#define NS_TWO_(claim, a, a_text, b, b_text, left, right)                                                    \
	do {                                                                                                 \
		NS_OPERAND_(a, a_text, left, NS_PASTE(left, _operand));                                      \
		NS_OPERAND_(b, b_text, right, NS_PASTE(right, _operand));                                    \
		claim(NS_WHERE, &left, &right);                                                              \
	} while (0)
#define IS(value, expected)                                                                                  \
	NS_TWO_(claim_is, value, #value, expected, #expected, NS_UNIQUE(value_), NS_UNIQUE(expected_))
#define IS_NOT(value, other)                                                                                 \
	NS_TWO_(claim_is_not, value, #value, other, #other, NS_UNIQUE(value_), NS_UNIQUE(other_))

#define NS_ONE_(claim, operand, text, v)                                                                     \
	do {                                                                                                 \
		NS_OPERAND_(operand, text, v, NS_PASTE(v, _operand));                                        \
		claim(NS_WHERE, &v);                                                                         \
	} while (0)
#define IS_MINUS_ONE(value) NS_ONE_(claim_is_minus_one, value, #value, NS_UNIQUE(value_))

#define FAILS(err, call) NS_FAILS_(err, call, #call, NS_UNIQUE(err_), NS_UNIQUE(result_))
#define NS_FAILS_(err, call, text, wanted, result)                                                           \
	do {                                                                                                 \
		int wanted = (err);                                                                          \
		NS_OPERAND_(call, text, result, NS_PASTE(result, _operand));                                 \
		claim_fails(NS_WHERE, &result, wanted);                                                      \
	} while (0)
#define GAVE(err) claim_gave(NS_WHERE, errno, err)
#endif

#define HOLDS(condition) ((condition) ? (void)0 : claim_holds(NS_WHERE, #condition))

#define SKIP(...)  record_end(RECORD_SKIP, NS_WHERE, __VA_ARGS__)
#define NOTE(...)  record_note(__VA_ARGS__)
#define NOTE_END() record_note("%s", "")

/* The functions behind the verbs; claim_source completes an operand that was just evaluated. */
void claim_source(struct claim_value *value, const char *source);
/* A failed look satisfies no claim: two of them are not equal, and one is not another thing than what was found. */
void claim_looked(const char *file, int line, const struct claim_value *value);
void claim_arranged(const char *file, int line, const char *call, int err) __attribute__((noreturn));
void claim_works(const char *file, int line, const char *call, int err) __attribute__((noreturn));
void claim_fails(const char *file, int line, const struct claim_value *result, int expected);
void claim_gave(const char *file, int line, int err, int expected);
void claim_is(const char *file, int line, const struct claim_value *value,
	      const struct claim_value *expected);
void claim_is_not(const char *file, int line, const struct claim_value *value,
		  const struct claim_value *other);
void claim_is_minus_one(const char *file, int line, const struct claim_value *value);
void claim_holds(const char *file, int line, const char *condition) __attribute__((noreturn));

/* The name of an errno ("EPERM"), or its number as text. */
const char *errno_name(int err);

#endif
