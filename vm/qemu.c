// SPDX-License-Identifier: GPL-2.0-only
#include "vm/qemu.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/contract.h"
#include "runner/base/program.h"
#include "vm/memo.h"

#define MEMORY_MIN 128
#define MEMORY_MAX (1 << 20)
#define CPUS_MAX   64

/* COMMAND_LINE_SIZE of x86: the kernel would cut the rest off silently. */
#define COMMAND_LINE_MAX 2048

/*
 * panic, oops and reboot make a dead kernel end the VM at once (with -no-reboot). The crypto self-tests, which are not our
 * subject, are a quarter of all that a boot to init executes. On a busy machine the emulated timer may come too late
 * for the kernel, which panics if it checks.
 */
static const char command_line[] =
	"console=" TTY_CONSOLE
	" loglevel=5 panic=-1 oops=panic reboot=t cryptomgr.notests no_timer_check " WORD_VM;

static void add(struct strings *argv, const char *option, char *value)
{
	strings_add(argv, option);
	if (value)
		strings_take(argv, value);
}

static void add_machine(struct strings *argv, const struct qemu_request *r)
{
	add(argv, "-nodefaults", NULL);
	add(argv, "-no-user-config", NULL);
	add(argv, "-no-reboot", NULL);
	add(argv, "-display", mem_strdup("none"));
	add(argv, "-sandbox",
	    mem_strdup("on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"));
	add(argv, "-machine", mem_strdup("q35"));
	/*
	 * Multi-threaded TCG races with the kernel's patching of its own text (an int3 oops on 6.18 and newer), and
	 * is no faster. Translated code may take 96 MiB: QEMU's own limit of 1 GiB is reached in a long run, and 64
	 * are as fast.
	 */
	add(argv, "-accel", mem_strdup(r->accel == ACCEL_KVM ? "kvm" : "tcg,thread=single,tb-size=96"));
	add(argv, "-cpu", mem_strdup(r->accel == ACCEL_KVM ? "host" : "qemu64"));
	add(argv, "-m", mem_printf("%d", r->memory_mib ? r->memory_mib : QEMU_MEMORY_MIB));
	add(argv, "-smp", mem_printf("%d", r->cpus ? r->cpus : QEMU_CPUS));
}

static void add_socket(struct strings *argv, const char *id, int fd)
{
	add(argv, "-chardev", mem_printf("socket,id=%s,fd=%d", id, fd));
}

static void add_channels(struct strings *argv, const struct qemu_request *r)
{
	add_socket(argv, "qmp", r->qmp_fd);
	add(argv, "-mon", mem_strdup("chardev=qmp,mode=control"));
	add_socket(argv, "console", r->console_fd);
	add(argv, "-serial", mem_strdup("chardev:console"));
	add_socket(argv, "serial2", r->serial2_fd);
	add(argv, "-serial", mem_strdup("chardev:serial2"));
	add(argv, "-device", mem_strdup("virtio-serial-pci"));
	add_socket(argv, "results", r->results_fd);
	add(argv, "-device", mem_strdup("virtserialport,chardev=results,name=" PORT_RESULTS));
	add_socket(argv, "control", r->control_fd);
	add(argv, "-device", mem_strdup("virtserialport,chardev=control,name=" PORT_ORDERS));
}

/* Two spare cards for tests of physical devices, wired to each other and to nothing else. */
static void add_network(struct strings *argv)
{
	add(argv, "-netdev", mem_strdup("hubport,id=spare0,hubid=0"));
	add(argv, "-netdev", mem_strdup("hubport,id=spare1,hubid=0"));
	add(argv, "-device", mem_strdup("virtio-net-pci,netdev=spare0,mac=52:54:00:00:00:01,romfile="));
	add(argv, "-device", mem_strdup("virtio-net-pci,netdev=spare1,mac=52:54:00:00:00:02,romfile="));
}

static int add_kernel(struct strings *argv, const struct qemu_request *r, struct fault *fault)
{
	/*
	 * Under emulation a second online CPU costs every test a quarter of its time and brings no concurrency
	 * (one thread serves both); who asks for CPUs gets them, and a test that needs one brings it up.
	 */
	const char *cpus = r->cpus || r->accel == ACCEL_KVM ? "" : " maxcpus=1";
	/*
	 * A hang with interrupts off ends in a trace when QEMU sends an NMI; a real processor may send others. A further
	 * CPU comes up in a third of the time if the kernel neither measures its speed (lpj suits 3 GHz and HZ=250, and
	 * decides no more than how long short delays last) nor writes all its locks anew.
	 */
	const char *emulated = r->accel == ACCEL_KVM ? "" : " unknown_nmi_panic noreplace-smp lpj=12000000";
	char *line = mem_printf("%s%s%s%s%s%s", command_line, cpus, emulated, r->shell ? " " WORD_SHELL : "",
				r->append ? " " : "", r->append ? r->append : "");
	size_t len = strlen(line);

	add(argv, "-kernel", mem_strdup(r->kernel->image));
	add(argv, "-initrd", mem_strdup(r->initrd));
	add(argv, "-append", line);
	if (len < COMMAND_LINE_MAX)
		return 0;
	return fault_set(fault, EXIT_BAD_INPUT,
			 "the kernel's command line has %zu bytes, and only %d fit: shorten --append", len,
			 COMMAND_LINE_MAX - 1);
}

