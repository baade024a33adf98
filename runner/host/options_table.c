// SPDX-License-Identifier: GPL-2.0-only
/* All options: adding one is a row here and its field in struct options. */
#include "runner/host/options_inside.h"

#include <string.h>

#include "runner/contract.h"
#include "vm/spec.h"

#define AT(field) offsetof(struct options, field)

/* What executes tests, asks for packages, or is an option of the machine beside those. */
#define RUNS     (TASK_BIT(TASK_RUN) | TASK_BIT(TASK_MATRIX))
#define MACHINES (RUNS | BISECT | SHELL)
#define LIST     TASK_BIT(TASK_LIST)
#define FETCH    TASK_BIT(TASK_FETCH)
#define REPORT   TASK_BIT(TASK_REPORT)
#define RESUME   TASK_BIT(TASK_RESUME)
#define COMPARE  TASK_BIT(TASK_COMPARE)
#define LINT     TASK_BIT(TASK_LINT)
#define MERGE    TASK_BIT(TASK_MERGE)
#define SHELL    TASK_BIT(TASK_SHELL)
#define BISECT   TASK_BIT(TASK_BISECT)
#define ANY      (TASK_BIT(TASKS) - 1)

#define QEMU "qemu-system-x86_64"

static const char *const accels[] = {[ACCEL_AUTO] = "auto", [ACCEL_KVM] = "kvm", [ACCEL_TCG] = "tcg", NULL};

/* It becomes a word of an order to the guest, and a folder. */
static const char *wrong_runtime(const char *value)
{
	return value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_-:")]
		       ? "a name of vm/runtimes.list, or reference"
		       : NULL;
}

static const char *wrong_kernel(const char *value)
{
	struct kernel_spec spec;
	const char *wrong = kernel_spec_read(&spec, value);

	kernel_spec_free(&spec);
	return wrong;
}

static const char *wrong_qemu_arg(const char *value)
{
	return strstr(value, "-sandbox") ? "another one: the sandbox stays as it is" : NULL;
}

static const char *wrong_setup(const char *value)
{
	return strlen(value) > SETUP_MAX ? "a shorter line: give several" : NULL;
}

