/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_CASE_H
#define HELPERS_CASE_H

#include <check.h>
#include <stdbool.h>

#include "runner/contract.h"

/*
 * CASE(behaviour, ...) is the test of the catalogue row GROUP.behaviour: a libcheck test whose entry the
 * linker gathers, so there is no list to keep. Optional facts follow the name:
 *
 *	CASE(hostname_is_shared_without_a_flag, .initial = NS_UTS, .timeout = 20)
 */
struct ns_case {
	const char *group, *name, *file;
	int line;
	const TTest *const *test;
	/*
	 * Each test starts in its own mount and UTS namespaces, all mounts private, a fresh tmpfs on /tmp, and in those
	 * that its file names beside GROUP:
	 *
	 *	#define GROUP_OWN (NS_IPC | NS_NET)
	 *
	 * A network namespace takes longer to make and to end than most tests, an IPC namespace as long as the emptiest
	 * one: only who uses them gets them. OWN_BOX among them says that the tests work with cgroups: the one that a
	 * test runs in is made anew for the next. CLONE_NEW* flags named here keep a test in the initial ones instead, or in
	 * `own` add to its own ones.
	 */
	int group_own, initial, own;
	/*
	 * Of types that the kernel is built without: the test is about such a kernel, and not skipped for asking for them.
	 */
	int without;
	unsigned int timeout; /* seconds on an unloaded machine with KVM or fast emulation; 0: CASE_TIMEOUT */
	bool alone; /* changes what is global to a kernel and cannot put it back, or may wreck it: a VM of its own */
	/* Why this test may pass under sabotage: it observes no isolation. NULL: it must not pass. */
	const char *unsabotaged;
};

#define CASE_TIMEOUT 10

/* Beside CLONE_NEW* flags, of which none is so low. */
#define OWN_BOX 1

/* What stands for the macro in files that do not define it. */
enum { GROUP_OWN = 0 };

#define CASE(name_, ...)                                                                                     \
	START_TEST(name_);                                                                                   \
	static const struct ns_case name_##_case = {.group = GROUP,                                          \
						    .group_own = GROUP_OWN,                                  \
						    .name = #name_,                                          \
						    .file = __FILE__,                                        \
						    .line = __LINE__,                                        \
						    .test = &name_,                                          \
						    ##__VA_ARGS__};                                          \
	static const struct ns_case *const name_##_entry __attribute__((used, section("ns_cases"))) =        \
		&name_##_case;                                                                               \
	static void name_##_fn(int _i __attribute__((unused)))

/* What can be said of a test: evidence, which others judge. */
struct testimony {
	enum ending ending;
	enum finding finding;
	char file[160], role[160], message[1600];
	int line; /* 0: no place in a source */
};

/* All tests, sorted by id. Freed by nobody: it lives as long as the program. */
const struct ns_case **case_table(unsigned int *count);

/* "suite.group.behaviour", in a static buffer. */
const char *case_id(const struct ns_case *c);

/* The test with this id, or NULL. */
const struct ns_case *case_find(const char *id);

/*
 * True if the kernel lacks what the test's row needs; then *said tells it. Asking may load modules, so
 * it comes before whoever watches the test looks at the state of the system.
 */
bool case_lacks(const struct ns_case *c, struct testimony *said);

/* Runs one test in a process of its own under libcheck; `factor` stretches its time limit. */
void case_run(const struct ns_case *c, double factor, struct testimony *said);

/* The limit in seconds that case_run uses. */
unsigned int case_limit(const struct ns_case *c, double factor);

#endif
