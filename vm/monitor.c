// SPDX-License-Identifier: GPL-2.0-only
#include "vm/monitor.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/program.h"
#include "runner/contract.h"
#include "vm/memo.h"

#define MEMORY_MIN 128
#define MEMORY_MAX (1 << 20)
#define CPUS_MAX   64

/* COMMAND_LINE_SIZE of x86: the kernel would cut the rest off silently. */
#define COMMAND_LINE_MAX 2048

/*
 * panic, oops and reboot make a dead kernel end the VM at once. The crypto self-tests, which are not our
 * subject, are a quarter of all that a boot to init executes. On a busy machine the emulated timer may come too late
 * for the kernel, which panics if it checks.
 */
static const char command_line[] =
	"console=" TTY_CONSOLE
	" loglevel=5 panic=-1 oops=panic reboot=t cryptomgr.notests no_timer_check " WORD_VM;

/* The bounds of the section that MONITOR() fills. */
extern const struct monitor *const __start_monitors[], *const __stop_monitors[];

/* Titles (or packages) of all that are known: "QEMU or Other"; to free. */
static char *names(bool packages)
{
	struct strings list = {0};

	for (const struct monitor *const *m = __start_monitors; m < __stop_monitors; m++) {
		const char *name = packages ? (*m)->package : (*m)->title;

		if (name)
			strings_add(&list, name);
	}
	char *all = strings_join(&list, " or ");
	strings_free(&list);
	return all;
}

static int cannot_run(const char *program, int error, struct fault *fault)
{
	char *packages = names(true);

	fault_set(fault, EXIT_BAD_INPUT, "cannot run %s: %s; install the package %s", program,
		  strerror(error), packages);
	free(packages);
	return -1;
}

static const struct monitor *who_says(const char *version)
{
	for (const struct monitor *const *m = __start_monitors; m < __stop_monitors; m++) {
		const struct monitor *known = *m;

		if (known->is_mine(version))
			return known;
	}
	return NULL;
}

static const struct monitor *which(const char *program, const char *version, struct fault *fault)
{
	const struct monitor *m = who_says(version);

	if (m)
		return m;
	char *titles = names(false), *packages = names(true);
	fault_set(fault, EXIT_BAD_INPUT, "%s is not %s: install the package %s", program, titles, packages);
	free(titles);
	free(packages);
	return NULL;
}

static int ask_version(const char *program, char *out, size_t size, struct fault *fault)
{
	char *argv[] = {(char *)program, (char *)"--version", NULL};
	struct program asked;
	int error = program_start(&asked, argv, PROGRAM_BY_NAME | PROGRAM_QUIET);

	if (error)
		return cannot_run(program, error, fault);
	bool got = fgets(out, (int)size, asked.says);
	out[got ? strcspn(out, "\r\n") : 0] = '\0';
	program_end(&asked);
	return 0;
}

/* Notes where the shell would look for it; NULL when it is not found. */
static char *look_up(const char *program, struct memo *memo)
{
	struct strings dirs = {0};
	char *path = NULL;

	if (strchr(program, '/')) {
		memo_input(memo, program);
		return mem_strdup(program);
	}
	strings_split(&dirs, getenv("PATH") ? getenv("PATH") : "", ":");
	for (size_t i = 0; !path && i < dirs.count; i++) {
		path = mem_printf("%s/%s", dirs.items[i], program);
		memo_input(memo, path);
		if (access(path, X_OK) < 0) {
			free(path);
			path = NULL;
		}
	}
	strings_free(&dirs);
	return path;
}

/* What a script says may change without it. */
static bool is_binary(const char *path)
{
	char magic[4] = "";
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	bool is = fd >= 0 && read(fd, magic, sizeof(magic)) == sizeof(magic) && !memcmp(magic, "\177ELF", 4);

	if (fd >= 0)
		close(fd);
	return is;
}

static int look_for_version(const char *program, struct memo *memo, char *out, size_t size,
			    struct fault *fault)
{
	struct strings answer = {0};
	char *path = look_up(program, memo);
	int rc = ask_version(program, out, size, fault);

	if (rc == 0 && is_binary(path) && who_says(out)) {
		strings_add(&answer, out);
		memo_keep(memo, &answer);
		strings_free(&answer);
	}
	free(path);
	return rc;
}

const struct monitor *monitor_find(const char *program, const char *cache_dir, char *version, size_t size,
				   struct fault *fault)
{
	struct memo *memo = memo_new(cache_dir, "monitor");
	struct strings answer;
	int rc = 0;

	memo_ask(memo, program);
	memo_ask(memo, getenv("PATH"));
	if (memo_recall(memo, &answer) && answer.count == 1)
		snprintf(version, size, "%s", answer.items[0]);
	else
		rc = look_for_version(program, memo, version, size, fault);
	strings_free(&answer);
	memo_free(memo);
	return rc ? NULL : which(program, version, fault);
}

int monitor_cpus_online(int cpus, enum accel accel)
{
	return cpus ? cpus : accel == ACCEL_KVM ? MONITOR_CPUS : 1;
}

char **monitor_argv(const struct monitor *monitor, const struct monitor_request *r, struct fault *fault)
{
	if (r->memory_mib < MEMORY_MIN || r->memory_mib > MEMORY_MAX) {
		fault_set(fault, EXIT_BAD_INPUT, "%d MiB of memory will not do: give %d to %d", r->memory_mib,
			  MEMORY_MIN, MEMORY_MAX);
		return NULL;
	}
	if (r->cpus < 0 || r->cpus > CPUS_MAX) {
		fault_set(fault, EXIT_BAD_INPUT, "%d processors will not do: give 1 to %d", r->cpus,
			  CPUS_MAX);
		return NULL;
	}
	return monitor->argv(r, fault);
}

void monitor_argv_free(char **argv)
{
	for (char **arg = argv; arg && *arg; arg++)
		free(*arg);
	free(argv);
}

char *monitor_command_line(const struct monitor_request *r, const char *own, struct fault *fault)
{
	bool debugged = r->fds[MONITOR_DEBUGGER] >= 0; /* by addresses that are those of its symbols */
	char *line =
		mem_printf("%s%s%s%s%s%s", command_line, own, debugged ? " nokaslr" : "",
			   r->shell ? " " WORD_SHELL : "", r->append ? " " : "", r->append ? r->append : "");
	size_t len = strlen(line);

	if (len < COMMAND_LINE_MAX)
		return line;
	fault_set(fault, EXIT_BAD_INPUT,
		  "the kernel's command line has %zu bytes, and only %d fit: shorten --append", len,
		  COMMAND_LINE_MAX - 1);
	free(line);
	return NULL;
}

struct monitor_talk *monitor_talk(const struct monitor *monitor, int fd, bool restoring, monitor_sink *sink,
				  void *arg)
{
	struct monitor_talk *talk = monitor->begin(fd);

	*talk = (struct monitor_talk){.restoring = restoring, .sink = sink, .arg = arg, .wake_ms = -1};
	return talk;
}

char *monitor_ended(const struct monitor *monitor, int status)
{
	if (WIFSIGNALED(status))
		return mem_printf("%s was ended by signal %d (%s)", monitor->title, WTERMSIG(status),
				  strsignal(WTERMSIG(status)));
	return mem_printf("%s ended with status %d", monitor->title, WEXITSTATUS(status));
}
