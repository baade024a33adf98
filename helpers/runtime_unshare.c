// SPDX-License-Identifier: GPL-2.0-only
/*
 * unshare(1) and nsenter(1) of util-linux: namespaces and nothing else. Its root is a chroot; what has to be mounted
 * in it is mounted here, by its caller.
 */
#include "helpers/runtime.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "helpers/command.h"
#include "helpers/container.h"
#include "helpers/creds.h"
#include "helpers/file.h"
#include "helpers/mnt.h"

static void run(const struct container *c);
static void exec(const struct container *c, const struct container_process *process);

RUNTIME(unshare, .program = "unshare",
	.claims = RUNTIME_PID1 | RUNTIME_STATUS | RUNTIME_SIGNALS | RUNTIME_EXEC | RUNTIME_UNPRIVILEGED |
		  RUNTIME_INHERIT | RUNTIME_TIME,
	.run = run, .exec = exec);
static const struct runtime_driver nsenter = {.name = "nsenter", .program = "nsenter"};

static void bind_in(const struct container *c, const char *from, const char *to)
{
	const char *target = path("%s%s", c->root, to);
	struct stat st;

	if (stat(from, &st) < 0 || (S_ISDIR(st.st_mode) ? dir_make(target) : file_put(target, "")) < 0 ||
	    bind_make(from, target) < 0)
		runtime_refuse(to);
}

/* In a mount namespace of the runtime's own, so that nothing is left of it. */
static void prepare_root(const struct container *c)
{
	if (unshare(CLONE_NEWNS) < 0 || mnt_propagation("/", MS_SLAVE | MS_REC) < 0)
		runtime_refuse("mount namespace");
	bind_in(c, "/dev/null", "/dev/null");
	if (dir_make(path("%s/dev/shm", c->root)) < 0 ||
	    mount("tmpfs", path("%s/dev/shm", c->root), "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0)
		runtime_refuse("/dev/shm");
	for (const struct container_bind *b = c->binds; b->from; b++)
		bind_in(c, b->from, b->to);
}

struct option_of {
	int type;
	const char *option;
};

static void add_options(struct command *command, int namespaces, const struct option_of *options)
{
	for (; options->type; options++)
		if (namespaces & options->type)
			command_add(command, "%s", options->option);
}

static void run(const struct container *c)
{
	static const struct option_of options[] = {{NS_MNT, "--mount"},
						   {NS_UTS, "--uts"},
						   {NS_IPC, "--ipc"},
						   {NS_NET, "--net"},
						   {NS_PID, "--pid"},
						   {NS_PID, "--fork"},
						   {NS_PID, "--mount-proc"},
						   {NS_CGROUP, "--cgroup"},
						   {NS_USER, "--map-root-user"},
						   {0}};
	struct command command = {0};

	prepare_root(c);
	command_add(&command, "unshare");
	add_options(&command, c->namespaces, options);
	if (c->namespaces & NS_TIME) {
		command_add(&command, "--time");
		command_add(&command, "--monotonic=%lld", c->config->monotonic);
		command_add(&command, "--boottime=%lld", c->config->boottime);
	}
	command_add(&command, "--root=%s", c->root);
	command_add(&command, "--wd=/");
	command_add_all(&command, c->process.argv);
	if (c->config->unprivileged && become_unprivileged(UNPRIVILEGED) < 0)
		runtime_refuse("becoming an ordinary user");
	runtime_execute(&unshare_driver, command.argv);
}

/* An ordinary user is root inside as he is, and has no right to enter what he left as it was. */
static void exec(const struct container *c, const struct container_process *process)
{
	static const struct option_of options[] = {
		{NS_USER, "--user"},     {NS_MNT, "--mount"}, {NS_UTS, "--uts"},
		{NS_IPC, "--ipc"},       {NS_NET, "--net"},   {NS_PID, "--pid"},
		{NS_CGROUP, "--cgroup"}, {NS_TIME, "--time"}, {0}};
	struct command command = {0};

	command_add(&command, "nsenter");
	command_add(&command, "--target=%d", c->pid);
	command_add(&command, "--root");
	command_add(&command, "--wd");
	if (c->config->unprivileged) {
		add_options(&command, c->namespaces, options);
		command_add(&command, "--preserve-credentials");
	} else {
		command_add(&command, "--all");
		command_add(&command, "--setuid=%u", process->uid);
		command_add(&command, "--setgid=%u", process->uid);
	}
	command_add_all(&command, process->argv);
	if (c->config->unprivileged && become_unprivileged(UNPRIVILEGED) < 0)
		runtime_refuse("becoming an ordinary user");
	runtime_execute(&nsenter, command.argv);
}
