// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "runner/base/mem.h"
#include "results/baseline.h"
#include "results/grid.h"
#include "runner/base/file.h"

enum { FILE_MAX = 1 << 20, REASON_MAX = 200, DAYS = 180 };

/* A baseline while it is brought up to date. */
struct update {
	struct baseline baseline;
	struct text *told;
	struct text added; /* lines for the end of the file */
	bool *asked_again; /* by entry */
	size_t additions, renewals;
	char today[16], expires[16];
};

/* A result that is bad, and what an entry for it would say. */
struct failure {
	struct subject about;
	bool asks_runtime; /* it is for the runtime to mend */
	const char *reason, *link;
	enum verdict verdict;
	bool is_explained;
};

static void set_dates(struct update *u)
{
	time_t now = time(NULL), end = now + (time_t)DAYS * 24 * 3600;
	struct tm tm;

	strftime(u->today, sizeof(u->today), "%Y-%m-%d", gmtime_r(&now, &tm));
	strftime(u->expires, sizeof(u->expires), "%Y-%m-%d", gmtime_r(&end, &tm));
}

/* Kernels of one series share their faults most of the time: 6.12.117+deb13-amd64 is 6.12.*. */
static char *series(const char *release)
{
	size_t major = strspn(release, "0123456789");
	size_t minor = release[major] == '.' ? strspn(release + major + 1, "0123456789") : 0;

	if (!major || !minor || release[major + 1 + minor] != '.')
		return mem_strdup(*release ? release : "-");
	return mem_printf("%.*s.*", (int)(major + 1 + minor), release);
}

/* What only a container runtime can be to blame for holds for that one. */
static char *condition_for(const struct failure *f)
{
	char *kernels = series(f->about.release);
	char *condition = f->asks_runtime ? mem_printf("runtime=%s,%s", f->about.runtime, kernels)
					  : mem_strdup(kernels);

	free(kernels);
	return condition;
}

static void put_line(struct text *t, const struct update *u, const struct failure *f, const char *id,
		     const char *condition, const char *link)
{
	size_t len = strnlen(f->reason, REASON_MAX);

	text_printf(t, "%s\t%s\t%s\t%s", id, condition, verdict_name(f->verdict),
		    f->is_explained || *f->reason == *BASELINE_OPEN ? "" : BASELINE_OPEN " ");
	text_add_escaped(t, f->reason, f->is_explained ? strlen(f->reason) : len);
	text_printf(t, "\t%s\t%s\t%s\n", link && *link ? link : "-", u->today, u->expires);
}

static void add(struct update *u, const struct failure *f)
{
	char *condition = condition_for(f);
	struct text line = {0};

	put_line(&line, u, f, f->about.id, condition, f->link);
	if (!strstr(text_get(&u->added), text_get(&line))) {
		text_add(&u->added, line.data, line.len);
		u->additions++;
	}
	text_free(&line);
	free(condition);
}

/* An expired entry for the same failure: somebody has to look at it again. */
static bool ask_again(struct update *u, const struct failure *f)
{
	for (size_t i = 0; i < u->baseline.count; i++) {
		const struct known *k = &u->baseline.entries[i];

		if (!k->expired || k->verdict != f->verdict || !known_fits(k, &f->about))
			continue;
		u->renewals += !u->asked_again[i];
		u->asked_again[i] = true;
		return true;
	}
	return false;
}

static void take_failure(struct update *u, const struct failure *f)
{
	const struct known *k = baseline_find(&u->baseline, &f->about);

	if (k && k->verdict != f->verdict)
		text_printf(u->told, "%s:%d: expects %s, but it is %s: %s\n", u->baseline.path, k->line,
			    verdict_name(k->verdict), verdict_name(f->verdict), f->about.id);
	else if (!k && !ask_again(u, f))
		add(u, f);
}

static void take_outcome(struct update *u, const struct outcome *o, const struct subject *about,
			 const struct run *run)
{
	const struct result *r = o->result;
	struct failure f = {.about = *about, .asks_runtime = run_asks_runtime(run, o->id)};

	if (!r)
		return;
	f.verdict = r->verdict == VERDICT_XFAIL ? r->observed : r->verdict;
	f.is_explained = r->verdict == VERDICT_XFAIL && r->known_reason;
	f.reason = f.is_explained ? r->known_reason : r->message && *r->message ? r->message : "no message";
	f.link = r->known_link;

	const struct known *k = baseline_find(&u->baseline, about);
	if (verdict_is_failure(f.verdict))
		take_failure(u, &f);
	else if (k && (r->verdict == VERDICT_PASS || r->verdict == VERDICT_XPASS))
		text_printf(u->told, "%s:%d: passes on %s, so take it out or narrow it: %s\n",
			    u->baseline.path, k->line, about->release, o->id);
}

