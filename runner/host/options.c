// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/options.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/contract.h"
#include "runner/host/bisect.h"
#include "runner/host/matrix.h"

enum {
	KEY_MATRIX = 0x100,
	KEY_KERNELS,
	KEY_FETCH_ONLY,
	KEY_BISECT,
	KEY_SHARD,
	KEY_TIMES,
	KEY_MERGE,
	KEY_RUNTIME,
	KEY_RUNTIME_PATH,
	KEY_MODULES,
	KEY_CONFIG,
	KEY_MIRROR,
	KEY_OFFLINE,
	KEY_ACCEL,
	KEY_APPEND,
	KEY_SETUP,
	KEY_MEMORY,
	KEY_CPUS,
	KEY_FACTOR,
	KEY_REPEAT,
	KEY_RERUNS,
	KEY_IN_ORDER,
	KEY_COLD,
	KEY_FRESH,
	KEY_SABOTAGE,
	KEY_JSON,
	KEY_MISSING,
	KEY_SHELL,
	KEY_GDB,
	KEY_QEMU,
	KEY_GUEST,
	KEY_INIT,
	KEY_CACHE,
	KEY_CACHE_SIZE,
	KEY_TIMINGS,
	KEY_REPORT,
	KEY_RESUME,
	KEY_BASELINE,
	KEY_UPDATE,
	KEY_GITHUB,
	KEY_COMPARE,
	KEY_LINT,
};

