// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/needs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/cgroup.h"
#include "helpers/creds.h"
#include "helpers/feature.h"
#include "helpers/file.h"
#include "helpers/kconfig.h"
#include "helpers/lack.h"
#include "helpers/link.h"
#include "helpers/module.h"
#include "helpers/ns.h"
#include "helpers/runtime.h"
#include "helpers/sabotage.h"

#define FEATURE "feature:"

/* Numbers of the initial namespaces, fixed in the kernel's ABI (include/linux/proc_ns.h, uapi/linux/nsfs.h). */
static const struct {
	const char *name;
	long long id;
} initial_ids[] = {{"ipc", 0xEFFFFFFF}, {"uts", 0xEFFFFFFE},    {"user", 0xEFFFFFFD},
		   {"pid", 0xEFFFFFFC}, {"cgroup", 0xEFFFFFFB}, {"time", 0xEFFFFFFA}};

/* Whether an answer to the last question has changed the system: 5.10 has settings for each CPU. */
static bool changed;

bool needs_changed(void)
{
	return changed;
}

static bool module_holds(const char *name)
{
	if (module_here(name))
		return true;
	changed = true;
	return module_load(name);
}

static bool tool_exists(const char *name)
{
	static const char *const dirs[] = {"/bin", "/sbin", "/usr/bin", "/usr/sbin"};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (access(path("%s/%s", dirs[i], name), X_OK) == 0)
			return true;
	return false;
}

/* Tried by an ordinary user in a process of its own: no other question answers for LSMs and sysctls alike. */
static bool unprivileged_userns(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(become_unprivileged(UNPRIVILEGED) == 0 && unshare(CLONE_NEWUSER) == 0 ? 0 : 1);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}

static bool nsdelegate(void)
{
	const char *mounts = file_read("/proc/self/mountinfo");
	const char *cgroup2 = mounts ? strstr(mounts, " - cgroup2 ") : NULL;

	return cgroup2 && memmem(cgroup2, strcspn(cgroup2, "\n"), "nsdelegate", strlen("nsdelegate"));
}

static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (; text && *text; text += strcspn(text, " "), text += strspn(text, " "))
		if (strcspn(text, " ") == length && strncmp(text, word, length) == 0)
			return true;
	return false;
}

static bool in_initial_namespace(const char *name)
{
	for (size_t i = 0; i < sizeof(initial_ids) / sizeof(initial_ids[0]); i++)
		if (strcmp(initial_ids[i].name, name) == 0)
			return ns_id(0, name) == initial_ids[i].id;
	return false;
}

/* Each kind of term: how it starts, how it is asked, what a skip says. */
static bool config_holds(const char *term)
{
	return kconfig(term) != 'n';
}

static bool ns_holds(const char *name)
{
	return ns_id(0, name) > 0;
}

/* Hands a controller down to where the test's own cgroups begin; for good would cost every other test. */
static bool controller(const char *name)
{
	return cgroup_control(name) == 0 && has_word(file_read(cgroup_file("cgroup.controllers")), name);
}

static bool cgroup2_holds(const char *term)
{
	const char *rest = term + strlen("cgroup2");

	if (!cgroup_here() || !*rest)
		return cgroup_here();
	return strcmp(rest, ":nsdelegate") == 0 ? nsdelegate() : controller(rest + 1);
}

/* A VM without hardware virtualisation starts with one CPU online: each further one slows all tests down. */
static bool cpus_hold(const char *count)
{
	long wanted = strtol(count, NULL, 10);

	for (long cpu = 1; cpu < wanted; cpu++)
		if (sysconf(_SC_NPROCESSORS_ONLN) < wanted)
			changed = file_write(path("/sys/devices/system/cpu/cpu%ld/online", cpu), "1") == 0;
	return wanted > 0 && sysconf(_SC_NPROCESSORS_ONLN) >= wanted;
}

/* Version 1 of cgroups, without any controller. A kernel may be told to do without it. */
static bool cgroup1_holds(const char *rest)
{
	const char *types = file_read("/proc/filesystems"), *words = file_read("/proc/cmdline");

	const char *without = words ? strstr(words, "cgroup_no_v1=") : NULL;

	return !*rest && types && strstr(types, "\tcgroup\n") &&
	       !(without && memmem(without, strcspn(without, " "), "named", strlen("named")));
}

static bool card_holds(const char *rest)
{
	return !*rest && link_spare();
}

static bool term_holds(const char *term, char *reason, size_t size);

static bool is_lacking(const char *term)
{
	char reason[128];

	return !term_holds(term, reason, sizeof(reason));
}

static bool userns_holds(const char *rest)
{
	return !*rest && unprivileged_userns();
}

