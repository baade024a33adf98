/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_NEEDS_H
#define HELPERS_NEEDS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a behaviour needs of the kernel, asked of the running kernel and never of its version. The column
 * `needs` of a catalogue is a list of terms separated by ";" (all must hold) or "-":
 *
 *	CONFIG_X              the option is y or m (asked of the kernel's configuration where it can be had)
 *	module:NAME           the module is loaded, can be loaded now, or is built in
 *	tool:NAME             the program is in PATH
 *	ns:NAME               this type of namespace exists ("ns:time")
 *	unprivileged_userns   an ordinary user may make a user namespace
 *	cgroup1               version 1 of cgroups can be mounted
 *	cgroup2               the test has a cgroup of its own on cgroup v2; cgroup2:nsdelegate, cgroup2:CONTROLLER
 *	file:PATH             the file exists
 *	cpus:N                N CPUs are online, or can be brought online now
 *	initial:NAME          the tests run in the initial namespace of this type ("initial:pid")
 *	spare_card            a network card is there that nobody uses
 *	no:TERM               TERM does not hold: the row is about kernels that lack it
 *	feature:NAME          a feature that came with a version (helpers/feature.h); asked last, never with "or"
 *	runtime:CLAIM         the container runtime in use claims it (helpers/runtime.h: "runtime:exec")
 *	A or B                either of two terms
 *
 * The types of namespaces that a test asks for are needs without a word here: see helpers/lack.h.
 */

/*
 * True if something is lacking; then `reason` says what, in words for a skip. All else is asked before the features:
 * *is_feature is true if nothing is lacking but a feature, of a kernel that has all that it takes.
 */
bool needs_lacking(const char *needs, char *reason, size_t size, bool *is_feature);

/* Whether a feature is among them; then a row says which kernels have it. */
bool needs_feature(const char *needs);

/* The first term that is not of this form, in a static buffer; NULL if all are. */
const char *needs_unknown_term(const char *needs);

/* Whether an answer in this process has changed the system: a module was asked for, a CPU brought up. */
bool needs_changed(void);

#endif