static const struct argp_option option_table[] = {
	{NULL, 0, NULL, 0, "What to look at:", 1},
	{"list", 'l', NULL, 0, "List the selected tests: id, statement, needs", 1},
	{"json", KEY_JSON, NULL, 0, "With --list: as JSON", 1},
	{"missing", KEY_MISSING, NULL, 0, "With --list: the catalogue's rows that have no test yet", 1},
	{"kernels", KEY_KERNELS, NULL, 0,
	 "List the kernels that are known by name, and what the cache has of them", 1},
	{"report", KEY_REPORT, "DIR", 0, "Make the reports of an earlier run again from its journal", 1},
	{"resume", KEY_RESUME, "DIR", 0, "Run what an interrupted run has not, into its folder", 1},
	{"compare", KEY_COMPARE, NULL, 0,
	 "With two runs A B: what B does worse or better. A run is its folder, its results.json, or a "
	 "kernel, whose last run is meant",
	 1},
	{"lint", KEY_LINT, NULL, 0, "Check the baseline against the date and the catalogue", 1},

	{NULL, 0, NULL, 0, "The kernel, and a container runtime on it:", 2},
	{"kernel", 'k', "K", 0,
	 "A name (debian/6.12), a bzImage or PVH vmlinux, a build tree, or a .deb; several make a matrix", 2},
	{"matrix", KEY_MATRIX, NULL, 0, "Every kernel of vm/kernels.list, side by side", 2},
	{"modules", KEY_MODULES, "DIR", 0, "Its modules: a folder that holds kernel/...", 2},
	{"config", KEY_CONFIG, "FILE", 0, "Its configuration", 2},
	{"mirror", KEY_MIRROR, "URL", 0, "Package mirror for kernels given by name", 2},
	{"offline", KEY_OFFLINE, NULL, 0, "Never touch the network", 2},
	{"fetch-only", KEY_FETCH_ONLY, NULL, 0, "Get the kernels into the cache and run nothing", 2},
	{"append", KEY_APPEND, "ARGS", 0, "Added to the kernel command line", 2},
	{"runtime", KEY_RUNTIME, "R", 0,
	 "Run the suite runtime on a container runtime: reference, or a name of vm/runtimes.list (crun); "
	 "several make a matrix",
	 2},
	{"runtime-path", KEY_RUNTIME_PATH, "FILE", 0,
	 "The runtime's program, in place of the packaged one; its libraries come from this system", 2},

	{NULL, 0, NULL, 0, "The machine:", 3},
	{"accel", KEY_ACCEL, "auto|kvm|tcg", 0, "Accelerator; auto tries KVM, then emulates", 3},
	{"memory", KEY_MEMORY, "MIB", 0, "Memory of a VM (default 512)", 3},
	{"cpus", KEY_CPUS, "N", 0,
	 "Processors of a VM, all online (default: two, of which emulation has one online until a test needs "
	 "the other)",
	 3},
	{"qemu", KEY_QEMU, "PATH", 0, "QEMU to use (default qemu-system-x86_64)", 3},
	{"setup", KEY_SETUP, "LINE", 0, "A shell line run in each VM before the tests; may be given again",
	 3},
	{"gdb", KEY_GDB, NULL, 0,
	 "The VM waits for a debugger, and has no time limits: two lines to type are printed", 3},
	{"shell", KEY_SHELL, NULL, 0, "Boot to a shell on this terminal instead of running tests", 3},

	{NULL, 0, NULL, 0, "How to run:", 4},
	{"jobs", 'j', "N", 0, "VMs at once (default: one a core, as memory allows)", 4},
	{"repeat", KEY_REPEAT, "N", 0, "Run the selection N times; stop at the first that is bad", 4},
	{"reruns", KEY_RERUNS, "N", 0,
	 "Run a failed test N times more, alone in booted VMs, to tell a flaky one (default 2, 0: never)", 4},
	{"in-order", KEY_IN_ORDER, NULL, 0, "Run the tests as they are named, in one VM", 4},
	{"timeout-factor", KEY_FACTOR, "F", 0, "Multiply every time limit by F (0.1 to 1000)", 4},
	{"cold", KEY_COLD, NULL, 0, "Boot every VM, restore none", 4},
	{"fresh-vm", KEY_FRESH, NULL, 0, "A VM of its own for every test", 4},
	{"bisect", KEY_BISECT, "ID", 0,
	 "One step of git bisect run about that test: exit 0 good, 1 bad, 125 cannot tell", 4},
	{"sabotage", KEY_SABOTAGE, NULL, 0, "Let the helpers lie about isolation: no such test may pass", 4},

	{"shard", KEY_SHARD, "I/N", 0, "Only part I of N, all of which take about as long; see --merge", 4},
	{"times", KEY_TIMES, "PATH", 0,
	 "With --shard: durations are those of this run, matrix or results.json", 4},

	{NULL, 0, NULL, 0, "Results:", 5},
	{"merge", KEY_MERGE, NULL, 0,
	 "Make one matrix of the results of all parts, the folders that are named", 5},
	{"output", 'o', "DIR", 0, "Where the results go (default: a new folder in results/runs)", 5},
	{"baseline", KEY_BASELINE, "FILE", 0,
	 "Known failures (default results/baseline/known.tsv; none: none)", 5},
	{"update-baseline", KEY_UPDATE, "FILE", 0,
	 "Write the failures of this run, or of --report DIR, into a baseline; reasons are yours to fill in",
	 5},
	{"github", KEY_GITHUB, NULL, 0, "Print annotations, as within GitHub Actions", 5},
	{"timings", KEY_TIMINGS, NULL, 0, "Tell where the time went", 5},

	{NULL, 0, NULL, 0, "Its own files:", 6},
	{"guest", KEY_GUEST, "PATH", 0, "The program that holds the suites (default: beside this one)", 6},
	{"init", KEY_INIT, "PATH", 0, "The guest's init (default: beside this one)", 6},
	{"cache", KEY_CACHE, "DIR", 0, "Kernels, images, snapshots (default ~/.cache/nscheck)", 6},
	{"cache-size", KEY_CACHE_SIZE, "MIB", 0, "Most room for snapshots (default 2048)", 6},
	{0},
};

const char *argp_program_version = "nscheck " NSCHECK_VERSION;

static const char usage_text[] = "[SELECTION...]\n--list [SELECTION...]\n--lint\n--report DIR\n--resume "
				 "DIR\n--compare A B\n--merge DIR...";

static const char doc_text[] = "Does a kernel keep the promises that Linux namespaces make? Boots it in a "
			       "small QEMU machine and runs "
			       "one test per promised behaviour inside."
			       "\v"
			       "SELECTION is an id (pid.init.reaps_orphans), a group or suite (user.map, "
			       "pid), a glob ('net.*veth*') or "
			       "a tier (tier:seed); with ! before it, what to leave out. Without any: "
			       "everything but the suite selftest.\n"
			       "\n"
			       "Exit status: 0 all as expected; 1 a test failed; 2 usage or bad input; 3 the "
			       "harness could not finish, "
			       "or a test could not be arranged; 130 interrupted.";

