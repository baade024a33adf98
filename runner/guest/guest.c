// SPDX-License-Identifier: GPL-2.0-only
/*
 * nscheck-guest: every suite in one static program. In an nscheck VM it serves the agent (--serve); by hand,
 * inside a VM or container, it is a kselftest that prints KTAP and exits like one.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/case.h"
#include "helpers/catalogue.h"
#include "helpers/child.h"
#include "helpers/container.h"
#include "helpers/file.h"
#include "helpers/kconfig.h"
#include "helpers/needs.h"
#include "helpers/record.h"
#include "helpers/runtime.h"
#include "helpers/sabotage.h"
#include "helpers/self.h"
#include "kselftest.h"
#include "runner/contract.h"
#include "runner/guest/inside.h"
#include "runner/guest/serve.h"

enum { KEY_LIST = 256, KEY_LINT, KEY_SERVE, KEY_FACTOR, KEY_SABOTAGE, KEY_HERE, KEY_RUNTIME };

struct request {
	enum { RUN, LIST, LINT, SERVE } mode;
	double factor;
	bool here;
	char **patterns;
	int pattern_count;
};

static const struct argp_option options[] = {
	{GUEST_LIST, KEY_LIST, NULL, 0,
	 "print the table of behaviours and tests, tab-separated, and run nothing", 0},
	{"lint", KEY_LINT, NULL, 0, "check that catalogue and tests fit together", 0},
	{GUEST_SERVE, KEY_SERVE, NULL, 0, "run tests for the agent of a VM", 0},
	{"timeout-factor", KEY_FACTOR, "F", 0, "multiply all time limits", 0},
	{"sabotage", KEY_SABOTAGE, NULL, 0,
	 "make unshare, setns, clone and pivot_root lie, to see the tests fail", 0},
	{"runtime", KEY_RUNTIME, "NAME", 0, "the container runtime that suite runtime is about (reference)",
	 0},
	{"here-i-know", KEY_HERE, NULL, 0,
	 "run on this machine although it is no nscheck VM: tests mount, kill and change sysctls", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	char *end;

	switch (key) {
	case KEY_LIST: request->mode = LIST; return 0;
	case KEY_LINT: request->mode = LINT; return 0;
	case KEY_SERVE: request->mode = SERVE; return 0;
	case KEY_FACTOR:
		request->factor = strtod(arg, &end);
		if (*end || !(request->factor > 0 && request->factor <= 1000))
			argp_error(state, "'%s' is no factor between 0 and 1000", arg);
		return 0;
	case KEY_SABOTAGE: sabotage_set(true); return 0;
	case KEY_RUNTIME:
		setenv(RUNTIME_VARIABLE, arg, 1);
		if (!runtime_now())
			argp_error(state, "no runtime is called '%s'", arg);
		return 0;
	case KEY_HERE: request->here = true; return 0;
	case ARGP_KEY_ARGS:
		request->patterns = state->argv + state->next;
		request->pattern_count = state->argc - state->next;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

/* One line of --list; NULL for the test or the row where there is none. */
static void list_line(const char *id, const struct ns_case *c, const struct behaviour *row)
{
	static const struct behaviour none = {CELL_NONE, CELL_NONE, CELL_NONE, CELL_NONE,
					      CELL_NONE, CELL_NONE, CELL_NONE, TIER_SELFTEST};
	char place[16], limit[16];

	if (!row)
		row = &none;
	snprintf(place, sizeof(place), "%d", c ? c->line : 0);
	snprintf(limit, sizeof(limit), "%u", c ? case_limit(c, 1) : 0);
	const char *const cells[COLUMN_COUNT] = {
		[COLUMN_ID] = id,
		[COLUMN_FILE] = c ? c->file : CELL_NONE,
		[COLUMN_LINE] = place,
		[COLUMN_TIMEOUT] = limit,
		[COLUMN_ALONE] = c && c->alone ? CELL_YES : "0",
		[COLUMN_SABOTAGE] = c && c->unsabotaged ? c->unsabotaged : CELL_NONE,
		[COLUMN_TIER] = row->tier,
		[COLUMN_SINCE] = row->since,
		[COLUMN_UNTIL] = row->until,
		[COLUMN_NEEDS] = row->needs,
		[COLUMN_STATEMENT] = row->statement,
		[COLUMN_EXPECTED] = row->expected,
		[COLUMN_SOURCE] = row->source,
	};
	for (int i = 0; i < COLUMN_COUNT; i++)
		printf("%s%c", cells[i], i + 1 < COLUMN_COUNT ? '\t' : '\n');
}

