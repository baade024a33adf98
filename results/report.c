// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results/report.h"
#include "runner/base/mem.h"

/* What one report is made from: a run, and the same as a grid. */
struct subject {
	const struct run *run; /* NULL: several */
	const struct grid *grid;
};

#define REPORTER_LISTED_(name) &reporter_##name,
static const struct reporter *const reporters[] = {REPORTERS(REPORTER_LISTED_)};

static int write_to(const struct subject *s, const struct reporter *reporter, FILE *out)
{
	return reporter->of_run ? reporter->of_run(s->run, out) : reporter->of_grid(s->grid, out);
}

/* Writes and closes; errno tells what went wrong. */
static int write_report(const struct subject *s, const struct reporter *reporter, const char *path)
{
	FILE *out = fopen(path, "we");

	if (!out)
		return -1;
	int ret = write_to(s, reporter, out);
	if (fflush(out) || fsync(fileno(out)))
		ret = -1;
	int saved = errno;
	if (fclose(out))
		return -1;
	errno = saved;
	return ret;
}

static int make_report(const struct subject *s, const char *dir, const struct reporter *reporter,
		       struct fault *fault)
{
	char *path = mem_printf("%s/%s", dir, reporter->file), *tmp = mem_printf("%s.tmp", path);
	int ret = write_report(s, reporter, tmp);

	if (!ret)
		ret = rename(tmp, path);
	if (ret) {
		fault_set(fault, EXIT_UNFINISHED, "cannot write %s: %s; the journals are kept", path,
			  strerror(errno));
		unlink(tmp);
	}
	free(path);
	free(tmp);
	return ret;
}

static int make_all(const struct subject *s, const char *dir, struct fault *fault)
{
	int ret = 0;

	for (size_t i = 0; i < sizeof(reporters) / sizeof(*reporters); i++)
		if ((s->run || reporters[i]->of_grid) && make_report(s, dir, reporters[i], fault))
			ret = -1;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return ret;
}

int report_check(struct fault *fault)
{
	for (size_t i = 0; i < sizeof(reporters) / sizeof(*reporters); i++)
		if (reporters[i]->check && reporters[i]->check(fault))
			return -1;
	return 0;
}

int report_all(const struct run *run, const char *dir, struct fault *fault)
{
	struct grid g;

	grid_make(&g, &run, 1);
	int ret = make_all(&(struct subject){run, &g}, dir, fault);
	grid_free(&g);
	return ret;
}

int report_matrix(const struct run *const *runs, size_t count, const char *dir, struct fault *fault)
{
	struct grid g;

	grid_make(&g, runs, count);
	int ret = make_all(&(struct subject){NULL, &g}, dir, fault);
	grid_free(&g);
	return ret;
}