/* argp's input: where parsed values and the first fault go. */
struct parse {
	struct options *options;
	struct fault *fault;
};

static int bad_value(struct parse *p, const char *option, const char *value, const char *want)
{
	struct text shown = {0};

	text_add_escaped(&shown, value, strlen(value));
	fault_set(p->fault, EXIT_BAD_INPUT, "--%s %s: want %s", option, text_get(&shown), want);
	text_free(&shown);
	return EINVAL;
}

static int take_number(struct parse *p, const char *option, const char *value, long least, long most,
		       long *out)
{
	char *end, *want;

	errno = 0;
	*out = strtol(value, &end, 10);
	if (*value >= '0' && *value <= '9' && !*end && !errno && *out >= least && *out <= most)
		return 0;
	want = mem_printf("a whole number from %ld to %ld", least, most);
	bad_value(p, option, value, want);
	free(want);
	return EINVAL;
}

static int take_int(struct parse *p, const char *option, const char *value, int least, int most, int *out)
{
	long n;
	int err = take_number(p, option, value, least, most, &n);

	*out = err ? 0 : (int)n;
	return err;
}

static int take_factor(struct parse *p, const char *value)
{
	char *end;
	double f = strtod(value, &end);

	if (value[strspn(value, "0123456789.")] || end == value || *end || !(f >= 0.1 && f <= 1000))
		return bad_value(p, "timeout-factor", value, "a number from 0.1 to 1000");
	p->options->timeout_factor = f;
	return 0;
}

static int take_accel(struct parse *p, const char *value)
{
	static const char *const names[] = {[ACCEL_AUTO] = "auto", [ACCEL_KVM] = "kvm", [ACCEL_TCG] = "tcg"};

	for (int i = 0; i < 3; i++) {
		if (strcmp(names[i], value))
			continue;
		p->options->accel = (enum accel)i;
		return 0;
	}
	return bad_value(p, "accel", value, "auto, kvm or tcg");
}

/* Remembers an option as part of the command that repeats a test. */
static void remember(struct options *o, const char *name, const char *value)
{
	text_printf(&o->command, " --%s", name);
	if (value) {
		text_add(&o->command, " ", 1);
		text_add_quoted(&o->command, value);
	}
}

static void select_also(struct options *o, char *word)
{
	o->selection = mem_realloc(o->selection, (o->selected + 1) * sizeof(*o->selection));
	o->selection[o->selected++] = word;
}

