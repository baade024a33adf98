// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "results/times.h"
#include "runner/host/plan.h"
#include "runner/base/sha256.h"

enum { UNKNOWN_MS = 1000 };

/* One test on one kernel. */
struct piece {
	size_t entry, row;
	long ms; /* -1: not known yet */
};

struct line {
	struct piece *pieces;
	size_t count;
	long long total;
};

static void lay_out(struct line *line, const struct entries *entries, const struct table *table,
		    bool sabotage)
{
	line->pieces = mem_zalloc((entries->count * table->count + 1) * sizeof(*line->pieces));
	for (size_t i = 0; i < entries->count; i++)
		for (size_t j = 0; j < table->count; j++)
			if (plan_has(&table->tests[j], sabotage))
				line->pieces[line->count++] = (struct piece){i, j, -1};
}

/* A test that never ran takes as long as the others do on average. */
static void weigh(struct line *line, const struct entries *entries, const struct table *table,
		  const struct times *times)
{
	long long known = 0;
	long count = 0, otherwise;

	for (size_t i = 0; times && i < line->count; i++) {
		struct piece *p = &line->pieces[i];

		p->ms = times_of(times, entries->items[p->entry].kernel, table->tests[p->row].id);
		if (p->ms < 0)
			continue;
		p->ms += p->ms == 0;
		known += p->ms;
		count++;
	}
	otherwise = count ? (long)(known / count) : UNKNOWN_MS;
	for (size_t i = 0; i < line->count; i++) {
		if (line->pieces[i].ms < 0)
			line->pieces[i].ms = otherwise;
		line->total += line->pieces[i].ms;
	}
}

/*
 * Which part each piece is of: the one that its middle falls into. No part stays empty, however long one test takes: a
 * part is never left out, and enough tests are kept for those to come.
 */
static void choose(struct shard *shard, const struct line *line, const struct shard_request *wanted)
{
	long long before = 0;
	size_t parts = (size_t)wanted->parts, last = 0;

	for (size_t i = 0; i < line->count; i++) {
		const struct piece *p = &line->pieces[i];
		size_t part = (size_t)((2 * before + p->ms) * (long long)parts / (2 * line->total));
		size_t left = line->count - i;

		if (part > last + 1 || (part > last && !i))
			part = i ? last + 1 : 0;
		if (parts > left && part < parts - left)
			part = parts - left;
		last = part;
		before += p->ms;
		shard->chosen[p->entry][p->row] = part == (size_t)wanted->part - 1;
	}
}

static void hash_word(struct sha256 *sum, const char *word)
{
	sha256_add(sum, word ? word : "-", strlen(word ? word : "-") + 1);
}

/* The tests as they are written, for a part may have been run with another version of them. */
static void hash_catalogue(const struct table *table, char hex[65])
{
	struct sha256 sum;

	sha256_begin(&sum);
	for (size_t i = 0; i < table->count; i++) {
		const struct test *t = &table->tests[i];
		char *place = mem_printf("%d %d", t->line, t->timeout);

		hash_word(&sum, t->id);
		hash_word(&sum, t->file);
		hash_word(&sum, place);
		hash_word(&sum, t->statement);
		free(place);
	}
	sha256_end(&sum, hex);
}

static void hash_line(const struct line *line, char hex[65])
{
	struct sha256 sum;

	sha256_begin(&sum);
	for (size_t i = 0; i < line->count; i++) {
		const struct piece *p = &line->pieces[i];
		char *text = mem_printf("%zu %zu %ld", p->entry, p->row, p->ms);

		hash_word(&sum, text);
		free(text);
	}
	sha256_end(&sum, hex);
}

static void tell(struct shard_facts *facts, const struct line *line, const struct entries *entries,
		 const struct table *table, const struct shard_request *wanted)
{
	char catalogue[65], times[65];

	for (size_t i = 0; i < entries->count; i++)
		strings_add(&facts->kernels, entries->items[i].name);
	for (size_t i = 0; i < wanted->selection->count; i++)
		strings_add(&facts->selection, wanted->selection->items[i]);
	hash_catalogue(table, catalogue);
	hash_line(line, times);
	facts->part = wanted->part;
	facts->parts = wanted->parts;
	facts->catalogue = mem_strdup(catalogue);
	facts->times = mem_strdup(times);
}

/* Takes out the kernels that have nothing to run. */
static void drop_idle(struct shard *shard, struct entries *entries, size_t rows)
{
	size_t kept = 0;

	for (size_t i = 0; i < entries->count; i++) {
		bool any = false;

		for (size_t j = 0; j < rows; j++)
			any |= shard->chosen[i][j];
		if (!any) {
			free(shard->chosen[i]);
			entry_free(&entries->items[i]);
			continue;
		}
		shard->chosen[kept] = shard->chosen[i];
		entries->items[kept++] = entries->items[i];
	}
	shard->kernels = entries->count = kept;
}

int shard_cut(struct shard *shard, struct entries *entries, const struct table *table,
	      const struct shard_request *wanted, struct fault *fault)
{
	struct times times = {0};
	struct line line = {0};
	int ret = 0;

	*shard = (struct shard){0};
	if (wanted->times)
		ret = times_load(&times, wanted->times, fault);
	if (!ret)
		lay_out(&line, entries, table, wanted->sabotage);
	if (!ret && line.count < (size_t)wanted->parts)
		ret = fault_set(fault, EXIT_BAD_INPUT,
				"--shard %d/%d: there are only %zu tests to run: take fewer parts",
				wanted->part, wanted->parts, line.count);
	if (!ret) {
		shard->kernels = entries->count;
		shard->chosen = mem_zalloc((entries->count + 1) * sizeof(*shard->chosen));
		for (size_t i = 0; i < entries->count; i++)
			shard->chosen[i] = mem_zalloc(table->count * sizeof(**shard->chosen));
		weigh(&line, entries, table, wanted->times ? &times : NULL);
		choose(shard, &line, wanted);
		tell(&shard->facts, &line, entries, table, wanted);
		drop_idle(shard, entries, table->count);
	}
	times_free(&times);
	free(line.pieces);
	return ret;
}

void shard_free(struct shard *shard)
{
	for (size_t i = 0; i < shard->kernels; i++)
		free(shard->chosen[i]);
	free(shard->chosen);
	shard_facts_free(&shard->facts);
	*shard = (struct shard){0};
}

void shard_select(const struct shard *shard, size_t entry, struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		table->tests[i].selected = shard->chosen[entry][i];
}
