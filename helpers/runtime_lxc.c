// SPDX-License-Identifier: GPL-2.0-only
/*
 * LXC: lxc-start(1) in the foreground, with the payload as its init, and lxc-attach(1); lxc-execute(1) would put an init
 * of its own before the payload. Configuration: lxc.container.conf(5).
 */
#include "helpers/runtime.h"

#include <stdio.h>

#include "helpers/command.h"
#include "helpers/container.h"
#include "helpers/file.h"

static void run(const struct container *c);
static void exec(const struct container *c, const struct container_process *process);

RUNTIME(lxc, .program = "lxc-start",
	.claims = RUNTIME_PID1 | RUNTIME_EXEC | RUNTIME_ROOTLESS | RUNTIME_JOIN | RUNTIME_INHERIT |
		  RUNTIME_UTS | RUNTIME_CAPABILITIES | RUNTIME_BOUNDING | RUNTIME_INHERITABLE |
		  RUNTIME_SEALED | RUNTIME_PRIVATE | RUNTIME_NO_NEW_PRIVS | RUNTIME_USER | RUNTIME_READONLY |
		  RUNTIME_BINDS | RUNTIME_CGROUP | RUNTIME_SYSCTL | RUNTIME_TIME | RUNTIME_NET,
	.run = run, .exec = exec);
static const struct runtime_driver attach = {.name = "lxc", .program = "lxc-attach"};

static void put_capabilities(FILE *out, const struct container_config *config)
{
	unsigned long long keep = config->capabilities ? config->capabilities : CONTAINER_CAPS;

	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		char *name = keep & 1ULL << cap ? cap_to_name(cap) : NULL;

		if (name)
			fprintf(out, "lxc.cap.keep = %s\n", name + sizeof("cap_") - 1);
		cap_free(name);
	}
}

static void put_namespaces(FILE *out, const struct container *c)
{
	FOR_EACH_NS_TYPE(t) {
		const char *join = NULL;

		for (size_t i = 0; i < 4 && c->config->join[i].type; i++)
			if (c->config->join[i].type == t->flag)
				join = c->config->join[i].path;
		if (join)
			fprintf(out, "lxc.namespace.share.%s = %s\n", t->name, join);
		else if (c->config->inherit && !(c->namespaces & t->flag)) /* else each is new, user too */
			fprintf(out, "lxc.namespace.keep = %s\n", t->name);
	}
	if (c->namespaces & NS_NET)
		fputs("lxc.net.0.type = empty\nlxc.net.0.flags = up\n", out);
	if (c->namespaces & NS_TIME)
		fprintf(out, "lxc.time.offset.monotonic = %llds\nlxc.time.offset.boot = %llds\n",
			c->config->monotonic, c->config->boottime);
	if (c->config->map)
		fprintf(out, "lxc.idmap = u %s\nlxc.idmap = g %s\n", c->config->map, c->config->map);
}

/* All three beside each other: the monitor moves to the last one when it ends (lxc.container.conf(5)). */
static void put_cgroup(FILE *out, const struct container *c)
{
	if (!c->cgroup)
		return;
	fprintf(out, "lxc.cgroup.dir.container = %s\n", c->cgroup + 1);
	fprintf(out, "lxc.cgroup.dir.monitor = %s-monitor\n", c->cgroup + 1);
	fprintf(out, "lxc.cgroup.dir.monitor.pivot = %s-pivot\n", c->cgroup + 1);
	if (c->config->pids_max)
		fprintf(out, "lxc.cgroup2.pids.max = %lld\n", c->config->pids_max);
	if (c->config->memory_max)
		fprintf(out, "lxc.cgroup2.memory.max = %lld\n", c->config->memory_max);
}