/* It becomes a word of an order to the guest, and a folder. */
static error_t take_runtime(struct parse *p, char *name)
{
	struct options *o = p->options;

	if (!*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-:")])
		return bad_value(p, "runtime", name, "a name of vm/runtimes.list, or reference");
	o->runtimes = mem_realloc(o->runtimes, (o->runtime_count + 1) * sizeof(*o->runtimes));
	o->runtimes[o->runtime_count++] = name;
	o->runtime.name = name;
	return 0;
}

static error_t parse_runtime(int key, char *arg, struct parse *p)
{
	switch (key) {
	case KEY_RUNTIME: return take_runtime(p, arg);
	case KEY_RUNTIME_PATH:
		p->options->runtime.path = arg;
		remember(p->options, "runtime-path", arg);
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_kernel(int key, char *arg, struct parse *p)
{
	struct options *o = p->options;

	switch (key) {
	case 'k':
		o->kernels = mem_realloc(o->kernels, (o->kernel_count + 1) * sizeof(*o->kernels));
		o->kernels[o->kernel_count++] = arg;
		o->kernel.spec = arg;
		return 0;
	case KEY_MATRIX: o->matrix = true; return 0;
	case KEY_KERNELS: o->kernel_list = true; return 0;
	case KEY_FETCH_ONLY: o->fetch_only = true; return 0;
	case KEY_MODULES:
		o->kernel.modules = arg;
		remember(o, "modules", arg);
		return 0;
	case KEY_CONFIG:
		o->kernel.config = arg;
		remember(o, "config", arg);
		return 0;
	case KEY_MIRROR: o->kernel.mirror = arg; return 0;
	case KEY_OFFLINE: o->kernel.offline = true; return 0;
	case KEY_APPEND:
		o->append = arg;
		remember(o, "append", arg);
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

/* A line that the agent of the guest takes. */
static error_t parse_machine(int key, char *arg, struct parse *p)
{
	struct options *o = p->options;

	switch (key) {
	case KEY_ACCEL: remember(o, "accel", arg); return take_accel(p, arg);
	case KEY_MEMORY:
		remember(o, "memory", arg);
		return take_int(p, "memory", arg, 128, 65536, &o->memory);
	case KEY_CPUS: remember(o, "cpus", arg); return take_int(p, "cpus", arg, 1, 64, &o->cpus);
	case KEY_QEMU:
		o->qemu = arg;
		remember(o, "qemu", arg);
		return 0;
	case KEY_SETUP:
		if (!*arg) {
			fault_set(p->fault, EXIT_BAD_INPUT, "--setup '': give a line for the shell");
			return EINVAL;
		}
		if (strlen(arg) > SETUP_MAX) {
			fault_set(p->fault, EXIT_BAD_INPUT,
				  "a --setup of %zu bytes: %d fit; give several, or make it shorter",
				  strlen(arg), SETUP_MAX);
			return EINVAL;
		}
		o->setup = mem_realloc(o->setup, (o->setups + 1) * sizeof(*o->setup));
		o->setup[o->setups++] = arg;
		remember(o, "setup", arg);
		return 0;
	case KEY_SHELL: o->shell = true; return 0;
	case KEY_GDB: o->gdb = true; return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_running(int key, char *arg, struct parse *p)
{
	struct options *o = p->options;

	switch (key) {
	case 'j': return take_int(p, "jobs", arg, 1, 64, &o->jobs);
	case KEY_REPEAT: return take_int(p, "repeat", arg, 1, 1000000, &o->repeat);
	case KEY_FACTOR: remember(o, "timeout-factor", arg); return take_factor(p, arg);
	case KEY_BISECT:
		o->bisect = true;
		select_also(o, arg);
		return 0;
	case KEY_RERUNS: return take_int(p, "reruns", arg, 0, 20, &o->reruns);
	case KEY_IN_ORDER: o->in_order = true; return 0;
	case KEY_COLD: o->cold = true; return 0;
	case KEY_FRESH: o->fresh_vm = true; return 0;
	case KEY_SABOTAGE:
		o->sabotage = true;
		remember(o, "sabotage", NULL);
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static int take_shard(struct parse *p, const char *value)
{
	int end = 0;

	if (sscanf(value, "%5d/%5d%n", &p->options->shard, &p->options->shards, &end) == 2 && !value[end] &&
	    value[strspn(value, "0123456789/")] == '\0' && p->options->shard >= 1 &&
	    p->options->shard <= p->options->shards)
		return 0;
	return bad_value(p, "shard", value, "I/N, such as 1/4");
}

static error_t parse_results(int key, char *arg, struct parse *p)
{
	struct options *o = p->options;

	switch (key) {
	case 'l': o->list = true; return 0;
	case KEY_JSON: o->json = true; return 0;
	case KEY_MISSING: o->missing = true; return 0;
	case KEY_REPORT: o->report = arg; return 0;
	case KEY_RESUME: o->resume = arg; return 0;
	case 'o': o->output = arg; return 0;
	case KEY_LINT: o->lint = true; return 0;
	case KEY_SHARD: return take_shard(p, arg);
	case KEY_TIMES: o->times = arg; return 0;
	case KEY_MERGE: o->merge = true; return 0;
	case KEY_BASELINE:
		o->baseline = arg;
		remember(o, "baseline", arg);
		return 0;
	case KEY_UPDATE: o->update_baseline = arg; return 0;
	case KEY_GITHUB: o->github = true; return 0;
	case KEY_COMPARE: o->compare = true; return 0;
	case KEY_TIMINGS: o->timings = true; return 0;
	case KEY_GUEST:
		free(o->guest);
		o->guest = mem_strdup(arg);
		return 0;
	case KEY_INIT:
		free(o->init);
		o->init = mem_strdup(arg);
		return 0;
	case KEY_CACHE:
		free(o->cache);
		o->cache = mem_strdup(arg);
		return 0;
	case KEY_CACHE_SIZE: return take_number(p, "cache-size", arg, 0, 1 << 20, &o->cache_size);
	default: return ARGP_ERR_UNKNOWN;
	}
}

/* What does not change what a run is about may be given to --resume as well. */
static bool goes_beside(int key)
{
	static const int keys[] = {'j',       KEY_TIMINGS,    KEY_QEMU,    KEY_GUEST,  KEY_INIT,
				   KEY_CACHE, KEY_CACHE_SIZE, KEY_OFFLINE, KEY_MIRROR, KEY_RESUME};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i] == key)
			return true;
	return false;
}

static const char *option_name(int key)
{
	const struct argp_option *option = option_table;

	while (option->key != key)
		option++;
	return option->name;
}

static void note_option(struct options *o, int key, const char *arg)
{
	o->other |= !goes_beside(key);
	if (!goes_beside(key) || key == KEY_RESUME)
		return;
	const char *name = option_name(key);
	o->beside = mem_realloc(o->beside, (o->beside_count + 1) * sizeof(*o->beside));
	o->beside[o->beside_count++] = arg ? mem_printf("--%s=%s", name, arg) : mem_printf("--%s", name);
}

/* What a variable of a script was that nobody has set; that nothing is appended or set up is sound. */
static bool is_empty(int key, const char *arg)
{
	return arg && !*arg && key != KEY_APPEND && key != KEY_SETUP;
}

static error_t parse_one(int key, char *arg, struct argp_state *state)
{
	static error_t (*const groups[])(int, char *, struct parse *) = {
		parse_kernel, parse_runtime, parse_machine, parse_running, parse_results};
	struct parse *p = state->input;

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		error_t err = groups[i](key, arg, p);

		if (err == ARGP_ERR_UNKNOWN)
			continue;
		if (!err && is_empty(key, arg))
			return bad_value(p, option_name(key), "''", "a value");
		note_option(p->options, key, arg);
		return err;
	}
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (is_empty(key, arg)) {
		fault_set(p->fault, EXIT_BAD_INPUT, "an empty word selects no test");
		return EINVAL;
	}
	select_also(p->options, arg);
	return 0;
}

static char *program_folder(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0)
		return mem_strdup(".");
	path[n] = '\0';
	*strrchr(path, '/') = '\0';
	return mem_strdup(path);
}

static char *default_cache(void)
{
	const char *own = getenv("NSCHECK_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (own && *own)
		return mem_strdup(own);
	if (xdg && *xdg == '/')
		return mem_printf("%s/nscheck", xdg);
	return mem_printf("%s/.cache/nscheck", home && *home ? home : "/tmp");
}

static void set_defaults(struct options *o)
{
	*o = (struct options){
		.memory = 512,
		.timeout_factor = 1,
		.repeat = 1,
		.reruns = 2,
		.qemu = "qemu-system-x86_64",
		.append = "",
		.cache_size = 2048,
		.kernel.spec = "debian/6.12",
	};
	o->home = program_folder();
	o->guest = mem_printf("%s/nscheck-guest", o->home);
	o->init = mem_printf("%s/nscheck-init", o->home);
	o->cache = default_cache();
}

/* Told before a run, not after it. */
static int check_writable(const char *path, struct fault *fault)
{
	const char *slash = strrchr(path, '/');
	char *folder =
		slash ? mem_printf("%.*s", slash == path ? 1 : (int)(slash - path), path) : mem_strdup(".");
	int ret = access(folder, W_OK);

	if (ret)
		fault_set(fault, EXIT_BAD_INPUT, "--update-baseline: %s cannot be written: %m", folder);
	free(folder);
	return ret;
}

/* What makes no sense together. */
static int check_together(const struct options *o, struct fault *fault)
{
	if (o->json && !o->list)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "--json goes with --list; a run writes results.json anyway");
	if (o->missing && !o->list)
		return fault_set(fault, EXIT_BAD_INPUT, "--missing goes with --list");
	if (o->resume && (o->other || o->selected))
		return fault_set(
			fault, EXIT_BAD_INPUT,
			"--resume DIR runs on as that run was started: no selection, and of the options "
			"only --jobs, --timings and where things are");
	int tasks = o->list + !!o->report + o->lint + o->shell + o->kernel_list + o->fetch_only + o->bisect +
		    o->merge + o->compare;
	if (tasks > 1)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "--list, --report, --lint, --shell, --kernels, --fetch-only, --bisect, "
				 "--merge and --compare "
				 "go one at a time");
	if (tasks && (o->sabotage || o->shards || o->repeat > 1))
		return fault_set(fault, EXIT_BAD_INPUT, "--sabotage, --repeat and --shard are for a run");
	if (tasks && !o->list && !o->bisect && !o->merge && !o->compare && o->selected)
		return fault_set(fault, EXIT_BAD_INPUT, "nothing is run, so no test can be selected: %s",
				 o->selection[0]);
	if (matrix_wanted(o) && (o->kernel.modules || o->kernel.config || o->shell))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "--modules, --config and --shell are for one --kernel");
	if (o->gdb && (matrix_wanted(o) || tasks > o->shell || o->sabotage || o->repeat > 1))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "--gdb goes with --shell, or a run on one --kernel that is none of sabotage "
				 "or --repeat");
	if (o->runtime.path && (o->runtime_count != 1 || !strcmp(o->runtime.name, RUNTIME_REFERENCE)))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "--runtime-path FILE is for one --runtime of a package");
	if (o->runtime_count > 1 && (o->shell || o->bisect))
		return fault_set(fault, EXIT_BAD_INPUT, "--shell and --bisect want one --runtime");
	if (o->bisect && (o->kernel_count != 1 || o->matrix || o->selected != 1 || o->baseline))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "--bisect ID wants one --kernel, and no baseline or other selection");
	if (o->merge && !o->selected)
		return fault_set(fault, EXIT_BAD_INPUT, "--merge wants the folders of all parts");
	if (o->compare && o->selected != 2)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "--compare wants two runs: folders, results.json files or kernels");
	if (o->update_baseline && (o->sabotage || (tasks && !o->report && !o->merge)))
		return fault_set(
			fault, EXIT_BAD_INPUT,
			"--update-baseline goes with a run that is none of sabotage, or --report DIR");
	if (o->times && !o->shards)
		return fault_set(fault, EXIT_BAD_INPUT, "--times goes with --shard");
	if (o->in_order && (!o->selected || o->fresh_vm || o->sabotage))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "--in-order wants tests that are named, which share one VM");
	if (o->sabotage && o->repeat > 1)
		return fault_set(fault, EXIT_BAD_INPUT, "--sabotage and --repeat do not go together");
	return o->update_baseline ? check_writable(o->update_baseline, fault) : 0;
}

