// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results/run.h"
#include "results/text.h"

static const struct {
	const char *name;
	int (*write)(const struct run *run, FILE *out);
} reports[] = {
	{"results.json", report_json},
	{"results.ktap", report_ktap},
};

/* Writes and closes; errno tells what went wrong. */
static int write_report(const struct run *run, const char *path, int (*write)(const struct run *, FILE *))
{
	FILE *out = fopen(path, "we");

	if (!out)
		return -1;
	int ret = write(run, out);
	if (fflush(out) || fsync(fileno(out)))
		ret = -1;
	int saved = errno;
	if (fclose(out))
		return -1;
	errno = saved;
	return ret;
}

static int make_report(const struct run *run, const char *dir, size_t which, struct fault *fault)
{
	char *path = xprintf("%s/%s", dir, reports[which].name), *tmp = xprintf("%s.tmp", path);
	int ret = write_report(run, tmp, reports[which].write);

	if (!ret)
		ret = rename(tmp, path);
	if (ret) {
		fault_set(fault, EXIT_UNFINISHED, "cannot write %s: %s; the journal beside it is kept", path,
			  strerror(errno));
		unlink(tmp);
	}
	free(path);
	free(tmp);
	return ret;
}

int report_all(const struct run *run, const char *dir, struct fault *fault)
{
	int ret = 0;

	for (size_t i = 0; i < sizeof(reports) / sizeof(*reports); i++)
		if (make_report(run, dir, i, fault))
			ret = -1;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return ret;
}