/* Behaviour by behaviour, so that the entries for one lie together. */
static int take_runs(struct update *u, const struct run *const *runs, size_t count, struct fault *fault)
{
	struct grid g;

	for (size_t i = 0; i < count; i++)
		if (runs[i]->facts.sabotage)
			return fault_set(fault, EXIT_BAD_INPUT,
					 "that run was sabotaged: what failed there is no fault of a kernel");
	grid_make(&g, runs, count);
	for (size_t i = 0; i < g.row_count; i++)
		for (size_t j = 0; j < count; j++) {
			const struct outcome *o = g.rows[i].cells[j];
			struct subject s = {.release = runs[j]->facts.kernel.release,
					    .version = runs[j]->facts.kernel.version,
					    .runtime = runs[j]->facts.runtime.name};

			if (!o || !s.release)
				continue;
			s.id = o->id;
			take_outcome(u, o, &s, runs[j]);
		}
	grid_free(&g);
	return 0;
}

/* The file as it was, but for entries that are asked again. */
static void put_old(const struct update *u, const char *old, struct text *new)
{
	size_t next = 0;

	for (int line = 1; *old; line++) {
		size_t len = strcspn(old, "\n");

		while (next < u->baseline.count && u->baseline.entries[next].line < line)
			next++;
		const struct known *k = next < u->baseline.count ? &u->baseline.entries[next] : NULL;
		if (k && k->line == line && u->asked_again[next]) {
			struct failure f = {.reason = k->reason, .verdict = k->verdict};

			put_line(new, u, &f, k->id, k->condition, k->link);
		} else {
			text_add(new, old, len);
			text_add(new, "\n", 1);
		}
		old += len + (old[len] == '\n');
	}
}

static int store(const struct update *u, const char *path, const char *old, struct fault *fault)
{
	struct text new = {0};

	if (old)
		put_old(u, old, &new);
	else
		text_printf(&new, "# Known failures; results/baseline/known.tsv of nscheck says what the "
				  "columns are.\n");
	if (!u->baseline.count && !strstr(text_get(&new), BASELINE_HEADING))
		text_printf(&new, BASELINE_HEADING "\n");
	text_add(&new, text_get(&u->added), u->added.len);

	struct stat before;
	mode_t mode = stat(path, &before) ? 0644 : before.st_mode & 0777;
	int ret = file_store(path, text_get(&new), new.len, fault);
	if (!ret && chmod(path, mode))
		ret = fault_writing(fault, path, errno);
	text_free(&new);
	return ret;
}

static int read_old(struct update *u, const char *path, struct bytes *old, struct fault *fault)
{
	struct text problems = {0};
	int ret = 0;

	u->baseline = (struct baseline){.path = mem_strdup(path)};
	if (!file_exists(path))
		return 0;
	baseline_free(&u->baseline);
	ret = file_read(path, FILE_MAX, old, fault) ||
	      baseline_read(&u->baseline, path, u->today, &problems, fault);
	if (!ret && problems.len)
		ret = fault_set(fault, EXIT_BAD_INPUT, "%.*s", (int)strcspn(text_get(&problems), "\n"),
				text_get(&problems));
	bytes_append(old, "", 1);
	text_free(&problems);
	return ret ? -1 : 0;
}

int baseline_update(const char *path, const struct run *const *runs, size_t count, struct text *told,
		    struct fault *fault)
{
	struct update u = {.told = told};
	struct bytes old = {0};

	set_dates(&u);
	int ret = read_old(&u, path, &old, fault);
	u.asked_again = mem_zalloc(u.baseline.count * sizeof(*u.asked_again));
	if (!ret)
		ret = take_runs(&u, runs, count, fault);
	if (!ret)
		ret = store(&u, path, (const char *)old.data, fault);
	if (!ret)
		text_printf(told,
			    "%s: %zu added, %zu expired asked again; a reason that begins with " BASELINE_OPEN
			    " is yours to write\n",
			    u.baseline.path, u.additions, u.renewals);
	bytes_free(&old);
	text_free(&u.added);
	free(u.asked_again);
	baseline_free(&u.baseline);
	return ret;
}
