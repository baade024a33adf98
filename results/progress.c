// SPDX-License-Identifier: GPL-2.0-only
#include "results/progress.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"

/* Before so much is over an estimate is a guess. */
enum { LEAST_MS = 1000, LEAST_TESTS = 5 };

/* Of a test beside its own time: it is ordered, arranged and looked after. */
enum { AROUND_MS = 10 };

static void add_work(struct progress_work *w, long ms, size_t rounds)
{
	if (ms > 0) {
		w->known_ms += (ms + AROUND_MS) * (long long)rounds;
		w->known += rounds;
	} else {
		w->unknown += rounds;
	}
}

void progress_expect(struct progress *p, long ms, size_t rounds)
{
	add_work(&p->all, ms, rounds);
}

void progress_begin(struct progress *p, int64_t now)
{
	if (!p->began)
		p->began = now;
}

void progress_over(struct progress *p, long ms)
{
	add_work(&p->over, ms, 1);
}

/* A test that never ran counts as long as the others do. */
static double weight(const struct progress_work *w, double of_unknown)
{
	return (double)w->known_ms + (double)w->unknown * of_unknown;
}

int64_t progress_left(const struct progress *p, int64_t now)
{
	double of_unknown = p->all.known ? (double)p->all.known_ms / (double)p->all.known : 1;
	double over = weight(&p->over, of_unknown), rest = weight(&p->all, of_unknown) - over;
	int64_t took = now - p->began;

	if (!p->began || took < LEAST_MS || p->over.known + p->over.unknown < LEAST_TESTS || over <= 0 ||
	    rest <= 0)
		return -1;
	return (int64_t)((double)took * rest / over);
}

/* As exact as an estimate is: "7 s", "25 s", "3 min", "2 h 5 min". */
static char *roughly(int64_t ms, bool is_short)
{
	const char *gap = is_short ? "" : " ", *min = is_short ? "m" : "min";
	long long s = (ms + 999) / 1000, minutes = (s + 59) / 60;

	if (s > 10)
		s = (s + 4) / 5 * 5;
	if (s < 60)
		return mem_printf("%lld%ss", s, gap);
	if (minutes < 60)
		return mem_printf("%lld%s%s", minutes, gap, min);
	return mem_printf("%lld%sh%s%lld%s%s", minutes / 60, gap, gap, minutes % 60, gap, min);
}

/* The parts of a line before what goes on now; the number of failures stands between red and plain. */
struct form {
	char *before, *failed, *after;
};

enum { FORMS = 4 };

static struct form make_form(const struct progress *p, int which, int64_t left)
{
	char *time = left < 0 ? mem_strdup("") : roughly(left, which > 1);
	const char *kernel = which ? "" : p->kernel, *colon = which ? "" : ": ";
	struct form f;

	if (which < 2) {
		f.before = mem_printf("[%zu/%zu] %s%s%zu %s, ", p->done, p->planned, kernel, colon, p->passed,
				      p->passed_word);
		f.failed = mem_printf("%zu %s", p->failed, p->failed_word);
		f.after = mem_printf("%s%s%s: ", left < 0 ? "" : ", about ", time, left < 0 ? "" : " left");
	} else {
		f.before = which == 2 ? mem_printf("%zu/%zu +%zu ", p->done, p->planned, p->passed)
				      : mem_printf("+%zu ", p->passed);
		f.failed = mem_printf("-%zu", p->failed);
		f.after = mem_printf(" %s%s", time, left < 0 ? "" : " ");
	}
	free(time);
	return f;
}

static size_t form_length(const struct form *f)
{
	return strlen(f->before) + strlen(f->failed) + strlen(f->after);
}

static void free_form(struct form *f)
{
	free(f->before);
	free(f->failed);
	free(f->after);
}

/* Two ids that begin alike most often end differently, so the middle goes. */
static void put_cut(struct text *t, const char *what, size_t room)
{
	size_t len = strlen(what), head;

	if (len <= room) {
		text_add(t, what, len);
	} else if (room < 6) {
		text_add(t, what, room);
	} else {
		head = (room - 2) / 2;
		text_add(t, what, head);
		text_add(t, "..", 2);
		text_add(t, what + len - (room - 2 - head), room - 2 - head);
	}
}

char *progress_line(const struct progress *p, const char *what, size_t width, int64_t now, const char *red,
		    const char *plain)
{
	int64_t left = progress_left(p, now);
	struct text t = {0};
	int which = 0;
	struct form f = make_form(p, which, left);

	while (which < FORMS - 1 && form_length(&f) + strlen(what) > width) {
		free_form(&f);
		f = make_form(p, ++which, left);
	}
	if (form_length(&f) > width) {
		put_cut(&t, what, width);
	} else {
		text_printf(&t, "%s%s%s%s%s", f.before, p->failed ? red : "", f.failed,
			    p->failed ? plain : "", f.after);
		put_cut(&t, what, width - form_length(&f));
	}
	free_form(&f);
	return text_take(&t);
}
