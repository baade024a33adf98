// SPDX-License-Identifier: GPL-2.0-only
/* The journal of a run that somebody else may have written or a crash may have cut: every report is made of it. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/report.h"
#include "results/term.h"
#include "runner/base/text.h"
#include "runner/tests/vm/samples.h"
#include "runner/base/file.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *dir;
static int file;
static FILE *nowhere;

#define RUN                                                                                                  \
	"{\"type\":\"run\",\"journal_schema\":1,\"id\":\"x\",\"kernel\":{\"release\":\"6.1\"},\"options\":{" \
	"\"repeat\":1},"                                                                                     \
	"\"plan\":["                                                                                         \
	"{\"id\":\"a.one\",\"file\":\"a.c\",\"line\":3,\"statement\":\"It holds.\"},{\"id\":\"a.two\"}]}\n"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	dir = sample_scratch();
	char *path = mem_printf("%s/journal.ndjson", dir);
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	free(path);
	nowhere = fopen("/dev/null", "we");
	if (file < 0 || !nowhere)
		abort();
	sample_seed_text(
		"whole",
		RUN "{\"type\":\"vm\",\"vm\":1,\"start\":\"cold\"}\n{\"type\":\"facts\",\"accel\":\"tcg\"}\n"
		    "{\"type\":\"test\",\"id\":\"a.one\",\"verdict\":\"crash\",\"vm\":1,\"kernel_log\":"
		    "\"x\\ny\\n\","
		    "\"fingerprint\":\"a|b\",\"message\":\"<&>\"}\n"
		    "{\"type\":\"test\",\"id\":\"a.one\",\"verdict\":\"pass\",\"again\":true}\n"
		    "{\"type\":\"note\",\"text\":\"n\"}\n"
		    "{\"type\":\"test\",\"id\":\"a.two\",\"verdict\":\"skip\",\"reason\":\"none\"}\n"
		    "{\"type\":\"end\",\"how\":\"finished\",\"times_ms\":{\"total\":5}}\n");
	sample_seed_text("known", RUN
			 "{\"type\":\"test\",\"id\":\"a.two\",\"verdict\":\"xfail\",\"observed\":\"fail\","
			 "\"known_reason\":\"w\",\"role\":\"r\",\"diagnostics\":\"d\"}\n");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault fault = {0}, trouble = {0};
	struct term term;
	struct run run;

	if (ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size)
		abort();
	if (run_load(&run, dir, &fault)) {
		if (!fault.status || strchr(fault.text, '\n'))
			abort();
		return 0;
	}
	if (report_all(&run, dir, &trouble))
		abort();
	term_begin(&term, nowhere, "kernel", "", run.count);
	term_summary(&term, &run, dir, 1);
	judge_run(run.total, false);
	run_free(&run);
	return 0;
}
