// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/grid.h"
#include "runner/base/text.h"

/* What one report is made from: a run, and the same as a grid. */
struct subject {
	const struct run *run; /* NULL: several */
	const struct grid *grid;
};

static const struct {
	const char *name;
	int (*of_run)(const struct run *run, FILE *out);
	int (*of_grid)(const struct grid *g, FILE *out);
} reports[] = {
	{"results.json", report_json, NULL},        {"results.ktap", report_ktap, NULL},
	{"results.html", NULL, report_html},        {"results.junit.xml", NULL, report_junit},
	{"results.kcidb.json", NULL, report_kcidb}, {"results.md", NULL, report_markdown},
};

static int write_to(const struct subject *s, size_t which, FILE *out)
{
	return reports[which].of_run ? reports[which].of_run(s->run, out)
				     : reports[which].of_grid(s->grid, out);
}

/* Writes and closes; errno tells what went wrong. */
static int write_report(const struct subject *s, size_t which, const char *path)
{
	FILE *out = fopen(path, "we");

	if (!out)
		return -1;
	int ret = write_to(s, which, out);
	if (fflush(out) || fsync(fileno(out)))
		ret = -1;
	int saved = errno;
	if (fclose(out))
		return -1;
	errno = saved;
	return ret;
}

static int make_report(const struct subject *s, const char *dir, size_t which, struct fault *fault)
{
	char *path = mem_printf("%s/%s", dir, reports[which].name), *tmp = mem_printf("%s.tmp", path);
	int ret = write_report(s, which, tmp);

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

	for (size_t i = 0; i < sizeof(reports) / sizeof(*reports); i++)
		if ((s->run || reports[i].of_grid) && make_report(s, dir, i, fault))
			ret = -1;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return ret;
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
