/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_CATALOGUE_H
#define HELPERS_CATALOGUE_H

/* One row of suites/<suite>/behaviours.tsv: a promise, what must be observed, what that needs, whose word it is. */
struct behaviour {
	const char *id;    /* suite.group.behaviour; the test bears the same name */
	const char *since; /* first mainline version that keeps it, "-" if older than all we run on */
	const char *until; /* last version, "-" if it still holds */
	const char *needs; /* terms of helpers/needs.h, separated by "; "; "-" for none */
	const char *statement;
	const char *expected;
	const char *source;
	const char *tier; /* seed, man, peer, beyond; selftest for the harness's own exam */
};

extern const struct behaviour catalogue[];
extern const unsigned int catalogue_rows;

/* The row of an id, or NULL. */
const struct behaviour *catalogue_find(const char *id);

#endif