static const struct {
	const char *start;
	bool keep_start; /* the question wants the whole term */
	bool steady;     /* what holds once holds as long as this kernel runs */
	bool (*holds)(const char *rest);
	const char *before, *after; /* what a skip says around the rest */
} kinds[] = {
	{"CONFIG_", true, true, config_holds, "kernel built without ", ""},
	{"module:", false, true, module_holds, "no module ", ""},
	{"tool:", false, true, tool_exists, "no program ", ""},
	{"ns:", false, true, ns_holds, "no ", " namespaces"},
	{"file:", false, false, file_exists, "no file ", ""},
	{"cpus:", false, false, cpus_hold, "not ", " CPUs"},
	{"initial:", false, true, in_initial_namespace, "not in the initial ", " namespace"},
	{FEATURE, false, false, feature_here, "no ", ""},
	{"no:", false, false, is_lacking, "the kernel has ", ""},
	{"spare_card", false, false, card_holds, "no spare network card", ""},
	{"runtime:", false, false, runtime_claims_name, "the container runtime does not claim '", "'"},
	{"unprivileged_userns", false, true, userns_holds, "", ""},
	{"cgroup1", false, true, cgroup1_holds, "no cgroup v1", ""},
	{"cgroup2", true, false, cgroup2_holds, "the test has no ", ""},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* The terms of steady kinds that held, so that the server of many tests asks once. */
static char held[256][64];
static size_t held_count;

static bool has_held(const char *term)
{
	for (size_t i = 0; i < held_count; i++)
		if (strcmp(held[i], term) == 0)
			return true;
	return false;
}

static void remember(const char *term)
{
	bool room = held_count < sizeof(held) / sizeof(held[0]) && strlen(term) < sizeof(held[0]);

	if (room && !sabotage_on()) /* which says yes to everything */
		strcpy(held[held_count++], term);
}

static bool starts(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* What a term is about, in words that follow "no " or "the kernel has ". */
static const char *words_of(const char *term)
{
	if (starts(term, FEATURE))
		return feature_words(term + strlen(FEATURE));
	return starts(term, "ns:") ? path("%s namespaces", term + strlen("ns:")) : term;
}

static bool term_holds(const char *term, char *reason, size_t size)
{
	for (size_t i = 0; i < KINDS; i++) {
		size_t length = strlen(kinds[i].start);
		if (strncmp(term, kinds[i].start, length) != 0)
			continue;
		const char *rest = kinds[i].keep_start ? term : term + length;
		if (kinds[i].steady && has_held(term))
			return true;
		if (kinds[i].holds(rest)) {
			if (kinds[i].steady)
				remember(term);
			return true;
		}
		if (kinds[i].holds == userns_holds)
			snprintf(reason, size, "%s",
				 lack_types() & NS_USER ? lack_reason(NS_USER)
							: "unprivileged user namespaces are not allowed");
		else if (kinds[i].holds == feature_here || kinds[i].holds == is_lacking)
			snprintf(reason, size, "%s%s", kinds[i].before,
				 words_of(kinds[i].holds == feature_here ? term : rest));
		else
			snprintf(reason, size, "%s%s%s", kinds[i].before, rest, kinds[i].after);
		return false;
	}
	snprintf(reason, size, "unknown need '%s'", term);
	return false;
}

/* Calls `ask` for each alternative of each term; a term holds if one of its alternatives does. */
static bool all_terms(const char *needs, bool (*ask)(const char *, char *, size_t), char *reason, size_t size)
{
	char *copy = strdup(needs), *rest = copy, *term;
	bool all = true;

	while (all && (term = strsep(&rest, ";"))) {
		bool one = false;
		for (char *next = term; next && !one;) {
			char *alternative = next;
			next = strstr(alternative, " or ");
			if (next) {
				*next = '\0';
				next += strlen(" or ");
			}
			alternative += strspn(alternative, " ");
			alternative[strcspn(alternative, " ")] = '\0';
			one = ask(alternative, reason, size);
		}
		all = one;
	}
	free(copy);
	return all;
}

/* A feature comes last: of it holds here what it takes to ask for it. */
static bool all_else_holds(const char *term, char *reason, size_t size)
{
	const char *needs = starts(term, FEATURE) ? feature_needs(term + strlen(FEATURE)) : term;

	return strcmp(needs, "-") == 0 || term_holds(needs, reason, size);
}

static bool feature_holds(const char *term, char *reason, size_t size)
{
	return !starts(term, FEATURE) || term_holds(term, reason, size);
}

bool needs_lacking(const char *needs, char *reason, size_t size, bool *is_feature)
{
	changed = *is_feature = false;
	if (strcmp(needs, "-") == 0)
		return false;
	if (!all_terms(needs, all_else_holds, reason, size))
		return true;
	*is_feature = !all_terms(needs, feature_holds, reason, size);
	return *is_feature;
}

bool needs_feature(const char *needs)
{
	return starts(needs, FEATURE) || strstr(needs, ";" FEATURE) || strstr(needs, "; " FEATURE);
}

static bool term_known(const char *term, char *reason, size_t size)
{
	snprintf(reason, size, "%s", term);
	if (starts(term, "no:"))
		return term_known(term + strlen("no:"), reason, size);
	if (starts(term, FEATURE))
		return feature_known(term + strlen(FEATURE));
	if (starts(term, "runtime:"))
		return runtime_claim_known(term + strlen("runtime:"));
	if (starts(term, "module:"))
		return module_known(term + strlen("module:"));
	for (size_t i = 0; i < KINDS; i++)
		if (starts(term, kinds[i].start))
			return true;
	return false;
}

const char *needs_unknown_term(const char *needs)
{
	static char term[128];

	if (strcmp(needs, "-") == 0 || all_terms(needs, term_known, term, sizeof(term)))
		return NULL;
	return term;
}