static int list(void)
{
	unsigned int count;
	const struct ns_case **table = case_table(&count);

	puts(TABLE_HEADING);
	for (unsigned int i = 0; i < catalogue_rows; i++)
		list_line(catalogue[i].id, case_find(catalogue[i].id), &catalogue[i]);
	for (unsigned int i = 0; i < count; i++)
		if (!catalogue_find(case_id(table[i])))
			list_line(case_id(table[i]), table[i], NULL);
	return EXIT_SUCCESS;
}

static bool is_selftest(const char *id)
{
	return strncmp(id, "selftest.", strlen("selftest.")) == 0;
}

/* A row that needs a feature says which kernels have it: one of those that lacks it is a finding. */
static bool is_undated(const struct behaviour *row)
{
	return needs_feature(row->needs) && strcmp(row->since, CELL_NONE) == 0 &&
	       strcmp(row->until, CELL_NONE) == 0;
}

/* Every test has its row, no id twice, and what a tested row needs can be asked. */
static int lint(void)
{
	unsigned int count, faults = 0;
	const struct ns_case **table = case_table(&count);

	for (unsigned int i = 0; i < count; i++) {
		char id[200];
		snprintf(id, sizeof(id), "%s", case_id(table[i]));
		const struct behaviour *row = catalogue_find(id);
		const char *unknown = row ? needs_unknown_term(row->needs) : NULL;
		if (i > 0 && strcmp(case_id(table[i - 1]), id) == 0)
			faults += fprintf(stderr, "%s:%d: a second test of %s\n", table[i]->file,
					  table[i]->line, id) > 0;
		if (!row && !is_selftest(id))
			faults += fprintf(stderr, "%s:%d: no row of a catalogue is called %s\n",
					  table[i]->file, table[i]->line, id) > 0;
		if (unknown)
			faults += fprintf(stderr, "%s: nobody knows how to ask for '%s' (helpers/needs.h)\n",
					  id, unknown) > 0;
		if (row && is_undated(row))
			faults += fprintf(stderr, "%s needs a feature and says neither since nor until\n",
					  id) > 0;
	}
	return faults ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* One line whatever the text holds: what is not printable ASCII is written as in C. */
static void print_escaped(FILE *out, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c == '\n')
			fputs("\\n", out);
		else if (*c == '\\' || *c < ' ' || *c > '~')
			fprintf(out, "\\x%02x", *c);
		else
			fputc(*c, out);
	}
}

static void print_text(FILE *out, const char *word, const char *text)
{
	if (!text[0])
		return;
	fputs(word, out);
	print_escaped(out, text);
	fputc('\n', out);
}

static void print_testimony(FILE *out, const struct testimony *said)
{
	static const char *const findings[] = {FINDINGS(FINDING_WORD)};

	if (said->finding)
		fprintf(out, SAYS_RECORD "%s\n", findings[said->finding]);
	print_text(out, SAYS_ROLE, said->role);
	if (said->line)
		fprintf(out, SAYS_PLACE "%s:%d\n", said->file, said->line);
	print_text(out, SAYS_MESSAGE, said->message);
}

/*
 * The agent learns how long the test may run, whether it works with cgroups, and whether the system was changed for
 * it: then it looks at the state of the system once more, and answers with a line.
 */
static void tell_agent(FILE *in, FILE *out, const struct ns_case *c, double factor)
{
	const struct behaviour *row = catalogue_find(case_id(c));
	char line[8];

	bool cgroups = !row || strstr(row->needs, "cgroup") || (c->group_own & OWN_BOX);
	fprintf(out, SAYS_LIMIT "%u%s%s\n", case_limit(c, factor), needs_changed() ? " " LIMIT_CHANGED : "",
		cgroups ? " " LIMIT_CGROUPS : "");
	fflush(out);
	if (needs_changed() && !fgets(line, sizeof(line), in))
		exit(EXIT_FAILURE); /* the agent is gone */
}

/* The flags of an order: "-", or words with commas between them. */
static bool take_flags(char *flags)
{
	sabotage_set(false);
	unsetenv(RUNTIME_VARIABLE);
	for (char *word; (word = strsep(&flags, ","));) {
		if (strcmp(word, FLAG_SABOTAGE) == 0)
			sabotage_set(true);
		else if (strncmp(word, FLAG_RUNTIME, strlen(FLAG_RUNTIME)) == 0)
			setenv(RUNTIME_VARIABLE, word + strlen(FLAG_RUNTIME), 1);
		else if (strcmp(word, FLAGS_NONE) != 0)
			return false;
	}
	return runtime_now();
}

