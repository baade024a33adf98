/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_TESTS_TESTS_H
#define RUNNER_TESTS_TESTS_H

#include <check.h>

/* Adds a suite of the host's own tests to build/host-tests; called by HOST_SUITE before main(). */
void host_suite_add(Suite *(*make)(void));

/* HOST_SUITE(make): the file's suite, made by `static Suite *make(void)`; no list to keep elsewhere. */
#define HOST_SUITE(make)                                                                                     \
	__attribute__((constructor)) static void add_##make(void)                                            \
	{                                                                                                    \
		host_suite_add(make);                                                                        \
	}

#endif
