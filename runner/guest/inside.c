// SPDX-License-Identifier: GPL-2.0-only
#include "runner/guest/inside.h"

#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/cgroup.h"
#include "helpers/container.h"
#include "helpers/creds.h"
#include "helpers/file.h"
#include "helpers/idmap.h"
#include "helpers/ns.h"
#include "helpers/proc.h"
#include "kselftest.h"

enum answer { PASSES, FAILS_, SKIPS };

static char why[300];

static enum answer because(enum answer answer, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static enum answer because(enum answer answer, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return answer;
}

#define FAILED(...)  because(FAILS_, __VA_ARGS__)
#define SKIPPED(...) because(SKIPS, __VA_ARGS__)

/* The host's namespaces by ns_types, 0 where the file of --expect says nothing. */
static long long host[NS_TYPES];

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Calls in a process of its own, whose exit status is the answer: 0 yes, 1 no, anything else cannot be told. */
static int in_child(int (*act)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act());
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool own_user_namespace(void)
{
	unsigned int in, out, count;
	const char *map = file_read("/proc/self/uid_map");

	return !map || sscanf(map, "%u %u %u", &in, &out, &count) != 3 || in || out || count != UINT_MAX;
}

/* Numbers of initial namespaces are fixed (include/linux/proc_ns.h); the host's own come by --expect. */
static enum answer namespaces_are_not_the_hosts(void)
{
	static const struct {
		const char *name;
		long long id;
	} initial[] = {{"ipc", 0xEFFFFFFF}, {"uts", 0xEFFFFFFE}, {"pid", 0xEFFFFFFC}, {"cgroup", 0xEFFFFFFB}};
	int asked = 0;

	for (int i = 0; i < NS_TYPES; i++) {
		asked += host[i] != 0;
		if (host[i] && ns_id(0, ns_types[i].name) == host[i])
			return FAILED("the %s namespace is the host's, %lld", ns_types[i].name, host[i]);
	}
	for (size_t i = 0; !asked && i < sizeof(initial) / sizeof(initial[0]); i++)
		if (ns_id(0, initial[i].name) == initial[i].id)
			return FAILED("the %s namespace is the kernel's initial one", initial[i].name);
	return PASSES;
}

static enum answer namespaces_belong_to_the_user_namespace(void)
{
	if (!own_user_namespace())
		return SKIPPED("no user namespace of its own");
	for (int i = 0; i < NS_TYPES; i++) {
		int fd = ns_types[i].flag & CONTAINER_NAMESPACES ? ns_open(0, ns_types[i].name) : -1;
		long long owner = fd < 0 ? -1 : ns_relative(fd, NS_GET_USERNS);
		close(fd);
		if (fd >= 0 && owner != ns_id(0, "user"))
			return FAILED("the %s namespace belongs to another user namespace", ns_types[i].name);
	}
	return PASSES;
}

static enum answer payload_is_pid_1(void)
{
	if (getpid() != 1)
		return SKIPPED("started as process %d: something else is process 1", getpid());
	return getppid() == 0 ? PASSES : FAILED("process 1 has a parent, %d", getppid());
}

static enum answer proc_is_of_the_pid_namespace(void)
{
	pid_t pids[4096];
	int count = proc_list("/proc", pids, 4096);

	if (count < 0)
		return FAILED("/proc cannot be read: %s", strerror(errno));
	if (proc_self() != getpid())
		return FAILED("/proc/self is %d, but this is process %d", proc_self(), getpid());
	for (int i = 0; i < count && i < 4096; i++)
		if (kill(pids[i], 0) < 0 && errno == ESRCH && proc_state(pids[i]) > 0)
			return FAILED("/proc lists process %d of another PID namespace", pids[i]);
	return PASSES;
}

static int climb_to_root(void)
{
	for (int i = 0; i < 64; i++)
		if (chdir("..") < 0)
			return 2;
	return same_file(".", "/") ? 0 : 1;
}

static enum answer dotdot_stops_at_root(void)
{
	char cwd[PATH_MAX];

	if (!getcwd(cwd, sizeof(cwd)) || cwd[0] != '/')
		return FAILED("the working directory lies outside of the root");
	return in_child(climb_to_root) == 0 ? PASSES : FAILED("64 times .. is not the root");
}

static enum answer root_of_process_1_is_the_same(void)
{
	struct stat st;

	if (stat("/proc/1/root/.", &st) < 0)
		return SKIPPED("/proc/1/root cannot be followed: %s", strerror(errno));
	return same_file("/proc/1/root/.", "/") ? PASSES : FAILED("/proc/1/root leads elsewhere");
}

static enum answer no_descriptor_is_a_directory(void)
{
	int fds[64], count = container_inherited(fds, 64);

	for (int i = 0; i < count && i < 64; i++) {
		struct stat st;
		if (fstat(fds[i], &st) == 0 && S_ISDIR(st.st_mode))
			return FAILED("descriptor %d is a directory: %s", fds[i],
				      link_read(path("/proc/self/fd/%d", fds[i])));
	}
	return PASSES;
}

/* chroot(2): "This call does not change the current working directory". 3: it may not be called. */
static int escape(void)
{
	char dir[] = "/tmp/nscheck-XXXXXX";
	int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), home = open("/", O_PATH | O_CLOEXEC),
	    result = 3;
	struct stat before, after;

	if (!mkdtemp(dir))
		return 2;
	if (fstat(home, &before) == 0 && chroot(dir) == 0 && fchdir(root) == 0) {
		for (int i = 0; i < 64; i++)
			if (chdir("..") < 0)
				break;
		result = stat(".", &after) == 0 && before.st_dev == after.st_dev &&
					 before.st_ino == after.st_ino
				 ? 0
				 : 1;
	}
	unlinkat(home, dir + 1, AT_REMOVEDIR);
	return result;
}

