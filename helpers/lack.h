/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_LACK_H
#define HELPERS_LACK_H

/*
 * Types of namespaces that the running kernel is built without. Each type that a test asks the kernel for, by a flag
 * of clone, unshare or setns or by the name of a file in /proc/PID/ns, is a need of the test, and no row has to say
 * so: the test is skipped before the call. What is lacking is asked of /proc/self/ns before the test starts, and
 * never of the call: a kernel that has the file and refuses the call fails the test.
 */

/*
 * CLONE_NEW* flags of those types, asked once. A type whose file is not there although the configuration has it is
 * not lacking but broken.
 */
int lack_types(void);

/* "no user namespaces", of the first type in `flags`; in a static buffer. */
const char *lack_reason(int flags);

/* Ends the test with a skip if it asks for a type that record_test() says is lacking; anywhere else it does nothing. */
void lack_check(unsigned long long flags);

/* The same for the name of a file in /proc/PID/ns. */
void lack_check_name(const char *name);

#endif
