// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/pool_inside.h"
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/host/search.h"

/* A test that is being run again. */
struct recheck {
	struct recheck *next;
	char *id;
	int left; /* runs to come */
	enum verdict first;
	struct tally further;  /* runs that ended */
	struct search *search; /* of a crash; NULL: its company is unknown */
};

static bool is_wanted(struct pool *p, enum verdict v)
{
	const struct pool_config *c = &p->config;

	if (judge_again(v) == AGAIN_NO || !c->reruns || p->stopping)
		return false;
	if (p->rechecked >= AGAIN_TESTS || (v == VERDICT_TIMEOUT && p->timeouts >= TIMEOUTS_FOR_ALL)) {
		p->not_rechecked++;
		return false;
	}
	p->rechecked++;
	return true;
}

static struct recheck *recheck_new(struct pool *p, const struct test *test, enum verdict first, int runs)
{
	struct recheck *c = mem_zalloc(sizeof(*c));

	c->id = mem_strdup(test->id);
	c->first = first;
	c->left = runs;
	c->next = p->rechecks;
	p->rechecks = c;
	for (int i = 0; i < runs; i++)
		plan_add(p->plan, (struct job){.test = test, .fresh = true, .cold = true, .again = c});
	return c;
}

void again_consider(struct pool *p, const struct test *test, const struct result *r,
		    const struct test *const *history, size_t count)
{
	if (!is_wanted(p, r->verdict))
		return;
	if (judge_again(r->verdict) == AGAIN_ONCE)
		recheck_new(p, test, r->verdict, 1)->search = search_new(test, history, count);
	else
		recheck_new(p, test, r->verdict, p->config.reruns);
}

/* Some runs were good and some were not: the test's verdict is another one. */
static void tell_verdict(struct pool *p, const struct recheck *c, enum verdict v)
{
	struct result *r = result_new(c->id);
	char *text =
		mem_printf("failed %d of %d runs", 1 + c->further.bad, 1 + c->further.bad + c->further.good);

	r->verdict = r->observed = v;
	pool_expect(p, r);
	term_verdict(p->term, r, text);
	pool_journal(p, "verdict", result_to_json(r));
	result_free(r);
	free(text);
}

void again_resume(struct pool *p, const struct test *test, const struct outcome *o)
{
	enum verdict v = outcome_verdict(o);
	int wanted = judge_again(v) == AGAIN_ONCE ? 1 : p->config.reruns;

	if (o->agains >= wanted || !is_wanted(p, v))
		return;
	struct recheck *c = recheck_new(p, test, v, wanted - o->agains);
	c->further = o->further;
}

static void begin_search(struct pool *p, const struct job *job)
{
	struct search *s = job->again->search;

	if (p->searches == AGAIN_SEARCHES)
		p->not_searched++;
	if (p->searches++ >= AGAIN_SEARCHES || !search_begin(s, loop_now()))
		return;
	plan_add(p->plan, (struct job){.test = job->test,
				       .fresh = true,
				       .cold = p->config.cold,
				       .again = job->again,
				       .search = s});
}

void again_result(struct pool *p, const struct job *job, const struct result *r)
{
	struct recheck *c = job->again;

	c->left--;
	judge_count(&c->further, r->verdict);
	if (c->search && r->verdict != VERDICT_CRASH)
		begin_search(p, job);
	if (c->search || c->left)
		return;
	enum verdict now = judge_reruns(c->first, &c->further);
	if (now != c->first)
		tell_verdict(p, c, now);
}

static void tell_search(struct pool *p, const struct search *s)
{
	char *about = search_about(s);
	struct text note = {0};
	json_t *tests = json_array();

	text_printf(&note, "%s: %s", s->test->id, about);
	for (size_t i = 0; i < s->found_count; i++) {
		json_array_append_new(tests, json_string(s->found[i]->id));
		if (!i)
			text_printf(&note, "; again: %s --in-order", p->term->command);
		text_printf(&note, " %s", s->found[i]->id);
	}
	if (s->found_count)
		text_printf(&note, " %s", s->test->id);
	pool_journal(p, "company",
		     json_pack("{s:s,s:s,s:o}", "id", s->test->id, "about", about, "tests", tests));
	pool_note(p, text_get(&note));
	text_free(&note);
	free(about);
}

void again_trial(struct pool *p, const struct job *job, bool crashed)
{
	struct search *s = job->search;

	if (search_step(s, crashed, loop_now()))
		plan_add(p->plan, *job);
	else
		tell_search(p, s);
}

static void tell_limit(struct pool *p, int left_out, const char *what, char *limit)
{
	char *text = mem_printf("%d more %s: the limit of a run is %s", left_out, what, limit);

	if (left_out)
		pool_note(p, text);
	free(text);
	free(limit);
}

void again_end(struct pool *p)
{
	tell_limit(p, p->not_rechecked, "failed tests were not run again",
		   p->timeouts > TIMEOUTS_FOR_ALL
			   ? mem_printf("%d, and %d that time out", AGAIN_TESTS, TIMEOUTS_FOR_ALL)
			   : mem_printf("%d", AGAIN_TESTS));
	tell_limit(p, p->not_searched, "crashes were not searched for what they take",
		   mem_printf("%d", AGAIN_SEARCHES));
	while (p->rechecks) {
		struct recheck *c = p->rechecks;

		p->rechecks = c->next;
		search_free(c->search);
		free(c->id);
		free(c);
	}
}
