// SPDX-License-Identifier: GPL-2.0-only
#include "results/compare.h"

#include <stdlib.h>
#include <string.h>

#include "results/grid.h"
#include "runner/base/fault.h"

enum { SLOWER_TIMES = 3, SLOWER_MS = 100, LISTED_MAX = 20 };

static const struct {
	const char *heading, *total;
	bool whole; /* each is listed, however many */
	int status; /* the exit status that it asks for */
	bool alone; /* only one of the runs has the test */
} kinds[CHANGES] = {
	[CHANGE_REGRESSION] = {.heading = "regressions",
			       .total = "regressed",
			       .whole = true,
			       .status = EXIT_TEST_FAILED},
	[CHANGE_NEW_FAILURE] = {.heading = "new, and fail",
				.total = "new and failed",
				.whole = true,
				.status = EXIT_TEST_FAILED,
				.alone = true},
	[CHANGE_GONE] = {.heading = "gone", .total = "gone", .status = EXIT_TEST_FAILED, .alone = true},
	[CHANGE_UNDECIDED] = {.heading = "no longer decided",
			      .total = "undecided",
			      .whole = true,
			      .status = EXIT_UNFINISHED},
	[CHANGE_NEW_UNDECIDED] = {.heading = "new, and not decided",
				  .total = "new and undecided",
				  .whole = true,
				  .status = EXIT_UNFINISHED,
				  .alone = true},
	[CHANGE_OTHER_FAILURE] = {.heading = "failed before as well, but in another way or known",
				  .total = "failed otherwise",
				  .whole = true},
	[CHANGE_FIX] = {.heading = "fixed", .total = "fixed", .whole = true},
	[CHANGE_KNOWN] = {.heading = "known failures now", .total = "known now", .whole = true},
	[CHANGE_SKIPPED] = {.heading = "skipped now", .total = "skipped now", .whole = true},
	[CHANGE_RUNS] = {.heading = "no longer skipped, and pass", .total = "no longer skipped"},
	[CHANGE_REASON] = {.heading = "skipped for another reason", .total = "skipped otherwise"},
	[CHANGE_SLOWER] = {.heading = "more than three times slower", .total = "slower"},
	[CHANGE_NEW] = {.heading = "new", .total = "new"},
};

/* Milliseconds by the guest's clock where both have it: the host's has the wire in it. */
static void durations(const struct result *a, const struct result *b, double *before, double *after)
{
	bool guest = a->micros >= 0 && b->micros >= 0;

	*before = guest ? (double)a->micros / 1000 : (double)a->duration_ms;
	*after = guest ? (double)b->micros / 1000 : (double)b->duration_ms;
}

static bool is_slower(const struct result *a, const struct result *b)
{
	double before, after;

	durations(a, b, &before, &after);
	return after > before * SLOWER_TIMES && after - before > SLOWER_MS;
}

static const char *message_of(const struct outcome *o)
{
	return o->result && o->result->message ? o->result->message : "";
}

/* What is to be compared is the kernel: a pass is one even if the baseline did not expect it. */
static enum group group_of(const struct outcome *o)
{
	enum verdict v = outcome_verdict(o);

	return v == VERDICT_XPASS ? GROUP_GOOD : verdict_group(v);
}

static enum change change_of_new(const struct outcome *after)
{
	switch (group_of(after)) {
	case GROUP_BAD: return CHANGE_NEW_FAILURE;
	case GROUP_OPEN: return CHANGE_NEW_UNDECIDED;
	default: return CHANGE_NEW;
	}
}

static enum change change_of_failure(const struct outcome *before, const struct outcome *after)
{
	enum group was = group_of(before);

	if (was == GROUP_KNOWN)
		return CHANGE_OTHER_FAILURE;
	if (was != GROUP_BAD)
		return CHANGE_REGRESSION;
	return outcome_verdict(before) == outcome_verdict(after) ? CHANGE_NONE : CHANGE_OTHER_FAILURE;
}

static enum change change_of_pass(const struct outcome *before, const struct outcome *after)
{
	enum group was = group_of(before);

	if (was == GROUP_SKIP)
		return CHANGE_RUNS;
	if (was != GROUP_GOOD)
		return CHANGE_FIX;
	return is_slower(before->result, after->result) ? CHANGE_SLOWER : CHANGE_NONE;
}

enum change change_of(const struct outcome *before, const struct outcome *after)
{
	if (!before)
		return after ? change_of_new(after) : CHANGE_NONE;
	if (!after)
		return CHANGE_GONE;

	enum group was = group_of(before);
	switch (group_of(after)) {
	case GROUP_BAD: return change_of_failure(before, after);
	case GROUP_OPEN: return was == GROUP_OPEN ? CHANGE_NONE : CHANGE_UNDECIDED;
	case GROUP_KNOWN: return was == GROUP_KNOWN ? CHANGE_NONE : CHANGE_KNOWN;
	case GROUP_SKIP:
		if (was != GROUP_SKIP)
			return CHANGE_SKIPPED;
		return strcmp(message_of(before), message_of(after)) ? CHANGE_REASON : CHANGE_NONE;
	default: return change_of_pass(before, after);
	}
}

