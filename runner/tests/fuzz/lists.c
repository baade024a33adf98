// SPDX-License-Identifier: GPL-2.0-only
/* Text files and answers of others: baseline, known complaints, kernel configuration, table of tests, QMP. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "results/baseline.h"
#include "runner/host/console.h"
#include "vm/qmp.h"
#include "runner/host/table.h"
#include "runner/tests/vm/samples.h"
#include "vm/kernel.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int file;
static char path[64];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	file = memfd_create("fuzz", MFD_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	sample_seed_text("baseline", "Bid\tkernel\tverdict\treason\tlink\tadded\texpires\n"
				     "a.*\t5.10..5.10.262\tfail\twhy\thttps://x\t2026-01-01\t2999-01-01\n");
	sample_seed_text("allow", "S# known\nWARNING: *\ta reason\n");
	sample_seed_text("config", "C# Linux/x86 6.12.1 Kernel Configuration\nCONFIG_64BIT=y\n");
	sample_seed_text(
		"table",
		"Tid\tfile\tline\ttimeout\talone\tsabotage\ttier\tsince\tuntil\tneeds\tstatement\texpected\t"
		"source\na.b.c\tsuites/a/b.c\t10\t1\t0\t-\tseed\t-\t-\t-\tIt holds.\tYes.\tnone\n");
	sample_seed_text(
		"qmp",
		"Q{\"QMP\": {\"version\": {}}}\n{\"return\": {}, \"id\": \"cont\"}\n"
		"{\"event\": \"STOP\", \"data\": {}}\n{\"error\": {\"desc\": \"no\"}, \"id\": \"stop\"}\n");
	return 0;
}

static void write_file(const char *data, size_t size)
{
	if (ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size)
		abort();
}

static void must_agree(int ret, const struct fault *fault)
{
	if ((ret < 0) != (fault->status != 0) || strchr(fault->text, '\n'))
		abort();
}

static void fuzz_baseline(void)
{
	struct text problems = {0};
	struct fault fault = {0};
	struct baseline b;

	must_agree(baseline_read(&b, path, "2026-11-24", &problems, &fault), &fault);
	if (!fault.status) {
		const struct subject s = {"a.one", "6.1.0-56-cloud-amd64", "6.1.100-1", "crun"};

		baseline_find(&b, &s);
		baseline_free(&b);
	}
	text_free(&problems);
}

static void fuzz_allow(void)
{
	struct splat_allow allow;
	struct fault fault = {0};

	must_agree(splat_allow_load(&allow, path, &fault), &fault);
	splat_match(&allow, "WARNING: CPU: 0 PID: 7 at fs/fake.c:12");
	splat_allow_free(&allow);
}

static void fuzz_table(char *text)
{
	struct fault fault = {0};
	struct table table;

	must_agree(table_parse(&table, text, &fault), &fault);
	table_free(&table);
}

static void take_message(void *arg, const struct qmp_message *m)
{
	(void)arg;
	if (!m->name && (m->kind == QMP_EVENT || m->kind == QMP_ERROR))
		abort();
}

static void fuzz_qmp(const char *data, size_t size)
{
	struct qmp qmp;

	qmp_init(&qmp, -1, take_message, NULL);
	for (size_t at = 0; at < size; at += 7)
		qmp_feed(&qmp, data + at, size - at < 7 ? size - at : 7);
	qmp_free(&qmp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault fault = {0};
	char *text;

	if (!size)
		return -1;
	text = strndup((const char *)data + 1, size - 1);
	write_file((const char *)data + 1, size - 1);
	switch (data[0]) {
	case 'B': fuzz_baseline(); break;
	case 'S': fuzz_allow(); break;
	case 'C': must_agree(config_check(text, "input", "6.12.1", &fault), &fault); break;
	case 'T': fuzz_table(text); return 0;
	case 'Q': fuzz_qmp((const char *)data + 1, size - 1); break;
	default: free(text); return -1;
	}
	free(text);
	return 0;
}
