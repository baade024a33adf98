// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/search.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"

static const struct test **copy_tests(const struct test *const *tests, size_t count)
{
	const struct test **copy = mem_zalloc(count * sizeof(*copy));

	if (count)
		memcpy(copy, tests, count * sizeof(*copy));
	return copy;
}

struct search *search_new(const struct test *test, const struct test *const *earlier, size_t count)
{
	struct search *s = mem_zalloc(sizeof(*s));

	s->test = test;
	s->earlier = copy_tests(earlier, count);
	s->earlier_count = count;
	s->found = mem_zalloc(count * sizeof(*s->found));
	s->trial = mem_zalloc(count * sizeof(*s->trial));
	return s;
}

void search_free(struct search *s)
{
	if (!s)
		return;
	free(s->earlier);
	free(s->found);
	free(s->trial);
	free(s);
}

/* The last so many of the tests before. */
static bool try_end(struct search *s, size_t count)
{
	s->trial_count = count < s->earlier_count ? count : s->earlier_count;
	memcpy(s->trial, s->earlier + s->earlier_count - s->trial_count, s->trial_count * sizeof(*s->trial));
	return true;
}

/* What was found, without one of its parts. */
static bool try_without_part(struct search *s)
{
	size_t from = s->found_count * s->part / s->parts, to = s->found_count * (s->part + 1) / s->parts;

	s->trial_count = 0;
	for (size_t i = 0; i < s->found_count; i++)
		if (i < from || i >= to)
			s->trial[s->trial_count++] = s->found[i];
	return true;
}

bool search_begin(struct search *s, int64_t now)
{
	s->began = now;
	s->over = !s->earlier_count;
	return !s->over && try_end(s, 1);
}

static bool end(struct search *s)
{
	s->over = true;
	return false;
}

static void keep_trial(struct search *s)
{
	memcpy(s->found, s->trial, s->trial_count * sizeof(*s->found));
	s->found_count = s->trial_count;
	s->reproduced = true;
}

static bool grow(struct search *s, bool crashed)
{
	if (!crashed)
		return s->trial_count == s->earlier_count ? end(s) : try_end(s, s->trial_count * 2);
	keep_trial(s);
	if (s->found_count == 1)
		return end(s);
	/* The second half did not do it alone: that was the trial before. */
	s->parts = 2;
	s->part = s->found_count < s->earlier_count || s->found_count % 2 == 0 ? 1 : 0;
	return try_without_part(s);
}

static bool shrink(struct search *s, bool crashed)
{
	if (crashed) {
		keep_trial(s);
		if (s->found_count <= 1)
			return end(s);
		s->parts = s->parts > 2 ? s->parts - 1 : 2;
		if (s->parts > s->found_count)
			s->parts = s->found_count;
		s->part = 0;
		return try_without_part(s);
	}
	if (++s->part < s->parts)
		return try_without_part(s);
	if (s->parts >= s->found_count)
		return end(s);
	s->parts = s->parts * 2 < s->found_count ? s->parts * 2 : s->found_count;
	s->part = 0;
	return try_without_part(s);
}

bool search_step(struct search *s, bool crashed, int64_t now)
{
	bool more = s->parts ? shrink(s, crashed) : grow(s, crashed);

	s->trials++;
	if (more && (s->trials >= SEARCH_TRIALS || now - s->began >= SEARCH_MS)) {
		s->cut_short = true;
		return end(s);
	}
	return more;
}

char *search_about(const struct search *s)
{
	if (!s->reproduced)
		return mem_printf("the crash did not come back in %d %s%s", s->trials,
				  s->trials == 1 ? "trial" : "trials with tests that ran before it",
				  s->cut_short ? ", which is the limit" : "");
	return mem_printf("the crash comes back after %zu of the %zu tests before it (%d trials%s)",
			  s->found_count, s->earlier_count, s->trials,
			  s->cut_short ? ", which is the limit: fewer may do" : ", none can be left out");
}