static void one(FILE *in, FILE *out, double factor, char *flags, const char *id)
{
	static const char *const endings[] = {ENDINGS(ENDING_WORD)};
	const struct ns_case *c = case_find(id);
	struct testimony said = {.ending = ENDING_NEVER,
				 .finding = FINDING_ARRANGEMENT,
				 .message = "no such test in this program"};

	if (!take_flags(flags)) {
		snprintf(said.message, sizeof(said.message), "the order's flags name nothing known");
	} else if (c && !case_lacks(c, &said)) {
		tell_agent(in, out, c, factor);
		case_run(c, factor, &said);
	}
	print_testimony(out, &said);
	fprintf(out, SAYS_END "%s %s\n", endings[said.ending], id);
}

/* Whatever a test left behind comes to this process, its subreaper, which ends it. */
static void end_leftovers(void)
{
	for (;;) {
		char *left = (char *)file_read("/proc/thread-self/children");
		if (!left || !*left)
			break;
		for (char *pid; (pid = strsep(&left, " "));)
			if (*pid)
				kill((pid_t)strtol(pid, NULL, 10), SIGKILL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

/* By hand nobody judges but this line, and whoever reads it; a test that is to be judged runs in a VM. */
static void print_kselftest(const struct ns_case *c, const struct testimony *said)
{
	const char *id = case_id(c);

	print_testimony(stdout, said);
	if (said->finding == FINDING_LACK || said->finding == FINDING_ABSENCE)
		ksft_test_result_skip("%s\n", id);
	else if (said->finding == FINDING_ARRANGEMENT || (!said->finding && said->ending == ENDING_EARLY))
		ksft_test_result_error("%s\n", id);
	else if (said->finding || said->ending != ENDING_ITSELF)
		ksft_test_result_fail("%s\n", id);
	else
		ksft_test_result_pass("%s\n", id);
}

static bool chosen(const struct request *request, const struct ns_case *c)
{
	const char *id = case_id(c);

	if (request->pattern_count == 0)
		return !is_selftest(id);
	for (int i = 0; i < request->pattern_count; i++) {
		size_t length = strlen(request->patterns[i]);
		if (fnmatch(request->patterns[i], id, 0) == 0 ||
		    (strncmp(request->patterns[i], id, length) == 0 && id[length] == '.'))
			return true;
	}
	return false;
}

static bool may_run_here(const struct request *request)
{
	const char *cmdline = file_read("/proc/cmdline");

	if (request->here)
		return true;
	for (const char *word = cmdline; word && *word; word += strcspn(word, " "), word += strspn(word, " "))
		if (strncmp(word, WORD_VM, strcspn(word, " ")) == 0 && strcspn(word, " ") == strlen(WORD_VM))
			return true;
	fputs("nscheck-guest: this is no nscheck VM, and the tests mount, kill and change sysctls; "
	      "in a VM or container of your own say --here-i-know\n",
	      stderr);
	return false;
}

static int run(const struct request *request)
{
	unsigned int count, planned = 0;
	const struct ns_case **table = case_table(&count);

	for (unsigned int i = 0; i < count; i++)
		planned += chosen(request, table[i]);
	if (planned == 0) {
		fputs("nscheck-guest: no test matches; --list prints all of them\n", stderr);
		return EXIT_FAILURE;
	}
	puts("KTAP version 1");
	ksft_set_plan(planned);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (unsigned int i = 0; i < count; i++) {
		struct testimony said;
		if (!chosen(request, table[i]))
			continue;
		if (!case_lacks(table[i], &said)) {
			case_run(table[i], request->factor, &said);
			end_leftovers();
		}
		print_kselftest(table[i], &said);
	}
	ksft_finished();
}

int main(int argc, char **argv)
{
	static const struct argp argp = {options,
					 parse,
					 "[ID|GLOB...]\ninside [--expect FILE]",
					 "The tests of nscheck, as one kselftest.",
					 NULL,
					 NULL,
					 NULL};
	struct request request = {.factor = 1};

	payload_main(argc, argv);
	container_main(argc, argv);
	if (argc > 1 && strcmp(argv[1], "inside") == 0)
		return inside(argc - 1, argv + 1);
	argp_parse(&argp, argc, argv, 0, NULL, &request);
	if (request.mode == LIST)
		return list();
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (request.mode == LINT)
		return lint();
	if (!may_run_here(&request))
		return KSFT_SKIP;
	self_prepare();
	kconfig_prepare();
	return request.mode == SERVE ? serve(one) : run(&request);
}