/* clang-format off */
const struct option_row option_table[] = {
	{.group = 1, .help = "What to look at:"},
	{.name = "list", .letter = 'l', .group = 1, .kind = OPTION_TASK, .task = TASK_LIST,
	 .help = "List the selected tests: id, statement, needs"},
	{.name = "json", .group = 1, .kind = OPTION_FLAG, .offset = AT(json), .tasks = LIST,
	 .help = "With --list: as JSON"},
	{.name = "missing", .group = 1, .kind = OPTION_FLAG, .offset = AT(missing), .tasks = LIST,
	 .help = "With --list: the catalogue's rows that have no test yet"},
	{.name = "kernels", .group = 1, .kind = OPTION_TASK, .task = TASK_KERNELS,
	 .help = "List the kernels that are known by name, and what the cache has of them"},
	{.name = "runtimes", .group = 1, .kind = OPTION_TASK, .task = TASK_RUNTIMES,
	 .help = "List the container runtimes that are known by name"},
	{.name = "report", .group = 1, .argument = "DIR", .kind = OPTION_TASK, .task = TASK_REPORT,
	 .offset = AT(report), .help = "Make the reports of an earlier run again from its journal"},
	{.name = "resume", .group = 1, .argument = "DIR", .kind = OPTION_TASK, .task = TASK_RESUME,
	 .offset = AT(resume), .help = "Run what an interrupted run or matrix has not, into its folder"},
	{.name = "compare", .group = 1, .kind = OPTION_TASK, .task = TASK_COMPARE,
	 .help = "With two runs A B: what B does worse or better. A run is its folder, its results.json, or a "
		 "kernel, whose last run is meant"},
	{.name = "common", .group = 1, .kind = OPTION_FLAG, .offset = AT(common), .tasks = COMPARE,
	 .help = "With --compare: what only one of the two has, tests or kernels, does not count"},
	{.name = "lint", .group = 1, .kind = OPTION_TASK, .task = TASK_LINT,
	 .help = "Check the baseline against the date and the catalogue"},

	{.group = 2, .help = "The kernel, and a container runtime on it:"},
	{.name = "kernel", .letter = 'k', .group = 2, .argument = "K", .kind = OPTION_STRINGS,
	 .offset = AT(kernels), .wrong = wrong_kernel, .tasks = MACHINES | FETCH,
	 .help = "A name (debian/6.12), a bzImage or PVH vmlinux, a build tree, or a .deb; several make a matrix. "
		 "What is each one's own is said with it: K:config=FILE,modules=DIR"},
	{.name = "matrix", .group = 2, .kind = OPTION_FLAG, .offset = AT(matrix), .tasks = RUNS | FETCH,
	 .help = "Every kernel of vm/kernels.list, side by side"},
	{.name = "modules", .group = 2, .argument = "DIR", .kind = OPTION_STRING, .offset = AT(kernel.modules),
	 .tasks = MACHINES | FETCH, .flags = OPTION_REMEMBERED | OPTION_ONE_KERNEL | OPTION_IS_A_PATH,
	 .help = "Its modules: a folder that holds kernel/..."},
	{.name = "config", .group = 2, .argument = "FILE", .kind = OPTION_STRING, .offset = AT(kernel.config),
	 .tasks = MACHINES | FETCH, .flags = OPTION_REMEMBERED | OPTION_ONE_KERNEL | OPTION_IS_A_PATH,
	 .help = "Its configuration"},
	{.name = "mirror", .group = 2, .argument = "URL", .kind = OPTION_STRING, .offset = AT(kernel.mirror),
	 .tasks = MACHINES | FETCH | RESUME, .not_with = {"offline"},
	 .help = "Package mirror for kernels given by name"},
	{.name = "offline", .group = 2, .kind = OPTION_FLAG, .offset = AT(kernel.offline), .tasks = ANY,
	 .help = "Never touch the network"},
	{.name = "fetch-only", .group = 2, .kind = OPTION_TASK, .task = TASK_FETCH,
	 .help = "Get the kernels into the cache and run nothing"},
	{.name = "append", .group = 2, .argument = "ARGS", .kind = OPTION_STRING, .offset = AT(append),
	 .standard = "", .tasks = MACHINES, .flags = OPTION_REMEMBERED | OPTION_MAY_BE_EMPTY, .fact = "append",
	 .help = "Added to the kernel command line"},
	{.name = "runtime", .group = 2, .argument = "R", .kind = OPTION_STRINGS, .offset = AT(runtimes),
	 .wrong = wrong_runtime, .tasks = MACHINES | FETCH,
	 .help = "Run the suite runtime on a container runtime: reference, or a name of vm/runtimes.list "
		 "(crun); several make a matrix"},
	{.name = "runtime-path", .group = 2, .argument = "FILE", .kind = OPTION_STRING,
	 .offset = AT(runtime.path), .tasks = MACHINES | FETCH, .needs = "runtime",
	 .flags = OPTION_REMEMBERED | OPTION_ONE_RUNTIME | OPTION_IS_A_PATH,
	 .help = "The runtime's program, in place of the packaged one; its libraries come from this system"},

	{.group = 3, .help = "The machine:"},
	{.name = "accel", .group = 3, .argument = "auto|kvm|tcg", .kind = OPTION_CHOICE, .choices = accels,
	 .offset = AT(accel), .tasks = MACHINES, .flags = OPTION_REMEMBERED,
	 .help = "Accelerator; auto tries KVM, then emulates"},
	{.name = "memory", .group = 3, .argument = "MIB", .kind = OPTION_NUMBER, .least = 128, .most = 65536,
	 .offset = AT(memory), .standard = "512", .tasks = MACHINES, .flags = OPTION_REMEMBERED,
	 .fact = "memory_mib", .help = "Memory of a VM (default 512)"},
	{.name = "cpus", .group = 3, .argument = "N", .kind = OPTION_NUMBER, .least = 1, .most = 64,
	 .offset = AT(cpus), .tasks = MACHINES, .flags = OPTION_REMEMBERED, .fact = "cpus",
	 .help = "Processors of a VM, all online (default: two, of which emulation has one online until a test "
		 "needs the other)"},
	{.name = "qemu", .group = 3, .argument = "PATH", .kind = OPTION_STRING, .offset = AT(qemu),
	 .standard = QEMU, .tasks = ANY, .flags = OPTION_REMEMBERED | OPTION_IS_A_PLACE | OPTION_IS_A_PATH,
	 .help = "QEMU to use (default " QEMU ")"},
	{.name = "qemu-arg", .group = 3, .argument = "ARG", .kind = OPTION_STRINGS, .offset = AT(qemu_args),
	 .wrong = wrong_qemu_arg, .tasks = MACHINES, .flags = OPTION_REMEMBERED, .fact = "qemu_args",
	 .help = "One more word of QEMU's command line, as it is; may be given again (--qemu-arg -device "
		 "--qemu-arg virtio-balloon-pci)"},
	{.name = "setup", .group = 3, .argument = "LINE", .kind = OPTION_STRINGS, .offset = AT(setup),
	 .wrong = wrong_setup, .tasks = RUNS | BISECT, .flags = OPTION_REMEMBERED,
	 .fact = "setup", .help = "A shell line run in each VM before the tests; may be given again"},
	{.name = "gdb", .group = 3, .kind = OPTION_FLAG, .offset = AT(gdb), .tasks = RUNS | SHELL,
	 .not_with = {"sabotage", "repeat", "shard"}, .implies = {"jobs=1", "reruns=0"},
	 .flags = OPTION_ONE_KERNEL | OPTION_ONE_RUNTIME,
	 .help = "The VM waits for a debugger, and has no time limits: two lines to type are printed"},
	{.name = "dump", .group = 3, .kind = OPTION_FLAG, .offset = AT(dump), .tasks = RUNS,
	 .not_with = {"gdb"}, .fact = "dump",
	 .help = "Keep the memory of a guest that dies or hangs, as large as --memory, in the results: an ELF core for "
		 "crash or drgn"},
	{.name = "share", .group = 3, .argument = "DIR", .kind = OPTION_STRING, .offset = AT(share),
	 .tasks = SHELL,
	 .help = "With --shell: a copy of this folder is /share there, and nothing that is done to it comes back"},
	{.name = "shell", .group = 3, .kind = OPTION_TASK, .task = TASK_SHELL,
	 .flags = OPTION_ONE_KERNEL | OPTION_ONE_RUNTIME,
	 .help = "Boot to a shell on this terminal instead of running tests"},

	{.group = 4, .help = "How to run:"},
	{.name = "jobs", .letter = 'j', .group = 4, .argument = "N", .kind = OPTION_NUMBER, .least = 1,
	 .most = 64, .offset = AT(jobs), .tasks = RUNS | RESUME,
	 .help = "VMs at once (default: one a core, as memory allows)"},
	{.name = "repeat", .group = 4, .argument = "N", .kind = OPTION_NUMBER, .least = 1, .most = 1000000,
	 .offset = AT(repeat), .standard = "1", .tasks = RUNS, .implies = {"reruns=0"}, .fact = "repeat",
	 .help = "Run the selection N times; stop at the first that is bad"},
	{.name = "reruns", .group = 4, .argument = "N", .kind = OPTION_NUMBER, .least = 0, .most = 20,
	 .offset = AT(reruns), .standard = "2", .tasks = RUNS,
	 .help = "Run a failed test N times more, alone in booted VMs, to tell a flaky one (default 2, 0: never)"},
	{.name = "in-order", .group = 4, .kind = OPTION_FLAG, .offset = AT(in_order), .tasks = RUNS,
	 .not_with = {"fresh-vm", "sabotage"}, .implies = {"jobs=1"}, .flags = OPTION_WANTS_WORDS,
	 .help = "Run the tests as they are named, in one VM"},
	{.name = "timeout-factor", .group = 4, .argument = "F", .kind = OPTION_FACTOR,
	 .offset = AT(timeout_factor), .standard = "1", .tasks = RUNS | BISECT, .flags = OPTION_REMEMBERED,
	 .fact = "timeout_factor", .help = "Multiply every time limit by F (0.1 to 1000)"},
	{.name = "cold", .group = 4, .kind = OPTION_FLAG, .offset = AT(cold), .tasks = RUNS | BISECT,
	 .flags = OPTION_REMEMBERED, .fact = "cold", .help = "Boot every VM, restore none"},
	{.name = "fresh-vm", .group = 4, .kind = OPTION_FLAG, .offset = AT(fresh_vm), .tasks = RUNS | BISECT,
	 .fact = "fresh_vm", .help = "A VM of its own for every test"},
	{.name = "bisect", .group = 4, .argument = "ID", .kind = OPTION_TASK, .task = TASK_BISECT,
	 .offset = AT(bisect), .needs = "kernel", .flags = OPTION_ONE_KERNEL | OPTION_ONE_RUNTIME,
	 .help = "One step of git bisect run about that test: exit 0 good, 1 bad, 125 cannot tell"},
	{.name = "fail-fast", .group = 4, .argument = "N", .kind = OPTION_NUMBER, .least = 1, .most = 1000000,
	 .offset = AT(fail_fast), .tasks = RUNS | RESUME, .not_with = {"sabotage", "repeat"},
	 .without = "1", .fact = "fail_fast",
	 .help = "Stop a kernel after N unexpected verdicts (default 1), and begin no other; see --resume"},
	{.name = "only-failed", .group = 4, .argument = "DIR", .kind = OPTION_STRING,
	 .offset = AT(only_failed), .tasks = RUNS,
	 .help = "Of the selection only what failed in that run or matrix, on its kernels and with its options "
		 "where none are given"},
	{.name = "watch", .group = 4, .kind = OPTION_FLAG, .offset = AT(watch), .tasks = RUNS, .not_with = {"gdb"},
	 .help = "Run again whenever the kernel that --kernel names by its file or build tree, or the program of "
		 "the tests, has changed; ^C ends it"},
	{.name = "sabotage", .group = 4, .kind = OPTION_FLAG, .offset = AT(sabotage), .tasks = RUNS,
	 .not_with = {"baseline", "update-baseline", "repeat"}, .implies = {"reruns=0"},
	 .flags = OPTION_REMEMBERED, .fact = "sabotage",
	 .help = "Let the helpers lie about isolation: no such test may pass"},
	{.name = "shard", .group = 4, .argument = "I/N", .kind = OPTION_PART, .offset = AT(shard),
	 .tasks = RUNS, .help = "Only part I of N, all of which take about as long; see --merge"},
	{.name = "times", .group = 4, .argument = "PATH", .kind = OPTION_STRING, .offset = AT(times),
	 .tasks = RUNS, .needs = "shard",
	 .help = "With --shard: durations are those of this run, matrix or results.json"},

	{.group = 5, .help = "Results:"},
	{.name = "merge", .group = 5, .kind = OPTION_TASK, .task = TASK_MERGE,
	 .help = "Make one matrix of the results of all parts, the folders that are named"},
	{.name = "output", .letter = 'o', .group = 5, .argument = "DIR", .kind = OPTION_STRING,
	 .offset = AT(output), .tasks = RUNS | BISECT | MERGE,
	 .help = "Where the results go (default: a new folder in results/runs)"},
	{.name = "baseline", .group = 5, .argument = "FILE", .kind = OPTION_STRING, .offset = AT(baseline),
	 .tasks = RUNS | LINT, .flags = OPTION_REMEMBERED | OPTION_IS_A_PATH, .fact = "baseline",
	 .help = "Known failures (default results/baseline/known.tsv; none: none)"},
	{.name = "update-baseline", .group = 5, .argument = "FILE", .kind = OPTION_STRING,
	 .offset = AT(update_baseline), .tasks = RUNS | REPORT | MERGE,
	 .help = "Write the failures of this run, or of --report DIR, into a baseline; reasons are yours to "
		 "fill in"},
	{.name = "quiet", .letter = 'q', .group = 5, .kind = OPTION_FLAG, .offset = AT(quiet),
	 .tasks = RUNS | RESUME, .help = "Print only what went wrong, and the summary"},
	{.name = "verbose", .letter = 'v', .group = 5, .kind = OPTION_FLAG, .offset = AT(verbose),
	 .tasks = RUNS | RESUME, .not_with = {"quiet"},
	 .help = "Print each test, and all that it and the kernel said where it did not pass"},
	{.name = "github", .group = 5, .kind = OPTION_FLAG, .offset = AT(github),
	 .tasks = RUNS | RESUME | REPORT | MERGE, .help = "Print annotations, as within GitHub Actions"},
	{.name = "timings", .group = 5, .kind = OPTION_FLAG, .offset = AT(timings), .tasks = RUNS | RESUME,
	 .help = "Tell where the time went"},

	{.group = 6, .help = "Its own files:"},
	{.name = "guest", .group = 6, .argument = "PATH", .kind = OPTION_STRING, .offset = AT(guest),
	 .tasks = ANY, .flags = OPTION_REMEMBERED | OPTION_IS_A_PLACE | OPTION_IS_A_PATH,
	 .help = "The program that holds the suites (default: beside this one)"},
	{.name = "init", .group = 6, .argument = "PATH", .kind = OPTION_STRING, .offset = AT(init),
	 .tasks = ANY, .flags = OPTION_REMEMBERED | OPTION_IS_A_PLACE | OPTION_IS_A_PATH,
	 .help = "The guest's init (default: beside this one)"},
	{.name = "cache", .group = 6, .argument = "DIR", .kind = OPTION_STRING, .offset = AT(cache),
	 .tasks = ANY, .flags = OPTION_REMEMBERED | OPTION_IS_A_PLACE | OPTION_IS_A_PATH,
	 .help = "Kernels, images, snapshots (default ~/.cache/nscheck)"},
	{.name = "cache-size", .group = 6, .argument = "MIB", .kind = OPTION_NUMBER, .least = 0,
	 .most = 1 << 20, .offset = AT(cache_size), .standard = "2048", .tasks = ANY,
	 .flags = OPTION_IS_A_PLACE, .help = "Most room for snapshots (default 2048)"},
};
/* clang-format on */

const size_t option_count = sizeof(option_table) / sizeof(*option_table);

const struct option_row *option_find(const char *name, size_t len)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_table[i];

		if (row->name && !strncmp(row->name, name, len) && !row->name[len])
			return row;
	}
	return NULL;
}

void *option_field(const struct option_row *row, const struct options *o)
{
	return (char *)o + row->offset;
}

const struct given *option_given(const struct option_row *row, const struct options *o)
{
	for (size_t i = o->given_count; i-- > 0;)
		if (o->given[i].row == row)
			return &o->given[i];
	return NULL;
}
