/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RESULTS_FACTS_H
#define RESULTS_FACTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "runner/base/fault.h"
#include "runner/base/mem.h"

/* How a run or a matrix was started: what whoever goes on with it has to know. */
struct start {
	char *suites;             /* checksum of the test program */
	char *folder;             /* where it was started */
	struct strings arguments; /* the command line */
	bool knows_arguments;     /* not when they hold what JSON cannot */
};

/*
 * What is told of a run beside its tests, and the one place that knows how it stands in JSON: the journal's first entry
 * and its end, results.json, and a matrix' matrix.json. Strings are the struct's own; NULL is unknown.
 */
struct facts {
	char *id, *started; /* UTC, ISO 8601 */
	char *command;      /* repeats a test when its id is added */
	struct {
		char *name, *release, *package, *version, *image, *sha256;
		char *commit; /* what git has checked out in its build tree */
	} kernel;             /* name: as it was asked for */
	struct {
		char *name, *version, *package, *path;
		char *suite; /* its tests are about the runtime and not about the kernel; NULL: none */
	} runtime;           /* the container runtime; name NULL: none was asked for */
	struct {
		char *version, *command;
		int cpus_online; /* of a VM when it is up; 0: not known */
	} qemu;
	char *accel, *initrd;
	struct {
		char *cpu, *release;
		int cpus;
	} host;
	struct start start;
	json_t *options; /* as they were told: an object, or NULL */
	bool sabotage;   /* the one of them that the verdicts hang on */
	int resumed;     /* how often */
};

/* A string of the facts, "" when it is unknown. */
const char *fact_text(const char *s);

/* A JSON object of all that is known, the caller's. */
json_t *facts_write(const struct facts *f);

/* The same of what is below one key: "kernel", "runtime". NULL when nothing is known. */
json_t *facts_write_below(const struct facts *f, const char *key);

/* Takes what an object has; the rest of f stays as it is. */
void facts_read(struct facts *f, const json_t *object);

void facts_free(struct facts *f);

/* One test of a run's plan, as the first entry of the journal has it: strings of somebody else, or NULL. */
struct planned {
	const char *id, *file, *statement, *expected, *source, *tier, *since, *until;
	int line;
};

json_t *planned_write(const struct planned *p);
void planned_read(struct planned *p, const json_t *object);

enum run_end_how {
	END_KILLED, /* there is no end */
	END_FINISHED,
	END_INTERRUPTED,
	END_FAIL_FAST, /* stopped at what was not expected, as it was told to */
	END_FAULT,
};

/* Where the time of a run went; results/README.md has what each is. */
enum share {
	SHARE_LIST,
	SHARE_QEMU,
	SHARE_KERNEL,
	SHARE_IMAGE,
	SHARE_SNAPSHOT,
	SHARE_BOOT,
	SHARE_SAVE,
	SHARE_RESTORE,
	SHARE_STREAM,
	SHARE_TESTS,
	SHARE_ENDING,
	SHARE_OWN,
	SHARE_TOTAL,
	SHARES,
};

/* How a run ended. */
struct run_end {
	enum run_end_how how;
	char *fault; /* why it could not be finished, or NULL */
	bool timed;  /* the rest is known */
	long long ms[SHARES];
	long long own_kib, qemu_kib; /* most that was resident: of nscheck, of the largest QEMU */
};

const char *share_name(enum share share);
json_t *run_end_write(const struct run_end *e);

/* Fills e, which was empty. */
void run_end_read(struct run_end *e, const json_t *object);
void run_end_free(struct run_end *e);

/* Adds the times of another part of the same run; of what was resident the most counts. */
void run_end_add(struct run_end *e, const struct run_end *part);

/* What this program writes, and the only one that it reads: of journal.ndjson, results.json, matrix.json. */
enum { JOURNAL_SCHEMA = 1, RESULTS_SCHEMA = 1, MATRIX_SCHEMA = 1 };

/* What a reader returns for another schema, where that is not the same as nothing to read. */
enum { SCHEMA_OTHER = -2 };

/* 0 if a schema's number is the one that this program writes, else SCHEMA_OTHER; what: the file, for the fault. */
int schema_check(const json_t *object, const char *key, int want, const char *what, struct fault *fault);

/* The parts that --shard cut a matrix into: which one this is, and what has to fit when they are merged. */
struct shard_facts {
	int part, parts; /* 0: the matrix was not cut */
	struct strings kernels, selection;
	char *catalogue, *times; /* checksums */
};

void shard_facts_free(struct shard_facts *s);

/* matrix.json */
struct matrix_facts {
	char *id, *started;
	struct start start;
	struct matrix_run {
		char *name, *folder;
	} * runs;
	size_t count;
	struct shard_facts shard;
	int parts; /* of how many it was merged; 0: it was not */
};

/* Adds a run; both strings are copied. */
void matrix_facts_add(struct matrix_facts *m, const char *name, const char *folder);
json_t *matrix_facts_write(const struct matrix_facts *m);

/* Fills m, which was empty. what: the file, for a fault. Free with matrix_facts_free(), also after a fault. */
int matrix_facts_read(struct matrix_facts *m, const json_t *object, const char *what, struct fault *fault);
void matrix_facts_free(struct matrix_facts *m);

#endif
