// SPDX-License-Identifier: GPL-2.0-only
/*
 * bwrap(1) of bubblewrap. It makes one container from its command line, and has no way into it afterwards. Always sets
 * no_new_privs; maps one id.
 */
#include "helpers/runtime.h"

#include "helpers/command.h"
#include "helpers/container.h"
#include "helpers/creds.h"

static void run(const struct container *c);

RUNTIME(bubblewrap, .program = "bwrap",
	.claims = RUNTIME_PID1 | RUNTIME_STATUS | RUNTIME_SIGNALS | RUNTIME_UNPRIVILEGED | RUNTIME_INHERIT |
		  RUNTIME_UTS | RUNTIME_CAPABILITIES | RUNTIME_READONLY | RUNTIME_BINDS | RUNTIME_NET,
	.run = run);

static void add_namespaces(struct command *command, const struct container *c)
{
	static const struct {
		int type;
		const char *option;
	} options[] = {{NS_USER, "--unshare-user"}, {NS_IPC, "--unshare-ipc"},
		       {NS_PID, "--unshare-pid"},   {NS_NET, "--unshare-net"},
		       {NS_UTS, "--unshare-uts"},   {NS_CGROUP, "--unshare-cgroup"}};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (c->namespaces & options[i].type)
			command_add(command, "%s", options[i].option);
	if (c->namespaces & NS_PID)
		command_add(command, "--as-pid-1");
	if (c->namespaces & NS_USER)
		command_add_all(command, (const char *const[]){"--uid", "0", "--gid", "0", NULL});
	if (c->namespaces & NS_UTS) {
		command_add(command, "--hostname");
		command_add(command, "%s", c->config->hostname ? c->config->hostname : c->name);
	}
}

static void add_bind(struct command *command, const char *from, const char *to, bool readonly)
{
	command_add(command, readonly ? "--ro-bind" : "--bind");
	command_add(command, "%s", from);
	command_add(command, "%s", to);
}

static void add_files(struct command *command, const struct container *c)
{
	static const char *const own[] = {"--proc", "/proc", "--dev", "/dev", NULL};

	add_bind(command, c->root, "/", c->config->readonly_root);
	command_add_all(command, own);
	if (c->namespaces & NS_IPC) {
		command_add(command, "--mqueue");
		command_add(command, "/dev/mqueue");
	}
	for (const struct container_bind *b = c->binds; b->from; b++)
		add_bind(command, b->from, b->to, b->readonly);
}

static void add_capabilities(struct command *command, const struct container_config *config)
{
	unsigned long long keep = config->capabilities ? config->capabilities : CONTAINER_CAPS;

	command_add(command, "--cap-drop");
	command_add(command, "ALL");
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		char *name = keep & 1ULL << cap ? cap_to_name(cap) : NULL;

		if (name) {
			command_add(command, "--cap-add");
			command_add(command, "%s", name);
		}
		cap_free(name);
	}
}

static void run(const struct container *c)
{
	struct command command = {0};

	command_add(&command, "bwrap");
	add_namespaces(&command, c);
	add_files(&command, c);
	add_capabilities(&command, c->config);
	command_add(&command, "--chdir");
	command_add(&command, "/");
	command_add_all(&command, c->process.argv);
	if (c->config->unprivileged && become_unprivileged(UNPRIVILEGED) < 0)
		runtime_refuse("becoming an ordinary user");
	runtime_execute(&bubblewrap_driver, command.argv);
}