static enum answer chroot_escape_ends_at_root(void)
{
	switch (in_child(escape)) {
	case 0: return PASSES;
	case 1: return FAILED("a second chroot leads out of the root");
	case 3: return SKIPPED("chroot is not allowed");
	default: return SKIPPED("/tmp is not writable");
	}
}

static enum answer handles_are_refused(void)
{
	union {
		struct file_handle head;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} handle = {.head.handle_bytes = MAX_HANDLE_SZ};
	int id, root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (name_to_handle_at(AT_FDCWD, "/", &handle.head, &id, 0) < 0)
		return SKIPPED("the root has no file handles");
	int fd = open_by_handle_at(root, &handle.head, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	close(root);
	return fd < 0 ? PASSES
		      : FAILED("open_by_handle_at(2) works: every file of the file system is in reach");
}

static enum answer devices_are_the_default_ones(void)
{
	static const char *const forbidden[] = {"mem", "kmem", "port", "kvm"};
	DIR *dir = opendir("/dev");
	struct stat st;

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		const char *file = path("/dev/%s", entry->d_name);
		bool bad = lstat(file, &st) == 0 && S_ISBLK(st.st_mode);
		for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
			bad |= strcmp(entry->d_name, forbidden[i]) == 0;
		if (bad) {
			closedir(dir);
			return FAILED("%s is there", file);
		}
	}
	if (dir)
		closedir(dir);
	if (stat("/dev/null", &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return FAILED("/dev/null is not the null device");
	return PASSES;
}

/* Bytes to read or entries to list. */
static bool has_content(const char *file)
{
	struct stat st;
	char byte;

	if (stat(file, &st) == 0 && S_ISDIR(st.st_mode))
		return dir_count(file) > 0;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool any = fd >= 0 && read(fd, &byte, 1) == 1;
	close(fd);
	return any;
}

static enum answer masked_paths_are_empty(void)
{
	for (int i = 0; container_masked[i]; i++)
		if (has_content(container_masked[i]))
			return FAILED("%s has content", container_masked[i]);
	return PASSES;
}

static enum answer kernel_parameters_are_not_writable(void)
{
	static const char *const files[] = {"/proc/sysrq-trigger", "/proc/sys/kernel/printk",
					    "/proc/sys/kernel/core_pattern", "/proc/sys/vm/swappiness",
					    "/proc/irq/default_smp_affinity"};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int fd = open(files[i], O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		close(fd);
		return FAILED("%s can be opened for writing", files[i]);
	}
	return PASSES;
}

/* In user, mount and PID namespaces of its own: 0 proc is refused, 1 it is mounted, 2 there are no such namespaces. */
static int mount_proc(void)
{
	int status;

	if (unshare(NS_USER) < 0 || unshare(NS_MNT | NS_PID) < 0)
		return 2;
	pid_t pid = fork();
	if (pid == 0)
		_exit(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : 2;
}

static enum answer new_proc_cannot_reveal_masked(void)
{
	switch (in_child(mount_proc)) {
	case 0: return PASSES;
	case 1: return FAILED("a user namespace can mount /proc without its masks");
	default: return SKIPPED("no user namespace can be made");
	}
}

static enum answer capabilities_are_harmless(void)
{
	static const cap_value_t mighty[] = {
		CAP_SYS_ADMIN, CAP_SYS_MODULE, CAP_SYS_RAWIO,       CAP_SYS_PTRACE, CAP_SYS_TIME,
		CAP_SYS_BOOT,  CAP_NET_ADMIN,  CAP_DAC_READ_SEARCH, CAP_SYSLOG,     CAP_MAC_ADMIN};

	if (own_user_namespace())
		return SKIPPED("they count in its own user namespace only");
	for (size_t i = 0; i < sizeof(mighty) / sizeof(mighty[0]); i++)
		if (cap_effective(mighty[i]))
			return FAILED("the host's root has %s here", cap_to_name(mighty[i]));
	return PASSES;
}

static enum answer inheritable_and_ambient_are_empty(void)
{
	const char *inheritable = proc_status(0, "CapInh"), *ambient = proc_status(0, "CapAmb");

	if (!inheritable || !ambient)
		return SKIPPED("/proc/self/status does not tell");
	if (strcmp(inheritable, CAPS_NONE) != 0 || strcmp(ambient, CAPS_NONE) != 0)
		return FAILED("inheritable %s, ambient %s", inheritable, ambient);
	return PASSES;
}

static enum answer root_is_nobody_outside(void)
{
	unsigned int in = 0, out = 0;
	const char *map = file_read("/proc/self/uid_map");

	if (!own_user_namespace())
		return SKIPPED("no user namespace of its own");
	if (map && sscanf(map, "%u %u", &in, &out) == 2 && in == 0 && out == 0)
		return FAILED("uid 0 is uid 0 outside as well");
	return PASSES;
}

static enum answer modules_cannot_be_loaded(void)
{
	errno = 0;
	syscall(SYS_init_module, "", 0, "");
	return errno == EPERM || errno == ENOSYS ? PASSES
						 : FAILED("init_module(2) gives %s", strerror(errno));
}

static enum answer cgroup_is_its_own_root(void)
{
	const char *cgroup = cgroup_of(0);

	if (!cgroup)
		return SKIPPED("no cgroup v2");
	return strcmp(cgroup, "/") == 0 ? PASSES : FAILED("the cgroup is %s, not the root", cgroup);
}

static enum answer ipc_objects_are_none(void)
{
	static const char *const kinds[] = {"shm", "sem", "msg"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *list = file_read(path("/proc/sysvipc/%s", kinds[i]));
		if (list && strchr(list, '\n'))
			return FAILED("/proc/sysvipc/%s lists somebody's objects", kinds[i]);
	}
	return PASSES;
}

#define CHECK(name)                                                                                          \
	{                                                                                                    \
#name, name                                                                                  \
	}

static const struct {
	const char *name;
	enum answer (*ask)(void);
} checks[] = {
	CHECK(namespaces_are_not_the_hosts),
	CHECK(namespaces_belong_to_the_user_namespace),
	CHECK(payload_is_pid_1),
	CHECK(proc_is_of_the_pid_namespace),
	CHECK(dotdot_stops_at_root),
	CHECK(root_of_process_1_is_the_same),
	CHECK(no_descriptor_is_a_directory),
	CHECK(chroot_escape_ends_at_root),
	CHECK(handles_are_refused),
	CHECK(devices_are_the_default_ones),
	CHECK(masked_paths_are_empty),
	CHECK(kernel_parameters_are_not_writable),
	CHECK(new_proc_cannot_reveal_masked),
	CHECK(capabilities_are_harmless),
	CHECK(inheritable_and_ambient_are_empty),
	CHECK(root_is_nobody_outside),
	CHECK(modules_cannot_be_loaded),
	CHECK(cgroup_is_its_own_root),
	CHECK(ipc_objects_are_none),
};

#define CHECKS (sizeof(checks) / sizeof(checks[0]))

static void take_expected(struct argp_state *state, const char *file)
{
	FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
	char line[256], type[16], rest[2];
	long long id;

	if (!in)
		argp_failure(state, 2, errno, "%s", file);
	for (int number = 1; fgets(line, sizeof(line), in); number++) {
		int known = -1;
		if (line[0] == '#' || line[strspn(line, " \t\n")] == '\0')
			continue;
		int words = sscanf(line, "%15s %lld %1s", type, &id, rest);
		for (int i = 0; words == 2 && i < NS_TYPES; i++)
			if (strcmp(ns_types[i].name, type) == 0)
				known = i;
		if (known < 0 || id <= 0)
			argp_failure(state, 2, 0,
				     "%s:%d: expected TYPE INODE of a namespace of the host, such as 'pid "
				     "4026531836'",
				     file, number);
		host[known] = id;
	}
	if (in != stdin)
		fclose(in);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key != 'e')
		return ARGP_ERR_UNKNOWN;
	take_expected(state, arg);
	return 0;
}

static void report(const char *name, enum answer answer)
{
	if (answer != PASSES)
		ksft_print_msg("%s\n", why);
	switch (answer) {
	case PASSES: ksft_test_result_pass("inside.%s\n", name); break;
	case SKIPS: ksft_test_result_skip("inside.%s\n", name); break;
	default: ksft_test_result_fail("inside.%s\n", name); break;
	}
}

int inside(int argc, char **argv)
{
	static const struct argp_option options[] = {{"expect", 'e', "FILE", 0,
						      "the host's namespaces, a line 'TYPE INODE' for each "
						      "that must not be shared; - is standard input",
						      0},
						     {0}};
	static const struct argp argp = {
		options, parse, NULL, "Checks a container from inside, as its first program: prints KTAP.",
		NULL,    NULL,  NULL};

	container_look();
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("KTAP version 1");
	ksft_set_plan(CHECKS);
	for (size_t i = 0; i < CHECKS; i++)
		report(checks[i].name, checks[i].ask());
	ksft_finished();
}