int options_bad_status(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--bisect", strlen("--bisect")))
			return BISECT_STOP;
	return EXIT_BAD_INPUT;
}

static int parse(struct options *options, int argc, char **argv, unsigned int flags, struct fault *fault)
{
	static const struct argp argp = {option_table, parse_one, usage_text, doc_text, NULL, NULL, NULL};
	struct parse p = {.options = options, .fault = fault};

	set_defaults(options);
	options->argc = argc;
	options->argv = argv;
	int err = argp_parse(&argp, argc, argv, flags, NULL, &p);
	if (fault->status)
		return -1;
	if (err)
		return fault_set(fault, EXIT_BAD_INPUT, "%s", strerror(err));
	if (check_together(options, fault))
		return -1;
	options->runtime.mirror = options->kernel.mirror;
	options->runtime.offline = options->kernel.offline;
	if (options->runtime.name && !options->selected && !options->shell)
		select_also(options, (char *)"runtime");
	return 0;
}

int options_parse(struct options *options, int argc, char **argv, struct fault *fault)
{
	argp_err_exit_status = options_bad_status(argc, argv);
	return parse(options, argc, argv, 0, fault);
}

int options_parse_quietly(struct options *options, int argc, char **argv, struct fault *fault)
{
	return parse(options, argc, argv, ARGP_SILENT, fault);
}

void options_free(struct options *options)
{
	free(options->kernels);
	free(options->runtimes);
	free(options->selection);
	free(options->setup);
	for (size_t i = 0; i < options->beside_count; i++)
		free(options->beside[i]);
	free(options->beside);
	free(options->guest);
	free(options->init);
	free(options->cache);
	free(options->home);
	text_free(&options->command);
}
