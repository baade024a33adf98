/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_JUDGE_H
#define RUNNER_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/contract.h"

/*
 * The verdicts, and all that is decided by or about one. Nothing here reads, writes or keeps anything: what is given
 * decides alone. runner/tests/host/judge_test.c has every combination.
 */
enum verdict {
	VERDICT_PASS,
	VERDICT_SKIP, /* the kernel lacks what the behaviour needs */
	VERDICT_FAIL,
	VERDICT_TIMEOUT,
	VERDICT_CRASH, /* the kernel died or hung while the test ran */
	VERDICT_SPLAT, /* the kernel complained while the test ran */
	VERDICT_LEAK,  /* the test left something behind */
	VERDICT_ERROR, /* arranging failed: the harness or its machine, never the kernel */
	VERDICT_MISS,  /* never ran */
	VERDICT_XFAIL, /* failed, as the baseline knows */
	VERDICT_XPASS, /* passed, though the baseline knows it to fail */
	VERDICT_FLAKY, /* failed, but not in all of its runs */
	VERDICT_LOST,  /* the kernel is new enough for the feature and configured for it, and has it not */
	VERDICTS,
};

const char *verdict_name(enum verdict v);

/* The verdict of that name, or -1. */
int verdict_parse(const char *name);

/* Whether a verdict speaks of the kernel and is not what was hoped for: fail timeout crash splat leak flaky lost. */
bool verdict_is_failure(enum verdict v);

/* Whether a verdict asks for no attention: pass skip xfail. */
bool verdict_is_good(enum verdict v);

/* What became of the machine that a test ran in. */
enum fate {
	FATE_STAYED, /* it told how the test ended */
	FATE_ENDED,  /* it died, or hung and was killed */
	FATE_LIED,   /* it was killed because it did not keep to the contract */
	FATE_TAKEN,  /* its monitor was killed by somebody else, or failed: nothing that the guest did */
	FATES,
};

/* All that a verdict on one run of a test is made from. */
struct evidence {
	enum ending ending; /* ENDING_UNTOLD also for a word that is none */
	enum finding finding;
	bool garbled; /* something was told that the contract does not have */
	bool left;    /* something was left behind or changed */
	bool splat;   /* the kernel complained */
	bool due;     /* by its version the kernel has the feature: judge_due() */
	enum fate fate;
};

enum verdict judge_test(const struct evidence *e);

/*
 * Whether a kernel of this version ("6.12.118-1", "6.13.0-rc4"; NULL: not known) is one that a behaviour holds for, by
 * the first and the last series that the catalogue names for it (NULL: no bound). A distribution may have taken more
 * into its kernel than the version says, never less.
 */
bool judge_due(const char *since, const char *until, const char *version);

/* Whether a run says nothing about the test, since the host took its machine away: it is done again in another one. */
bool judge_void(const struct evidence *e);

/* What a baseline that expects a verdict makes of the one that was seen. What is known as flaky may pass. */
enum verdict judge_known(enum verdict seen, enum verdict expected);

/* How a test with this verdict is run again, alone and in booted machines. */
enum again {
	AGAIN_NO,
	AGAIN_ALL,  /* as often as the user wants: whether it is so each time decides */
	AGAIN_ONCE, /* a crash, which stays one; if it does not come back alone, its company is searched for */
};
enum again judge_again(enum verdict v);

/* Of runs that ended so, how many were good and how many bad; an error says nothing about the test. */
struct tally {
	int good, bad;
};
void judge_count(struct tally *t, enum verdict v);

/* The verdict on a test after all its further runs. */
enum verdict judge_reruns(enum verdict first, const struct tally *further);

/* What a commit is to a bisection. */
enum bisected { BISECTED_GOOD, BISECTED_BAD, BISECTED_UNKNOWN };

/* From the verdicts on runs of one test, each in a fresh VM: how many there are of each. They have to agree. */
enum bisected judge_bisected(const size_t total[VERDICTS]);

/* Whether the earlier of two results of one test, from the same run, counts. */
bool judge_first_counts(enum verdict first, enum verdict second);

/* The exit status that a run's verdicts ask for; what stopped it is the caller's to look at. sabotage: the helpers lied. */
int judge_run(const size_t total[VERDICTS], bool sabotage);

/* The same of a run that was told to stop at what was not expected: what never ran is not asked for. */
int judge_cut(const size_t total[VERDICTS]);

#endif
