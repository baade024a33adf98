// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/oci.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helpers/command.h"
#include "helpers/creds.h"
#include "helpers/file.h"
#include "helpers/idmap.h"
#include "helpers/json.h"
#include "helpers/tool.h"

static void put_capabilities(struct json *j, const struct container_config *config)
{
	static const char *const full[] = {"bounding", "effective", "permitted"};
	static const char *const empty[] = {"inheritable", "ambient"};
	unsigned long long keep = config->capabilities ? config->capabilities : CONTAINER_CAPS;

	json_open(j, "capabilities", '{');
	for (size_t i = 0; i < sizeof(full) / sizeof(full[0]); i++) {
		json_open(j, full[i], '[');
		for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
			char *name = keep & 1ULL << cap ? cap_to_name(cap) : NULL;

			for (char *c = name; c && *c; c++)
				*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
			if (name)
				json_text(j, NULL, name);
			cap_free(name);
		}
		json_close(j, ']');
	}
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		json_texts(j, empty[i], (const char *const[]){NULL});
	json_close(j, '}');
}

static void put_process(struct json *j, const char *key, const struct container *c,
			const struct container_process *process)
{
	static const char *const environment[] = {"PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/root", NULL};

	json_open(j, key, '{');
	json_bool(j, "terminal", false);
	json_open(j, "user", '{');
	json_number(j, "uid", process->uid);
	json_number(j, "gid", process->uid);
	json_close(j, '}');
	json_texts(j, "args", process->argv);
	json_texts(j, "env", environment);
	json_text(j, "cwd", "/");
	put_capabilities(j, c->config);
	json_bool(j, "noNewPrivileges", c->config->no_new_privs);
	json_close(j, '}');
}

static void put_mount(struct json *j, const char *type, const char *from, const char *to,
		      const char *const *options)
{
	json_open(j, NULL, '{');
	json_text(j, "destination", to);
	json_text(j, "type", type);
	json_text(j, "source", from);
	json_texts(j, "options", options);
	json_close(j, '}');
}

/* sysfs belongs to a network namespace: who does not own one gets the host's bound in (mount_namespaces(7)). */
static void put_sys(struct json *j, const struct container *c)
{
	static const char *const harmless[] = {"nosuid", "noexec", "nodev", "ro", NULL};
	static const char *const writable[] = {"nosuid", "noexec", "nodev", NULL};
	static const char *const bound[] = {"rbind", "nosuid", "noexec", "nodev", "ro", NULL};
	const char *const *options = c->config->unmasked ? writable : harmless;

	if (c->namespaces & NS_USER && !(c->namespaces & NS_NET))
		put_mount(j, "none", "/sys", "/sys", bound);
	else
		put_mount(j, "sysfs", "sysfs", "/sys", options);
	if (c->namespaces & NS_CGROUP)
		put_mount(j, "cgroup", "cgroup", "/sys/fs/cgroup", options);
}

