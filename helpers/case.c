// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/case.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/catalogue.h"
#include "helpers/child.h"
#include "helpers/claim.h"
#include "helpers/lack.h"
#include "helpers/needs.h"
#include "helpers/ns.h"
#include "helpers/record.h"
#include "helpers/sabotage.h"

extern const struct ns_case *const __start_ns_cases[] __attribute__((weak));
extern const struct ns_case *const __stop_ns_cases[] __attribute__((weak));

static const struct ns_case *running;

const char *case_id(const struct ns_case *c)
{
	static char id[200];

	snprintf(id, sizeof(id), "%s.%s", c->group, c->name);
	return id;
}

/* The order of the ids, without writing them out: that would be most of what a test costs under emulation. */
static int by_id(const void *a, const void *b)
{
	const struct ns_case *x = *(const struct ns_case *const *)a, *y = *(const struct ns_case *const *)b;
	size_t same = 0;

	if (strcmp(x->group, y->group) == 0)
		return strcmp(x->name, y->name);
	while (x->group[same] && x->group[same] == y->group[same])
		same++;
	unsigned char left = (unsigned char)(x->group[same] ? x->group[same] : '.');
	unsigned char right = (unsigned char)(y->group[same] ? y->group[same] : '.');
	if (left != right)
		return left - right;
	/* One group goes on below the other with a dot: what follows it against a name. */
	return x->group[same] ? strcmp(x->group + same + 1, y->name) : strcmp(x->name, y->group + same + 1);
}

static bool has_id(const struct ns_case *c, const char *id)
{
	size_t length = strlen(c->group);

	return strncmp(id, c->group, length) == 0 && id[length] == '.' &&
	       strcmp(id + length + 1, c->name) == 0;
}

const struct ns_case **case_table(unsigned int *count)
{
	static const struct ns_case **table;
	size_t n = (size_t)(__stop_ns_cases - __start_ns_cases);

	if (!table) {
		table = calloc(n + 1, sizeof(*table)); /* never empty, so never NULL for want of tests */
		if (!table)
			abort();
		memcpy(table, __start_ns_cases, n * sizeof(*table));
		qsort(table, n, sizeof(*table), by_id);
	}
	*count = (unsigned int)n;
	return table;
}

const struct ns_case *case_find(const char *id)
{
	for (const struct ns_case *const *c = __start_ns_cases; c < __stop_ns_cases; c++)
		if (has_id(*c, id))
			return *c;
	return NULL;
}

const struct behaviour *catalogue_find(const char *id)
{
	for (unsigned int i = 0; i < catalogue_rows; i++)
		if (strcmp(catalogue[i].id, id) == 0)
			return &catalogue[i];
	return NULL;
}

unsigned int case_limit(const struct ns_case *c, double factor)
{
	return (unsigned int)ceil((c->timeout ? c->timeout : CASE_TIMEOUT) * factor);
}

/* libcheck leaves its runner's handlers behind, which would turn every test of PID 1's signals into another. */
static void reset_handlers(void)
{
	static const int handled[] = {SIGALRM, SIGINT, SIGTERM};

	for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
		signal(handled[i], SIG_DFL);
}

static void arrange(int result, const char *what)
{
	if (result < 0)
		record_end(RECORD_ERROR, running->file, running->line, "cannot arrange the test's own %s: %s",
			   what, errno_name(errno));
}

/* Of its own, without which it would change or see what is everybody's. */
static int needed_namespaces(const struct ns_case *c)
{
	return (NS_MNT | c->group_own | c->own) & ~c->initial & NS_ALL;
}

/* What this kernel cannot keep from a test that needs it. */
static int lacking(const struct ns_case *c)
{
	return lack_types() & ~c->without;
}

/* A UTS namespace costs little, so everybody gets one where there are any. */
static int own_namespaces(const struct ns_case *c)
{
	return needed_namespaces(c) | (NS_UTS & ~c->initial & ~lack_types());
}

