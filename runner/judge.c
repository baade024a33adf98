// SPDX-License-Identifier: GPL-2.0-only
#include "runner/judge.h"

#include <string.h>

#include "runner/base/fault.h"

static const char *const verdict_names[VERDICTS] = {
	[VERDICT_PASS] = "pass",       [VERDICT_SKIP] = "skip",   [VERDICT_FAIL] = "fail",
	[VERDICT_TIMEOUT] = "timeout", [VERDICT_CRASH] = "crash", [VERDICT_SPLAT] = "splat",
	[VERDICT_LEAK] = "leak",       [VERDICT_ERROR] = "error", [VERDICT_MISS] = "miss",
	[VERDICT_XFAIL] = "xfail",     [VERDICT_XPASS] = "xpass", [VERDICT_FLAKY] = "flaky",
	[VERDICT_LOST] = "lost",
};

const char *verdict_name(enum verdict v)
{
	return verdict_names[v];
}

int verdict_parse(const char *name)
{
	for (int v = 0; v < VERDICTS; v++)
		if (!strcmp(name, verdict_names[v]))
			return v;
	return -1;
}

bool verdict_is_failure(enum verdict v)
{
	return v == VERDICT_FAIL || v == VERDICT_TIMEOUT || v == VERDICT_CRASH || v == VERDICT_SPLAT ||
	       v == VERDICT_LEAK || v == VERDICT_FLAKY || v == VERDICT_LOST;
}

bool verdict_is_good(enum verdict v)
{
	return v == VERDICT_PASS || v == VERDICT_SKIP || v == VERDICT_XFAIL;
}

/* A version may go on where the bound ends: 6.18.3 is not beyond 6.18. */
static bool is_beyond(const char *version, const char *until)
{
	size_t len = strlen(until);

	return strverscmp(version, until) > 0 &&
	       !(!strncmp(version, until, len) && (version[len] < '0' || version[len] > '9'));
}

bool judge_due(const char *since, const char *until, const char *version)
{
	return version && !(since && strverscmp(version, since) < 0) && !(until && is_beyond(version, until));
}

/* A test that wrote something down is judged by that, however it ended afterwards. */
static enum verdict judge_finding(const struct evidence *e)
{
	switch (e->finding) {
	case FINDING_CLAIM: return VERDICT_FAIL;
	case FINDING_LACK: return VERDICT_SKIP;
	case FINDING_ABSENCE: return e->due ? VERDICT_LOST : VERDICT_SKIP;
	case FINDING_NONE: break;
	default: return VERDICT_ERROR;
	}
	if (e->ending == ENDING_LIMIT)
		return VERDICT_TIMEOUT;
	if (e->ending != ENDING_ITSELF)
		return VERDICT_ERROR;
	return e->left ? VERDICT_LEAK : VERDICT_PASS;
}

/* What the guest says, if it can be believed. */
static enum verdict judge_telling(const struct evidence *e)
{
	if (e->garbled)
		return VERDICT_ERROR;
	switch (e->ending) {
	case ENDING_ITSELF:
	case ENDING_EARLY:
	case ENDING_LIMIT: return judge_finding(e);
	case ENDING_KILLED: return VERDICT_TIMEOUT;
	case ENDING_NEVER:
		return e->finding == FINDING_LACK || e->finding == FINDING_ABSENCE ? judge_finding(e)
										   : VERDICT_ERROR;
	default: return VERDICT_ERROR;
	}
}

/* The kernel's own words weigh more than a verdict that does not blame it, or blames it for less. */
enum verdict judge_test(const struct evidence *e)
{
	enum verdict v = e->fate == FATE_ENDED    ? VERDICT_CRASH
			 : e->fate == FATE_STAYED ? judge_telling(e)
						  : VERDICT_ERROR;

	if (e->splat && v != VERDICT_FAIL && v != VERDICT_TIMEOUT && v != VERDICT_CRASH)
		return VERDICT_SPLAT;
	return v;
}

bool judge_void(const struct evidence *e)
{
	return e->fate == FATE_TAKEN && judge_test(e) == VERDICT_ERROR;
}

enum verdict judge_known(enum verdict seen, enum verdict expected)
{
	if (seen == expected)
		return VERDICT_XFAIL;
	return seen == VERDICT_PASS && expected != VERDICT_FLAKY ? VERDICT_XPASS : seen;
}

enum again judge_again(enum verdict v)
{
	if (v == VERDICT_CRASH)
		return AGAIN_ONCE;
	return v == VERDICT_FAIL || v == VERDICT_TIMEOUT || v == VERDICT_LEAK ? AGAIN_ALL : AGAIN_NO;
}

void judge_count(struct tally *t, enum verdict v)
{
	t->good += v == VERDICT_PASS || v == VERDICT_SKIP;
	t->bad += verdict_is_failure(v);
}

enum verdict judge_reruns(enum verdict first, const struct tally *further)
{
	return judge_again(first) == AGAIN_ALL && further->good ? VERDICT_FLAKY : first;
}

enum bisected judge_bisected(const size_t total[VERDICTS])
{
	size_t good = total[VERDICT_PASS], bad = 0, all = 0;

	for (int v = 0; v < VERDICTS; v++) {
		all += total[v];
		bad += verdict_is_failure((enum verdict)v) ? total[v] : 0;
	}
	if (all && good == all)
		return BISECTED_GOOD;
	return all && bad == all ? BISECTED_BAD : BISECTED_UNKNOWN;
}

bool judge_first_counts(enum verdict first, enum verdict second)
{
	/* It passed too early, for the splat that is known of it came late: as expected. */
	if (first == VERDICT_XPASS && second == VERDICT_XFAIL)
		return false;
	return !verdict_is_good(first);
}

int judge_run(const size_t total[VERDICTS], bool sabotage)
{
	if (total[VERDICT_MISS])
		return EXIT_UNFINISHED;
	if (sabotage)
		return total[VERDICT_PASS] ? EXIT_TEST_FAILED : EXIT_EXPECTED;
	for (int v = 0; v < VERDICTS; v++)
		if (total[v] && (verdict_is_failure((enum verdict)v) || v == VERDICT_XPASS))
			return EXIT_TEST_FAILED;
	return total[VERDICT_ERROR] ? EXIT_UNFINISHED : EXIT_EXPECTED;
}

int judge_cut(const size_t total[VERDICTS])
{
	size_t ran[VERDICTS];

	memcpy(ran, total, sizeof(ran));
	ran[VERDICT_MISS] = 0;
	return judge_run(ran, false);
}