/* OCI config-linux.md, "Default Filesystems", and what engines add to them. */
static void put_file_systems(struct json *j, const struct container *c)
{
	static const char *const proc[] = {"nosuid", "noexec", "nodev", NULL};
	static const char *const dev[] = {"nosuid", "strictatime", "mode=755", "size=65536k", NULL};
	static const char *const pts[] = {"nosuid",    "noexec", "newinstance", "ptmxmode=0666",
					  "mode=0620", "gid=5",  NULL};
	static const char *const own_pts[] = {"nosuid",        "noexec",    "newinstance",
					      "ptmxmode=0666", "mode=0620", NULL};
	static const char *const shm[] = {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k", NULL};

	put_mount(j, "proc", "proc", "/proc", proc);
	put_mount(j, "tmpfs", "tmpfs", "/dev", dev);
	put_mount(j, "devpts", "devpts", "/dev/pts", c->config->unprivileged ? own_pts : pts);
	put_mount(j, "tmpfs", "shm", "/dev/shm", shm);
	if (c->namespaces & NS_IPC)
		put_mount(j, "mqueue", "mqueue", "/dev/mqueue", proc);
	put_sys(j, c);
}

static void put_mounts(struct json *j, const struct container *c)
{
	json_open(j, "mounts", '[');
	put_file_systems(j, c);
	for (const struct container_bind *b = c->binds; b->from; b++)
		put_mount(j, "bind", b->from, b->to,
			  (const char *const[]){"rbind", b->slave ? "rslave" : "rprivate",
						b->readonly ? "ro" : "rw", NULL});
	json_close(j, ']');
}

static void put_namespaces(struct json *j, const struct container *c)
{
	static const struct {
		int type;
		const char *name;
	} types[] = {{NS_CGROUP, "cgroup"}, {NS_IPC, "ipc"},   {NS_MNT, "mount"}, {NS_NET, "network"},
		     {NS_PID, "pid"},       {NS_USER, "user"}, {NS_UTS, "uts"},   {NS_TIME, "time"}};

	json_open(j, "namespaces", '[');
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const char *join = NULL;

		for (size_t k = 0; k < 4 && c->config->join[k].type; k++)
			if (c->config->join[k].type == types[i].type)
				join = c->config->join[k].path;
		if (!join && !(c->namespaces & types[i].type))
			continue;
		json_open(j, NULL, '{');
		json_text(j, "type", types[i].name);
		if (join)
			json_text(j, "path", join);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_map(struct json *j, const char *key, const struct container *c)
{
	unsigned int inside = 0, outside = UNPRIVILEGED, count = 1;

	if (!(c->namespaces & NS_USER))
		return;
	if (c->config->map && sscanf(c->config->map, "%u %u %u", &inside, &outside, &count) != 3)
		return;
	json_open(j, key, '[');
	json_open(j, NULL, '{');
	json_number(j, "containerID", inside);
	json_number(j, "hostID", outside);
	json_number(j, "size", count);
	json_close(j, '}');
	json_close(j, ']');
}

static void put_resources(struct json *j, const struct container *c)
{
	if (!c->cgroup)
		return;
	json_text(j, "cgroupsPath", c->cgroup);
	json_open(j, "resources", '{');
	if (c->config->pids_max) {
		json_open(j, "pids", '{');
		json_number(j, "limit", c->config->pids_max);
		json_close(j, '}');
	}
	if (c->config->memory_max) {
		json_open(j, "memory", '{');
		json_number(j, "limit", c->config->memory_max);
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void put_sysctls(struct json *j, const struct container_config *config)
{
	if (!config->sysctls[0])
		return;
	json_open(j, "sysctl", '{');
	for (size_t i = 0; i < 8 && config->sysctls[i]; i++) {
		char name[128];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(config->sysctls[i], "="),
			 config->sysctls[i]);
		json_text(j, name, config->sysctls[i] + strlen(name) + 1);
	}
	json_close(j, '}');
}

static void put_clock(struct json *j, const char *name, long long seconds)
{
	json_open(j, name, '{');
	json_number(j, "secs", seconds);
	json_number(j, "nanosecs", 0);
	json_close(j, '}');
}

static bool has_slave(const struct container *c)
{
	for (const struct container_bind *b = c->binds; b->from; b++)
		if (b->slave)
			return true;
	return false;
}

/* crun before 1.8.4 has the clocks' offsets from an annotation (crun(1)); others do not know it. */
static void put_annotations(struct json *j, const struct container *c)
{
	if (!(c->namespaces & NS_TIME))
		return;
	json_open(j, "annotations", '{');
	json_text(j, "run.oci.timens_offset",
		  path("monotonic %lld 0\nboottime %lld 0\n", c->config->monotonic, c->config->boottime));
	json_close(j, '}');
}

static void put_linux(struct json *j, const struct container *c)
{
	json_open(j, "linux", '{');
	put_namespaces(j, c);
	put_map(j, "uidMappings", c);
	put_map(j, "gidMappings", c);
	put_resources(j, c);
	put_sysctls(j, c->config);
	if (c->namespaces & NS_TIME) {
		json_open(j, "timeOffsets", '{');
		put_clock(j, "monotonic", c->config->monotonic);
		put_clock(j, "boottime", c->config->boottime);
		json_close(j, '}');
	}
	/* A bind follows the host only if the root does, so engines ask for both. */
	json_text(j, "rootfsPropagation", has_slave(c) ? "rslave" : "rprivate");
	if (!c->config->unmasked) {
		json_texts(j, "maskedPaths", container_masked);
		json_texts(j, "readonlyPaths", container_readonly);
	}
	json_close(j, '}');
}

static int oci_process(const struct container *c, const struct container_process *process, const char *file)
{
	FILE *out = fopen(file, "we");

	if (!out)
		return -1;
	struct json j = json_begin(out);
	put_process(&j, NULL, c, process);
	return fclose(out) ? -1 : 0;
}

/* Writes config.json (OCI config.md, config-linux.md) into the bundle. -1 with errno. */
static int config_write(const struct container *c)
{
	FILE *out = fopen(path("%s/config.json", c->bundle), "we");
	const char *hostname = c->config->hostname ? c->config->hostname : c->name;

	if (!out)
		return -1;
	struct json j = json_begin(out);
	json_open(&j, NULL, '{');
	json_text(&j, "ociVersion", "1.0.2");
	put_process(&j, "process", c, &c->process);
	json_open(&j, "root", '{');
	json_text(&j, "path", c->root);
	json_bool(&j, "readonly", c->config->readonly_root);
	json_close(&j, '}');
	if (c->namespaces & NS_UTS)
		json_text(&j, "hostname", hostname);
	if (c->config->domainname)
		json_text(&j, "domainname", c->config->domainname);
	put_mounts(&j, c);
	put_annotations(&j, c);
	put_linux(&j, c);
	json_close(&j, '}');
	return fclose(out) ? -1 : 0;
}

static void begin(struct command *command, const struct runtime_driver *driver, const struct container *c,
		  const char *const *options)
{
	command_add(command, "%s", driver->program);
	command_add(command, "--root");
	command_add(command, "%s/state", c->bundle);
	command_add_all(command, options);
}

/* An ordinary user needs no more than the runtime does itself. */
static void become_caller(const struct container *c)
{
	if (c->config->unprivileged && become_unprivileged(UNPRIVILEGED) < 0)
		runtime_refuse("becoming an ordinary user");
}

void oci_run(const struct runtime_driver *driver, const struct container *c, const char *const *options)
{
	struct command command = {0};

	become_caller(c);
	if (config_write(c) < 0)
		runtime_refuse("config.json");
	begin(&command, driver, c, options);
	command_add(&command, "run");
	command_add(&command, "--bundle");
	command_add(&command, "%s", c->bundle);
	command_add(&command, "%s", c->name);
	runtime_execute(driver, command.argv);
}

/* Told in full, as engines do: what the command line leaves out, runtimes fill in differently. */
void oci_exec(const struct runtime_driver *driver, const struct container *c,
	      const struct container_process *process, const char *const *options)
{
	char file[256];
	struct command command = {0};

	snprintf(file, sizeof(file), "%s/process-%d.json", c->bundle, getpid());
	become_caller(c);
	if (oci_process(c, process, file) < 0)
		runtime_refuse("process.json");
	begin(&command, driver, c, options);
	command_add(&command, "exec");
	command_add(&command, "--process");
	command_add(&command, "%s", file);
	command_add(&command, "%s", c->name);
	runtime_execute(driver, command.argv);
}

int oci_signal(const struct runtime_driver *driver, const struct container *c, int sig)
{
	const char *program = runtime_program(driver);

	if (!program)
		return -1;
	if (tool(path("%s --root %s/state kill %s %d", program, c->bundle, c->name, sig)) == 0)
		return 0;
	errno = ESRCH;
	return -1;
}
