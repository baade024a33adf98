// SPDX-License-Identifier: GPL-2.0-only
/* results.json, which --compare and --times take from anybody, and matrix.json, which names folders. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "results/compare.h"
#include "results/matrix.h"
#include "runner/base/text.h"
#include "results/times.h"
#include "runner/tests/vm/samples.h"
#include "runner/base/file.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *dir;
static char *results, *matrix;
static FILE *nowhere;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	dir = sample_scratch();
	nowhere = fopen("/dev/null", "we");
	if (!nowhere)
		abort();
	results = mem_printf("%s/results.json", dir);
	matrix = mem_printf("%s/matrix.json", dir);
	sample_seed_text(
		"results",
		"R{\"schema\":1,\"run\":{\"kernel\":{\"name\":\"debian/"
		"6.1\",\"release\":\"6.1\"}},\"tests\":["
		"{\"id\":\"a.one\",\"verdict\":\"fail\",\"duration_ms\":7,\"message\":\"<&>\",\"file\":\"a."
		"c\","
		"\"line\":3,\"runs\":2},{\"id\":\"a.two\",\"verdict\":\"skip\",\"reason\":\"none\"}],"
		"\"end\":{\"how\":\"finished\"},\"vms\":[{}],\"notes\":[\"n\"]}");
	sample_seed_text(
		"matrix",
		"M{\"schema\":1,\"id\":\"x\",\"runs\":[{\"name\":\"debian/6.1\",\"folder\":\"debian-6.1\"},"
		"{\"name\":\"b\",\"folder\":\"b\"}]}");
	return 0;
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
	FILE *f = fopen(path, "we");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f))
		abort();
}

static void must_agree(int ret, const struct fault *fault)
{
	if ((ret < 0) != (fault->status != 0) || strchr(fault->text, '\n'))
		abort();
}

static void fuzz_results(void)
{
	struct fault fault = {0}, slow = {0};
	struct times times;
	struct run run;
	int ret = run_load_results(&run, results, &fault);

	must_agree(ret, &fault);
	if (!ret) {
		compare_print(&run, &run, false, nowhere);
		run_free(&run);
	}
	must_agree(times_load(&times, results, &slow), &slow);
	times_of(&times, "debian/6.1", "a.one");
	times_free(&times);
}

static void fuzz_matrix(void)
{
	struct fault fault = {0}, slow = {0};
	struct times times;
	struct matrix m;
	int ret = matrix_load(&m, dir, &fault);

	must_agree(ret, &fault);
	if (!ret) {
		matrix_status(&m);
		matrix_print(&m, dir, false, nowhere);
	}
	matrix_free(&m);
	must_agree(times_load(&times, dir, &slow), &slow);
	times_free(&times);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size || (*data != 'R' && *data != 'M'))
		return -1;
	write_file(*data == 'R' ? results : matrix, data + 1, size - 1);
	if (*data == 'R')
		fuzz_results();
	else
		fuzz_matrix();
	return 0;
}