static void put_file_systems(FILE *out, const struct container *c)
{
	/* mixed: /proc/sys is read-only, for lxc-start as well. */
	fprintf(out, "lxc.mount.auto = proc:%s\n", c->config->sysctls[0] ? "rw" : "mixed");
	/* sysfs belongs to a network namespace: who does not own one gets the host's bound in. */
	if (c->namespaces & NS_USER && !(c->namespaces & NS_NET))
		fputs("lxc.mount.entry = /sys sys none rbind,ro 0 0\n", out);
	else
		fputs("lxc.mount.auto = sys:ro\n", out);
	if (c->namespaces & NS_CGROUP)
		fputs("lxc.mount.auto = cgroup:ro:force\n", out);
	fputs("lxc.autodev = 1\nlxc.apparmor.profile = unconfined\n", out);
	fputs("lxc.mount.entry = tmpfs dev/shm tmpfs nosuid,nodev,mode=1777,create=dir 0 0\n", out);
	if (c->namespaces & NS_IPC)
		fputs("lxc.mount.entry = mqueue dev/mqueue mqueue nosuid,nodev,noexec,create=dir 0 0\n", out);
}

static void put_files(FILE *out, const struct container *c)
{
	fprintf(out, "lxc.rootfs.path = dir:%s\nlxc.rootfs.mount = %s/mnt\n", c->root, c->bundle);
	put_file_systems(out, c);
	if (c->config->readonly_root)
		fputs("lxc.rootfs.options = ro\n", out);
	for (const struct container_bind *b = c->binds; b->from; b++)
		fprintf(out, "lxc.mount.entry = %s %s none rbind%s%s,create=dir 0 0\n", b->from, b->to + 1,
			b->readonly ? ",ro" : "", b->slave ? ",rslave" : "");
}

static void put_process(FILE *out, const struct container *c)
{
	fputs("lxc.init.cmd =", out);
	for (const char *const *word = c->process.argv; *word; word++)
		fprintf(out, " %s", *word);
	fprintf(out, "\nlxc.init.uid = %u\nlxc.init.gid = %u\n", c->process.uid, c->process.uid);
	if (c->config->no_new_privs)
		fputs("lxc.no_new_privs = 1\n", out);
	for (size_t i = 0; i < 8 && c->config->sysctls[i]; i++)
		fprintf(out, "lxc.sysctl.%s\n", c->config->sysctls[i]);
}

static int configure(const struct container *c, const char *file)
{
	FILE *out = fopen(file, "we");

	if (!out)
		return -1;
	if (c->namespaces & NS_UTS)
		fprintf(out, "lxc.uts.name = %s\n", c->config->hostname ? c->config->hostname : c->name);
	put_namespaces(out, c);
	put_files(out, c);
	put_cgroup(out, c);
	put_capabilities(out, c->config);
	put_process(out, c);
	return fclose(out) ? -1 : 0;
}

static void run(const struct container *c)
{
	const char *file = path("%s/config", c->bundle);
	struct command command = {0};

	if (dir_make(path("%s/mnt", c->bundle)) < 0 || configure(c, file) < 0)
		runtime_refuse(file);
	command_add_all(&command, (const char *const[]){"lxc-start", "--foreground", NULL});
	command_add(&command, "--rcfile=%s", file);
	command_add(&command, "--lxcpath=%s", c->bundle);
	command_add(&command, "--logfile=/proc/self/fd/2");
	command_add(&command, "--name=%s", c->name);
	runtime_execute(&lxc_driver, command.argv);
}

static void exec(const struct container *c, const struct container_process *process)
{
	struct command command = {0};

	command_add(&command, "lxc-attach");
	command_add(&command, "--rcfile=%s/config", c->bundle);
	command_add(&command, "--lxcpath=%s", c->bundle);
	command_add(&command, "--name=%s", c->name);
	command_add(&command, "--uid=%u", process->uid);
	command_add(&command, "--gid=%u", process->uid);
	command_add(&command, "--clear-env");
	command_add(&command, "--");
	command_add_all(&command, process->argv);
	runtime_execute(&attach, command.argv);
}
