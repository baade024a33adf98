// SPDX-License-Identifier: GPL-2.0-only
/*
 * podman(1), with crun below it: an engine with a store of its own, and a monitor (conmon(8)) for each container and each
 * exec. Its root file systems are directories (--rootfs), its network is none or a given one. The filter of system calls
 * that it would add is left out, as no other runtime is asked for one.
 */
#include "helpers/oci.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/command.h"
#include "helpers/file.h"
#include "helpers/proc.h"

static void run(const struct container *c);
static void exec(const struct container *c, const struct container_process *process);
static int signal_to(const struct container *c, int sig);
static int await_monitors(const struct container *c);

/* Its own documentation promises what the runtime below it does, by way of options. */
RUNTIME(podman, .program = "podman", .claims = OCI_CLAIMS & ~RUNTIME_UNPRIVILEGED, .cgroup_parent = true,
	.run = run, .exec = exec, .signal = signal_to, .remove = await_monitors);

/* One store for all containers of a test, as an engine has it. */
static struct command begin(const char *verb)
{
	static const char *const options[] = {"podman",
					      "--root=/tmp/podman/store",
					      "--runroot=/tmp/podman/run",
					      "--tmpdir=/tmp/podman/tmp",
					      "--storage-driver=vfs",
					      "--cgroup-manager=cgroupfs",
					      "--events-backend=none",
					      "--runtime=crun",
					      NULL};
	struct command command = {0};

	command_add_all(&command, options);
	command_add(&command, "%s", verb);
	return command;
}

static void add_namespaces(struct command *command, const struct container *c)
{
	static const struct {
		int type;
		const char *option, *own;
	} options[] = {{NS_CGROUP, "--cgroupns", "private"}, {NS_IPC, "--ipc", "private"},
		       {NS_NET, "--network", "none"},        {NS_PID, "--pid", "private"},
		       {NS_UTS, "--uts", "private"},         {NS_USER, "--userns", NULL}};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *join = NULL;

		for (size_t k = 0; k < 4 && c->config->join[k].type; k++)
			if (c->config->join[k].type == options[i].type)
				join = c->config->join[k].path;
		if (join)
			command_add(command, "%s=ns:%s", options[i].option, join);
		else if (!(c->namespaces & options[i].type))
			command_add(command, "%s=host", options[i].option);
		else if (options[i].own)
			command_add(command, "%s=%s", options[i].option, options[i].own);
	}
	for (size_t k = 0; k < 4 && c->config->join[k].type; k++)
		if (c->config->join[k].type == NS_MNT || c->config->join[k].type == NS_TIME) {
			errno = EOPNOTSUPP;
			runtime_refuse("a mount or time namespace to join");
		}
	if (c->namespaces & NS_UTS)
		command_add(command, "--hostname=%s", c->config->hostname ? c->config->hostname : c->name);
}

/* Its maps are written "inside:outside:count". */
static void add_map(struct command *command, const char *map)
{
	unsigned int inside, outside, count;

	if (!map || sscanf(map, "%u %u %u", &inside, &outside, &count) != 3)
		return;
	command_add(command, "--uidmap=%u:%u:%u", inside, outside, count);
	command_add(command, "--gidmap=%u:%u:%u", inside, outside, count);
}

static void add_security(struct command *command, const struct container_config *config)
{
	unsigned long long keep = config->capabilities ? config->capabilities : CONTAINER_CAPS;

	command_add(command, "--security-opt=seccomp=unconfined");
	if (config->no_new_privs)
		command_add(command, "--security-opt=no-new-privileges");
	if (config->unmasked)
		command_add(command, "--security-opt=unmask=ALL");
	for (int i = 0; !config->unmasked && container_masked[i]; i++)
		command_add(command, "--security-opt=mask=%s", container_masked[i]);
	command_add(command, "--cap-drop=all");
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		char *name = keep & 1ULL << cap ? cap_to_name(cap) : NULL;

		if (name)
			command_add(command, "--cap-add=%s", name);
		cap_free(name);
	}
}

static void add_cgroup(struct command *command, const struct container *c)
{
	if (!c->cgroup) {
		command_add(command, "--cgroups=disabled");
		return;
	}
	command_add(command, "--cgroups=no-conmon");
	command_add(command, "--cgroup-parent=%s", c->cgroup);
	if (c->config->pids_max)
		command_add(command, "--pids-limit=%lld", c->config->pids_max);
	if (c->config->memory_max)
		command_add(command, "--memory=%lldb", c->config->memory_max);
}

static void add_files(struct command *command, const struct container *c)
{
	if (c->config->readonly_root)
		command_add_all(command,
				(const char *const[]){"--read-only", "--read-only-tmpfs=false", NULL});
	for (const struct container_bind *b = c->binds; b->from; b++)
		command_add(command, "--volume=%s:%s:%s,rbind,%s", b->from, b->to, b->readonly ? "ro" : "rw",
			    b->slave ? "rslave" : "rprivate");
}

static void run(const struct container *c)
{
	static const char *const plain[] = {"--rm", "--log-driver=none", "--no-hosts", "--http-proxy=false",
					    NULL};
	struct command command = begin("run");

	command_add_all(&command, plain);
	command_add(&command, "--name=%s", c->name);
	command_add(&command, "--user=%u:%u", c->process.uid, c->process.uid);
	add_namespaces(&command, c);
	add_map(&command, c->config->map);
	add_security(&command, c->config);
	add_cgroup(&command, c);
	add_files(&command, c);
	for (size_t i = 0; i < 8 && c->config->sysctls[i]; i++)
		command_add(&command, "--sysctl=%s", c->config->sysctls[i]);
	command_add(&command, "--rootfs");
	command_add(&command, "%s", c->root);
	command_add_all(&command, c->process.argv);
	runtime_execute(&podman_driver, command.argv);
}

static void exec(const struct container *c, const struct container_process *process)
{
	struct command command = begin("exec");

	command_add(&command, "--user=%u:%u", process->uid, process->uid);
	command_add(&command, "%s", c->name);
	command_add_all(&command, process->argv);
	runtime_execute(&podman_driver, command.argv);
}

static int signal_to(const struct container *c, int sig)
{
	struct command command = begin("kill");
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		command_add(&command, "--signal=%d", sig);
		command_add(&command, "%s", c->name);
		runtime_execute(&podman_driver, command.argv);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	errno = ESRCH;
	return -1;
}

static bool has_word(pid_t pid, const char *name)
{
	char words[4096];
	int fd = open(proc_path(pid, "cmdline"), O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, words, sizeof(words) - 1);
	bool found = false;

	close(fd);
	words[length > 0 ? length : 0] = '\0';
	for (const char *word = words; word < words + length; word += strlen(word) + 1)
		found |= strcmp(word, name) == 0;
	return found;
}

/*
 * conmon's last act is to clean up with podman: when it has ended, all is done. It is the test's child by then, and its
 * status is not about the container. What has ended has no arguments any more.
 */
static bool is_monitor(pid_t pid, const char *name)
{
	const char *program = file_read(proc_path(pid, "comm"));

	return program && strcmp(program, "conmon") == 0 && (proc_state(pid) == 'Z' || has_word(pid, name));
}

static int await_monitors(const struct container *c)
{
	pid_t pids[1024];
	int count = proc_list("/proc", pids, 1024);

	for (int i = 0; i < count && i < 1024; i++)
		while (is_monitor(pids[i], c->name) && waitpid(pids[i], NULL, 0) < 0)
			if (errno != EINTR)
				return -1;
	return 0;
}