static int check(const struct qemu_request *r, struct fault *fault)
{
	if (r->memory_mib && (r->memory_mib < MEMORY_MIN || r->memory_mib > MEMORY_MAX))
		return fault_set(fault, EXIT_BAD_INPUT, "%d MiB of memory will not do: give %d to %d",
				 r->memory_mib, MEMORY_MIN, MEMORY_MAX);
	if (r->cpus < 0 || r->cpus > CPUS_MAX)
		return fault_set(fault, EXIT_BAD_INPUT, "%d processors will not do: give 1 to %d", r->cpus,
				 CPUS_MAX);
	return 0;
}

char **qemu_argv(const struct qemu_request *request, struct fault *fault)
{
	struct strings argv = {0};

	if (check(request, fault) < 0)
		return NULL;
	strings_add(&argv, request->binary ? request->binary : QEMU_BINARY);
	add_machine(&argv, request);
	add(&argv, "-device", mem_strdup("virtio-rng-pci"));
	add_channels(&argv, request);
	add_network(&argv);
	if (add_kernel(&argv, request, fault) < 0) {
		strings_free(&argv);
		return NULL;
	}
	if (request->incoming_fd >= 0)
		add(&argv, "-incoming", mem_printf("fd:%d", request->incoming_fd));
	strings_take(&argv, NULL);
	return argv.items;
}

void qemu_argv_free(char **argv)
{
	for (char **arg = argv; arg && *arg; arg++)
		free(*arg);
	free(argv);
}

static int ask_version(const char *binary, char *out, size_t size, struct fault *fault)
{
	char *argv[] = {(char *)binary, (char *)"--version", NULL};
	struct program asked;
	int error = program_start(&asked, argv, PROGRAM_BY_NAME | PROGRAM_QUIET);

	if (error)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "cannot run %s: %s; install the package qemu-system-x86", binary,
				 strerror(error));
	bool got = fgets(out, (int)size, asked.says);
	out[got ? strcspn(out, "\r\n") : 0] = '\0';
	program_end(&asked);
	if (!got || strncmp(out, "QEMU", 4))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s is not a QEMU: install the package qemu-system-x86", binary);
	return 0;
}

/* Notes where the shell would look for it; NULL when it is not found. */
static char *look_up(const char *binary, struct memo *memo)
{
	struct strings dirs = {0};
	char *path = NULL;

	if (strchr(binary, '/')) {
		memo_input(memo, binary);
		return mem_strdup(binary);
	}
	strings_split(&dirs, getenv("PATH") ? getenv("PATH") : "", ":");
	for (size_t i = 0; !path && i < dirs.count; i++) {
		path = mem_printf("%s/%s", dirs.items[i], binary);
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
static bool is_program(const char *path)
{
	char magic[4] = "";
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	bool is = fd >= 0 && read(fd, magic, sizeof(magic)) == sizeof(magic) && !memcmp(magic, "\177ELF", 4);

	if (fd >= 0)
		close(fd);
	return is;
}

static int look_for_version(const char *binary, struct memo *memo, char *out, size_t size,
			    struct fault *fault)
{
	struct strings answer = {0};
	char *path = look_up(binary, memo);
	int rc = ask_version(binary, out, size, fault);

	if (rc == 0 && is_program(path)) {
		strings_add(&answer, out);
		memo_keep(memo, &answer);
		strings_free(&answer);
	}
	free(path);
	return rc;
}

int qemu_version(const char *binary, const char *cache_dir, char *out, size_t size, struct fault *fault)
{
	struct memo *memo = memo_new(cache_dir, "qemu");
	struct strings answer;
	int rc = 0;

	if (!binary)
		binary = QEMU_BINARY;
	memo_ask(memo, binary);
	memo_ask(memo, getenv("PATH"));
	if (memo_recall(memo, &answer) && answer.count == 1)
		snprintf(out, size, "%s", answer.items[0]);
	else
		rc = look_for_version(binary, memo, out, size, fault);
	strings_free(&answer);
	memo_free(memo);
	return rc;
}