static void print_row(const struct row *row, enum change change, FILE *out)
{
	const struct outcome *a = row->cells[0], *b = row->cells[1];

	fprintf(out, "  %-7s %s", verdict_name(outcome_verdict(b ? b : a)), row->id);
	if (a && b && outcome_verdict(a) != outcome_verdict(b))
		fprintf(out, " (was %s)", verdict_name(outcome_verdict(a)));
	if (change == CHANGE_SLOWER) {
		double before, after;

		durations(a->result, b->result, &before, &after);
		fprintf(out, ": %.2f s, was %.2f s", after / 1000, before / 1000);
	} else if (change == CHANGE_REASON) {
		fprintf(out, ": %s; was: %s", message_of(b), message_of(a));
	} else if (b && *message_of(b)) {
		fprintf(out, ": %s", message_of(b));
	}
	if (b && b->result && b->result->file && outcome_is_bad(b))
		fprintf(out, " (%s:%d)", b->result->file, b->result->line);
	fputc('\n', out);
}

static void print_kind(const struct grid *g, enum change change, size_t count, FILE *out)
{
	size_t shown = 0;

	fprintf(out, "%s: %zu\n", kinds[change].heading, count);
	for (size_t i = 0; i < g->row_count; i++) {
		const struct row *row = &g->rows[i];

		if (change_of(row->cells[0], row->cells[1]) != change)
			continue;
		if (kinds[change].whole || shown++ < LISTED_MAX)
			print_row(row, change, out);
	}
	if (shown > LISTED_MAX)
		fprintf(out, "  and %zu more\n", shown - LISTED_MAX);
}

static void print_side(char side, const struct run *run, FILE *out)
{
	const struct run *one = run;
	const char *release = run->facts.kernel.release;
	struct grid g;

	grid_make(&g, &one, 1);
	fprintf(out, "%c: %s, %s, run %s, %zu tests\n", side, g.names[0], release ? release : "no release",
		fact_text(run->facts.id), run->count);
	grid_free(&g);
}

int compare_worst(int a, int b)
{
	if (a == EXIT_TEST_FAILED || b == EXIT_TEST_FAILED)
		return EXIT_TEST_FAILED;
	return a > b ? a : b;
}

/* Then nothing can be said about any test. */
static bool ran_nothing(char side, const struct run *run, FILE *out)
{
	const char *trouble = run_trouble(run);

	if (run_has_results(run))
		return false;
	fprintf(out, "%c ran no test: %s\n", side, trouble ? trouble : "none came to an end");
	return true;
}

static int status_of(const size_t counts[CHANGES], bool common)
{
	int status = EXIT_EXPECTED;

	for (int c = CHANGE_NONE + 1; c < CHANGES; c++)
		if (counts[c] && !(common && kinds[c].alone))
			status = compare_worst(status, kinds[c].status);
	return status;
}

int compare_print(const struct run *before, const struct run *after, bool common, FILE *out)
{
	const struct run *runs[] = {before, after};
	size_t counts[CHANGES] = {0};
	struct grid g;

	print_side('A', before, out);
	print_side('B', after, out);
	if (ran_nothing('A', before, out) || ran_nothing('B', after, out))
		return EXIT_UNFINISHED;
	grid_make(&g, runs, 2);
	for (size_t i = 0; i < g.row_count; i++)
		counts[change_of(g.rows[i].cells[0], g.rows[i].cells[1])]++;
	for (int c = CHANGE_NONE + 1; c < CHANGES; c++)
		if (counts[c])
			print_kind(&g, (enum change)c, counts[c], out);
	fprintf(out, "%zu the same", counts[CHANGE_NONE]);
	for (int c = CHANGE_NONE + 1; c < CHANGES; c++)
		if (counts[c] || c == CHANGE_REGRESSION || c == CHANGE_FIX)
			fprintf(out, ", %zu %s", counts[c], kinds[c].total);
	fputc('\n', out);
	grid_free(&g);
	return status_of(counts, common);
}

int compare_alone(const struct run *run, char side, bool common, FILE *out)
{
	size_t bad = run_group(run, GROUP_BAD), open = run_group(run, GROUP_OPEN);

	print_side(side, run, out);
	fprintf(out, "the other one has no such kernel: ");
	if (side == 'A')
		fprintf(out, "%zu gone\n", run->count);
	else
		fprintf(out, "%zu new, %zu of them failed, %zu undecided\n", run->count, bad, open);
	if (common)
		return EXIT_EXPECTED;
	if (side == 'A' || bad)
		return EXIT_TEST_FAILED;
	return open ? EXIT_UNFINISHED : EXIT_EXPECTED;
}