/* Before the test's first line, in its main process. */
static void enter(void)
{
	int own = own_namespaces(running);

	record_own();
	record_test(running->file, running->line, lacking(running));
	reset_handlers();
	umask(022);
	arrange(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "reaper");
	arrange(__real_unshare(own), "namespaces");
	if (own & NS_MNT) {
		arrange(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
		arrange(mount("tmpfs", "/tmp", "tmpfs", 0, NULL), "/tmp");
	}
	arrange(chdir("/"), "working directory");
}

/* After its last line. */
static void leave(void)
{
	if (!record_is_main())
		record_end(RECORD_ERROR, running->file, running->line,
			   "a child ran on past the end of its block (return or break inside?)");
	child_all_joined(running->file, running->line);
}

static void from_record(const struct record *record, struct testimony *said)
{
	static const enum finding findings[] = {[RECORD_FAIL] = FINDING_CLAIM,
						[RECORD_ERROR] = FINDING_ARRANGEMENT,
						[RECORD_SKIP] = FINDING_LACK};

	said->finding = findings[record->kind];
	said->line = record->line;
	snprintf(said->file, sizeof(said->file), "%s", record->file);
	snprintf(said->role, sizeof(said->role), "%s", record->role);
	snprintf(said->message, sizeof(said->message), "%s", record->message);
}

/* What libcheck knows of how the test ended; it tells a time-out by its words alone. */
static void from_libcheck(const struct ns_case *c, TestResult *result, unsigned int limit,
			  struct testimony *said)
{
	const char *message = tr_msg(result);

	said->ending = ENDING_ITSELF;
	if (tr_rtype(result) == CK_PASS)
		return;
	snprintf(said->file, sizeof(said->file), "%s", tr_lfile(result) ? tr_lfile(result) : c->file);
	said->line = tr_lno(result) > 0 ? tr_lno(result) : c->line;
	snprintf(said->message, sizeof(said->message), "%s", message ? message : "");
	if (tr_rtype(result) == CK_FAILURE) {
		said->finding = FINDING_CLAIM;
	} else if (message && strstr(message, "timeout expired")) {
		said->ending = ENDING_LIMIT;
		snprintf(said->message, sizeof(said->message), "did not end within %u s", limit);
	} else {
		said->ending = ENDING_EARLY;
	}
}

bool case_lacks(const struct ns_case *c, struct testimony *said)
{
	const struct behaviour *row = catalogue_find(case_id(c));
	int types = needed_namespaces(c) & lacking(c);
	bool is_feature = false;

	memset(said, 0, sizeof(*said));
	if (types)
		snprintf(said->message, sizeof(said->message), "%s", lack_reason(types));
	else if (!row || !needs_lacking(row->needs, said->message, sizeof(said->message), &is_feature))
		return false;
	said->ending = ENDING_NEVER;
	said->finding = is_feature ? FINDING_ABSENCE : FINDING_LACK;
	said->line = c->line;
	snprintf(said->file, sizeof(said->file), "%s", c->file);
	return true;
}

void case_run(const struct ns_case *c, double factor, struct testimony *said)
{
	unsigned int limit = case_limit(c, factor);

	memset(said, 0, sizeof(*said));
	said->ending = ENDING_EARLY;
	running = c;
	record_make();
	Suite *suite = suite_create(c->group);
	TCase *tcase = tcase_create(c->name);
	tcase_add_checked_fixture(tcase, enter, leave);
	tcase_set_timeout(tcase, limit);
	tcase_add_test(tcase, *c->test);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_FORK);
	srunner_run_all(runner, CK_SILENT);
	TestResult **results = srunner_results(runner);
	if (srunner_ntests_run(runner) == 1)
		from_libcheck(c, results[0], limit, said);
	free(results);
	if (record_get()->kind != RECORD_NONE)
		from_record(record_get(), said);
	record_test("", 0, 0); /* what comes now is no test */
	srunner_free(runner);
}
